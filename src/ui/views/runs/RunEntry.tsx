// One run of the table: its cells, and below them its details when they are unfolded.

import { formatBytes, formatMoment, percent } from '../../../base/format.ts';
import { stageTitle } from '../../../terms/stages.ts';
import type { SuiteScore } from '../../../terms/suites.ts';
import { Button } from '../../parts/Button.tsx';
import { FIGURES, type RunRow } from '../../state/runs/runRows.ts';
import { RunPanel } from './RunPanel.tsx';
import type { RunActions } from './runActions.ts';
import { chosen, toggleChosen, unfolded } from './runsState.ts';

type RunEntryProps = {
  row: RunRow;
  /** The label, with what tells it from others of that label. */
  name: string;
  viewed: boolean;
  training: boolean;
  working: boolean;
  actions: RunActions;
};

/** Columns of the table with choice and commands. */
const WIDTH = 14;

export function RunEntry({ row, name, viewed, training, working, actions }: RunEntryProps) {
  const { run, status } = row;
  const open = unfolded.value === run.id;
  const live = status === 'in training';
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
        <td data-label="Status">
          <span class={`run-status ${status.replace(' ', '-')}`}>{status}</span>
        </td>
        <td data-label="Preset">{run.preset || 'none'}</td>
        <td data-label="Seed">{run.seed}</td>
        <td data-label="When">{formatMoment(run.createdAt)}</td>
        <td data-label="Model">
          {row.size}, {row.backbone}
        </td>
        <td data-label="Stages done">{stagesText(row)}</td>
        {FIGURES.map(({ id, title }) => (
          <td key={id} data-label={title}>
            <Figure score={row.figures[id]} stage={row.newest?.stage ?? ''} />
          </td>
        ))}
        <td data-label="Size">{row.bytes === null ? '…' : formatBytes(row.bytes)}</td>
        <td class="commands">
          <Button
            label="Open"
            more={` ${name}`}
            disabled={live || training || working}
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
          <td colSpan={WIDTH}>
            <RunPanel row={row} live={live} training={training} working={working} actions={actions} />
          </td>
        </tr>
      )}
    </>
  );
}

function Figure({ score, stage }: { score: SuiteScore | null; stage: string }) {
  if (!score) return <>–</>;
  const interval = `95 % interval ${percent(score.low, 0)} to ${percent(score.high, 0)}, n = ${score.n}`;
  return <span title={`After ${stageTitle(stage)}; ${interval}`}>{percent(score.value)}</span>;
}

function stagesText(row: RunRow): string {
  if (row.stageEnds.length === 0) return '–';
  return row.stageEnds.map(({ stage }) => stageTitle(stage)).join(', ');
}
