// A page of the replay buffer as a table; a row opens its group in the inspector.

import type { ComponentChildren } from 'preact';
import { formatNumber, formatWord } from '../../../base/format.ts';
import type { SampleIndexRow } from '../../../storage/types.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { ScrollX } from '../../parts/ScrollX.tsx';
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
            <SortHead model={model} by="step">
              step, group
            </SortHead>
            <SortHead model={model} by="stage">
              stage
            </SortHead>
            <SortHead model={model} by="label">
              label
            </SortHead>
            <SortHead model={model} by="policyVersion">
              version
            </SortHead>
            <th scope="col">age</th>
            <SortHead model={model} by="maxAbsAdvantage">
              max |A|
            </SortHead>
            <SortHead model={model} by="heapScore">
              heap score
            </SortHead>
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

type SortHeadProps = { model: SamplesModel; by: SortKey; children: ComponentChildren };

function SortHead({ model, by, children }: SortHeadProps) {
  const { sorting, page } = model.buffer;
  const { key, down } = sorting.value;
  const on = key === by;
  return (
    <th scope="col" aria-sort={on ? (down ? 'descending' : 'ascending') : undefined}>
      <button
        type="button"
        class="quiet sort"
        onClick={() => {
          sorting.value = sortedBy(sorting.value, by);
          page.value = 0;
        }}
      >
        {children} <span aria-hidden="true">{on ? (down ? '▼' : '▲') : '↕'}</span>
      </button>
    </th>
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
        <button type="button" class="quiet" onClick={() => model.show(row)}>
          <span class="skip">Open step </span>
          {row.step}, {row.group}
        </button>
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
