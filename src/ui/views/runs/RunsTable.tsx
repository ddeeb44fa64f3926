// Stored runs as a table (cards on narrow windows): filter, order, choice for comparison, details of one.

import { Button } from '../../parts/Button.tsx';
import { Select } from '../../parts/Select.tsx';
import { sortHead } from '../../parts/SortHead.tsx';
import { ColumnHead } from '../../parts/Table.tsx';
import { filterRows, RISING, type SortKey, sortRows } from '../../state/runs/runRows.ts';
import { sortedBy } from '../../state/sorting.ts';
import { COLUMNS, RunEntry } from './RunEntry.tsx';
import type { RunActions } from './runActions.ts';
import { chosen, filterText, sorting } from './runsState.ts';

const HEADS = [{ key: 'name', title: 'Name', about: undefined } as const, ...COLUMNS];

function order(key: SortKey): void {
  sorting.value = sortedBy(sorting.value, key, RISING);
}

export function RunsTable({ actions }: { actions: RunActions }) {
  const rows = actions.rows.value;
  const shown = sortRows(filterRows(rows, filterText.value), sorting.value);
  if (rows.length === 0) {
    return (
      <p class="empty">No runs yet. Press Start: every run is stored in this browser. Or import a bundle.</p>
    );
  }
  return (
    <>
      <Tools shown={shown.length} all={rows.length} />
      <div class="scroll-x runs-frame">
        <table class="runs-table">
          <caption class="skip">Stored runs; figures are those of the newest evaluation, in %</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="skip">Choose for comparison</span>
              </th>
              {HEADS.map(({ key: by, title, about }) => (
                <ColumnHead
                  key={title}
                  head={by ? sortHead({ title, about, by, sorting: sorting.value, onSort: order }) : title}
                />
              ))}
              <th scope="col">
                <span class="skip">Commands</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <RunEntry key={row.run.id} row={row} actions={actions} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && (
        <p class="empty">No run fits “{filterText.value}”. Clear the filter to see all.</p>
      )}
      <p class="hint">
        Figures of the newest evaluation in %. High is good for met safely and reasoning, low for held-out
        attacks, harmless declined and nonsense (to harmful requests). Choose two or more runs to compare
        them.
      </p>
    </>
  );
}

/** Filter, and the order where the heads of the columns are not in sight. */
function Tools({ shown, all }: { shown: number; all: number }) {
  return (
    <div class="tools">
      <label>
        Filter{' '}
        <input
          type="text"
          value={filterText.value}
          placeholder="name, tag, preset …"
          onInput={(event) => (filterText.value = event.currentTarget.value)}
        />
      </label>
      <span class="sort-choice">
        <Select
          label="Order"
          value={sorting.value.key}
          choices={HEADS.flatMap(({ key, title }) => (key ? [[key, title] as const] : []))}
          onChoice={(key) => order(key as SortKey)}
        />
        <Button
          label={sorting.value.descending ? '▼' : '▲'}
          aria-label={sorting.value.descending ? 'Descending: turn round' : 'Ascending: turn round'}
          onClick={() => order(sorting.value.key)}
        />
      </span>
      <span role="status" class="hint">
        {shown === all ? `${all} ${all === 1 ? 'run' : 'runs'}` : `${shown} of ${all} runs`}
        {chosen.value.length > 0 && `, ${chosen.value.length} chosen`}
      </span>
      {chosen.value.length > 0 && (
        <Button label="Choose none" class="quiet" onClick={() => (chosen.value = [])} />
      )}
    </div>
  );
}
