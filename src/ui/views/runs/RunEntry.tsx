// The columns of the table of runs, and one run of it: its cells, and below them its details when they are unfolded.

import type { ComponentChildren } from 'preact';
import { countText, formatBytes, formatMoment, percent } from '../../../base/format.ts';
import { SCORE_TABLE } from '../../../terms/scores.ts';
import { stageTitle } from '../../../terms/stages.ts';
import type { SuiteScore } from '../../../terms/suites.ts';
import { Button } from '../../parts/Button.tsx';
import { FIGURES, type RunRow, type SortKey } from '../../state/runs/runRows.ts';
import { RunPanel } from './RunPanel.tsx';
import type { RunActions } from './runActions.ts';
import { chosen, toggleChosen, unfolded } from './runsState.ts';

type Column = {
  title: string;
  /** By what the table can be ordered by it. */
  key?: SortKey;
  about?: string;
  cell: (row: RunRow) => ComponentChildren;
};

/** Those between the name and the commands. */
export const COLUMNS: readonly Column[] = [
  {
    title: 'Status',
    key: 'status',
    cell: ({ status }) => <span class={`run-status ${status.replace(' ', '-')}`}>{status}</span>,
  },
  { title: 'Preset', key: 'preset', cell: ({ run }) => run.preset || 'none' },
  { title: 'Seed', key: 'seed', cell: ({ run }) => run.seed },
  { title: 'When', key: 'when', cell: ({ run }) => formatMoment(run.createdAt) },
  { title: 'Model', cell: ({ size, backbone }) => `${size}, ${backbone}` },
  {
    title: 'Stages done',
    cell: ({ stageEnds }) => stageEnds.map(({ stage }) => stageTitle(stage)).join(', ') || '–',
  },
  ...FIGURES.map(
    ({ id, title, score }): Column => ({
      title,
      key: id,
      about: `${SCORE_TABLE[score].counts}.`,
      cell: ({ figures, newest }) => <Figure score={figures[id]} stage={newest?.stage ?? ''} />,
    }),
  ),
  { title: 'Size', key: 'bytes', cell: ({ bytes }) => (bytes === null ? '…' : formatBytes(bytes)) },
];

export function RunEntry({ row, actions }: { row: RunRow; actions: RunActions }) {
  const { run } = row;
  const name = actions.nameOf(row);
  const viewed = run.id === actions.viewedId.value;
  const open = unfolded.value === run.id;
  return (
    <>
      <tr aria-current={viewed ? 'true' : undefined}>
        <td class="choice">
          <input
            type="checkbox"
            aria-label={`Compare ${name}`}
            checked={chosen.value.includes(run.id)}
            onChange={() => toggleChosen(run.id)}
          />
        </td>
        <th scope="row" class="run-name">
          {name} {viewed && <span class="chip">on view</span>}
          {row.tags.length > 0 && (
            <span class="tags row">
              {row.tags.map((tag) => (
                <span class="chip tag" key={tag}>
                  {tag}
                </span>
              ))}
            </span>
          )}
        </th>
        {COLUMNS.map(({ title, cell }) => (
          <td key={title} data-label={title}>
            {cell(row)}
          </td>
        ))}
        <td class="commands">
          <Button
            label="Open"
            more={` ${name}`}
            disabled={actions.session.training.value || actions.working.value}
            onClick={() => actions.open(run.id)}
          />{' '}
          <Button
            label={open ? 'Less' : 'More'}
            more={` on ${name}`}
            aria-expanded={open}
            onClick={() => (unfolded.value = open ? null : run.id)}
          />
        </td>
      </tr>
      {open && (
        <tr class="panel-row">
          <td colSpan={COLUMNS.length + 3}>
            <RunPanel row={row} actions={actions} />
          </td>
        </tr>
      )}
    </>
  );
}

function Figure({ score, stage }: { score: SuiteScore | null; stage: string }) {
  if (!score) return stage === '' ? <>–</> : <span class="hint">not measured</span>;
  const interval = `95 % interval ${percent(score.low, 0)} to ${percent(score.high, 0)}, n = ${countText(score)}`;
  return <span title={`After ${stageTitle(stage)}; ${interval}`}>{percent(score.value)}</span>;
}
