// A page of the replay buffer as a table; a row opens its group in the inspector.

import { formatNumber, formatWord } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import { sortHead } from '../../parts/SortHead.tsx';
import { Table } from '../../parts/Table.tsx';
import { ageOf, placeKey, RISING, reuseOf, type SortKey, samePlace } from '../../state/samples/buffer.ts';
import { sortedBy } from '../../state/sorting.ts';
import { PinButton } from './InspectorTools.tsx';
import type { SamplesModel } from './samplesModel.ts';

export function BufferTable({ model }: { model: SamplesModel }) {
  const { buffer, group, settings } = model;
  const { sorting, page } = buffer;
  const version = buffer.newestVersion.value;
  const shown = group.place.value;
  const onSort = (by: SortKey): void => {
    sorting.value = sortedBy(sorting.value, by, RISING);
    page.value = 0;
  };
  const head = (by: SortKey, title: string = by) =>
    sortHead({ title, by, sorting: sorting.value, idle: '↕', onSort });
  return (
    <Table
      class="buffer"
      label="Stored groups"
      caption={`Newest policy version: ${version}`}
      heads={[
        head('step', 'step, group'),
        head('stage'),
        head('label'),
        head('policyVersion', 'version'),
        'age',
        head('maxAbsAdvantage', 'max |A|'),
        head('heapScore', 'heap score'),
        'discarded',
        'reusable',
        'pin',
      ]}
      rows={buffer.shown.value.rows.map((row) => {
        const reuse = reuseOf(row, settings.value, version);
        const pinned = buffer.pins.value.some((pin) => samePlace(pin, row));
        return {
          key: placeKey(row),
          current: shown !== null && samePlace(shown, row),
          head: (
            <Button class="quiet" onClick={() => model.show(row)}>
              <span class="skip">Open step </span>
              {row.step}, {row.group}
            </Button>
          ),
          cells: [
            stageTitle(row.stage),
            formatWord(row.label),
            row.policyVersion,
            ageOf(row, version),
            formatNumber(row.maxAbsAdvantage),
            formatNumber(row.heapScore),
            row.discarded ? 'yes' : 'no',
            <>
              {reuse.can ? '✓ yes' : '✗ no'}, <span class="hint">{reuse.why}</span>
            </>,
            <PinButton key="pin" pinned={pinned} place={row} onToggle={() => void buffer.togglePin(row)} />,
          ],
        };
      })}
    />
  );
}
