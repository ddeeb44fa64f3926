// Stored runs as a table (cards on narrow windows): filter, order, choice for comparison, details of one.

import { useId } from 'preact/hooks';
import { SCORE_TABLE } from '../../../terms/scores.ts';
import { Button } from '../../parts/Button.tsx';
import { SortHead } from '../../parts/SortHead.tsx';
import { FIGURES, filterRows, type RunRow, type SortKey, sortRows } from '../../state/runs/runRows.ts';
import { RunEntry } from './RunEntry.tsx';
import type { RunActions } from './runActions.ts';
import { chosen, filterText, sorting } from './runsState.ts';

type RunsTableProps = {
  rows: readonly RunRow[];
  /** Of all runs by id, each once. */
  names: ReadonlyMap<string, string>;
  /** Run on view, and whether one is being trained: no second one can be opened or resumed then. */
  viewedId: string | null;
  training: boolean;
  /** Something is on its way; buttons that would start more wait. */
  working: boolean;
  actions: RunActions;
};

type Column = { key: SortKey | null; title: string; about?: string };

export const COLUMNS: readonly Column[] = [
  { key: 'name', title: 'Name' },
  { key: 'status', title: 'Status' },
  { key: 'preset', title: 'Preset' },
  { key: 'seed', title: 'Seed' },
  { key: 'when', title: 'When' },
  { key: null, title: 'Model' },
  { key: null, title: 'Stages done' },
  ...FIGURES.map(({ id, title, score }) => ({ key: id, title, about: `${SCORE_TABLE[score].counts}.` })),
  { key: 'bytes', title: 'Size' },
];

/** Texts and dates read best newest or first first, figures best highest first. */
function firstDescending(key: SortKey): boolean {
  return !['name', 'status', 'preset', 'seed'].includes(key);
}

export function RunsTable({ rows, names, viewedId, training, working, actions }: RunsTableProps) {
  const shown = sortRows(filterRows(rows, filterText.value), sorting.value);
  if (rows.length === 0) {
    return (
      <p class="empty">
        No run is kept here yet. Press Start: every run is stored in this browser and listed here. Or import a
        bundle that was exported elsewhere.
      </p>
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
              {COLUMNS.map((column) => (
                <ColumnHead key={column.title} column={column} />
              ))}
              <th scope="col">
                <span class="skip">Commands</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => (
              <RunEntry
                key={row.run.id}
                row={row}
                name={names.get(row.run.id) ?? row.label}
                viewed={row.run.id === viewedId}
                training={training}
                working={working}
                actions={actions}
              />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length === 0 && (
        <p class="empty">No run fits “{filterText.value}”. Clear the filter to see all.</p>
      )}
      <p class="hint">
        Figures of the newest evaluation in %: safe answers and reasoning are better high, success of held-out
        attacks and over-refusal better low. Choose two or more runs to compare them.
      </p>
    </>
  );
}

function ColumnHead({ column: { key, title, about } }: { column: Column }) {
  const { key: current, descending } = sorting.value;
  if (key === null) return <th scope="col">{title}</th>;
  const active = current === key;
  return (
    <SortHead
      title={title}
      about={about}
      order={active ? (descending ? 'descending' : 'ascending') : null}
      onSort={() => (sorting.value = { key, descending: active ? !descending : firstDescending(key) })}
    />
  );
}

/** Filter, and the order where the heads of the columns are not in sight. */
function Tools({ shown, all }: { shown: number; all: number }) {
  const id = useId();
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
        <label for={id}>Order</label>
        <select
          id={id}
          value={sorting.value.key}
          onChange={(event) => {
            const key = event.currentTarget.value as SortKey;
            sorting.value = { key, descending: firstDescending(key) };
          }}
        >
          {COLUMNS.map(({ key, title }) => key && <option value={key}>{title}</option>)}
        </select>
        <Button
          label={sorting.value.descending ? '▼' : '▲'}
          aria-label={sorting.value.descending ? 'Descending: turn round' : 'Ascending: turn round'}
          onClick={() => (sorting.value = { ...sorting.value, descending: !sorting.value.descending })}
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
