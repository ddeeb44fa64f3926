// A page of the replay buffer as a table; a row opens its group in the inspector.

import { formatNumber, formatWord } from '../../../base/format.ts';
import type { SampleIndexRow } from '../../../storage/types.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import { ScrollX } from '../../parts/ScrollX.tsx';
import { SortHead } from '../../parts/SortHead.tsx';
import { ageOf, placeKey, reuseOf, type SortKey, samePlace, sortedBy } from '../../state/samples/buffer.ts';
import { PinButton } from './InspectorTools.tsx';
import type { SamplesModel } from './samplesModel.ts';

export function BufferTable({ model }: { model: SamplesModel }) {
  return (
    <ScrollX label="Stored groups">
      <table class="buffer">
        <caption>Newest policy version: {model.buffer.newestVersion.value}</caption>
        <thead>
          <tr>
            <Head model={model} by="step" title="step, group" />
            <Head model={model} by="stage" title="stage" />
            <Head model={model} by="label" title="label" />
            <Head model={model} by="policyVersion" title="version" />
            <th scope="col">age</th>
            <Head model={model} by="maxAbsAdvantage" title="max |A|" />
            <Head model={model} by="heapScore" title="heap score" />
            <th scope="col">discarded</th>
            <th scope="col">reusable</th>
            <th scope="col">pin</th>
          </tr>
        </thead>
        <tbody>
          {model.buffer.shown.value.rows.map((row) => (
            <Row key={placeKey(row)} model={model} row={row} />
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

function Head({ model, by, title }: { model: SamplesModel; by: SortKey; title: string }) {
  const { sorting, page } = model.buffer;
  const { key, down } = sorting.value;
  return (
    <SortHead
      title={title}
      order={key === by ? (down ? 'descending' : 'ascending') : null}
      idle="↕"
      onSort={() => {
        sorting.value = sortedBy(sorting.value, by);
        page.value = 0;
      }}
    />
  );
}

function Row({ model, row }: { model: SamplesModel; row: SampleIndexRow }) {
  const { buffer, group, settings } = model;
  const version = buffer.newestVersion.value;
  const reuse = reuseOf(row, settings.value, version);
  const open = group.place.value !== null && samePlace(group.place.value, row);
  const pinned = buffer.pins.value.some((pin) => samePlace(pin, row));
  return (
    <tr class={open ? 'open' : undefined} aria-current={open ? 'true' : undefined}>
      <th scope="row">
        <Button class="quiet" onClick={() => model.show(row)}>
          <span class="skip">Open step </span>
          {row.step}, {row.group}
        </Button>
      </th>
      <td>{stageTitle(row.stage)}</td>
      <td>{formatWord(row.label)}</td>
      <td>{row.policyVersion}</td>
      <td>{ageOf(row, version)}</td>
      <td>{formatNumber(row.maxAbsAdvantage)}</td>
      <td>{formatNumber(row.heapScore)}</td>
      <td>{row.discarded ? 'yes' : 'no'}</td>
      <td>
        {reuse.can ? '✓ yes' : '✗ no'}, <span class="hint">{reuse.why}</span>
      </td>
      <td>
        <PinButton pinned={pinned} place={row} onToggle={() => void buffer.togglePin(row)} />
      </td>
    </tr>
  );
}
