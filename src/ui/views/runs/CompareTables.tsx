// Tables of the comparison: settings that differ, evaluation scores with differences, newest metrics.

import { useSignal } from '@preact/signals';
import { formatNumber, formatPercent, formatPoints, formatWord } from '../../../base/format.ts';
import type { LatestMetrics } from '../../../storage/curves.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { ScrollX } from '../../parts/ScrollX.tsx';
import {
  commonStages,
  comparedMetrics,
  comparedScores,
  differingSettings,
} from '../../state/runs/runDifferences.ts';
import type { RunRow } from '../../state/runs/runRows.ts';
import { type Difference, VERDICT_MARKS } from '../../state/scores/evaluationTable.ts';

type TableProps = { rows: readonly RunRow[]; names: readonly string[] };

function Heads({ first, names }: { first: string; names: readonly string[] }) {
  return (
    <thead>
      <tr>
        <th scope="col">{first}</th>
        {names.map((name) => (
          <th scope="col" key={name}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

export function SettingsTable({ rows, names }: TableProps) {
  const differing = differingSettings(rows.map(({ run }) => run));
  if (differing.length === 0) {
    return (
      <p>All settings of these runs are the same, the seed too: they differ by device or version at most.</p>
    );
  }
  return (
    <ScrollX label="Settings that differ">
      <table class="runs-compare">
        <caption>Settings that differ; all others are the same</caption>
        <Heads first="setting" names={names} />
        <tbody>
          {differing.map(({ key, label, texts }) => (
            <tr key={key}>
              <th scope="row">
                {label}
                <br />
                <code>{key}</code>
              </th>
              {texts.map((text, index) => (
                <td key={names[index]}>{text === null ? '–' : <code>{text}</code>}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}

const NEWEST = 'newest';

export function ScoresTable({ rows, names }: TableProps) {
  const choice = useSignal(NEWEST);
  const stages = commonStages(rows.map(({ evaluations }) => evaluations));
  const stage = stages.includes(choice.value) ? choice.value : NEWEST;
  const evaluations = rows.map((row) =>
    stage === NEWEST ? row.newest : (row.evaluations.findLast((each) => each.stage === stage) ?? null),
  );
  const scores = comparedScores(evaluations, 0);
  if (scores.length === 0) return <p class="empty">None of these runs was evaluated.</p>;
  return (
    <>
      <label class="reference-choice">
        Scores after{' '}
        <select
          value={stage}
          onChange={(event) => {
            choice.value = event.currentTarget.value;
          }}
        >
          <option value={NEWEST}>the newest evaluation of each</option>
          {stages.map((name) => (
            <option key={name} value={name}>
              {stageTitle(name)}
            </option>
          ))}
        </select>
      </label>
      <ScrollX label="Evaluation side by side">
        <table class="runs-compare">
          <caption>
            Score in %; below it the difference to {names[0]} in points with its 95 % interval (Newcombe)
          </caption>
          <thead>
            <tr>
              <th scope="col">suite</th>
              {names.map((name, index) => (
                <th scope="col" key={name}>
                  {name}
                  <br />
                  <span class="hint">
                    {evaluations[index] ? `after ${stageTitle(evaluations[index].stage)}` : 'not evaluated'}
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {scores.map((row) => (
              <tr key={`${row.suite}/${row.metric}`}>
                <th scope="row">
                  {row.suite}
                  <br />
                  <span class="hint">
                    {formatWord(row.metric)}, {row.better} is better
                  </span>
                </th>
                {row.scores.map((score, index) => (
                  <td key={names[index]} title={score ? `n = ${score.n}` : undefined}>
                    {score ? formatPercent(score.value) : '–'}
                    <Change change={row.differences[index] ?? null} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <p class="hint">“unclear” means that chance could explain the difference.</p>
    </>
  );
}

function Change({ change }: { change: Difference | null }) {
  if (!change) return null;
  return (
    <span class={`change ${change.verdict}`}>
      <br />
      {formatPoints(change.value)} [{formatPoints(change.low)}, {formatPoints(change.high)}]{' '}
      {VERDICT_MARKS[change.verdict]}
    </span>
  );
}

export function MetricsTable({
  latest,
  names,
}: {
  latest: readonly LatestMetrics[];
  names: readonly string[];
}) {
  if (latest.length === 0) return <p class="empty">Reading …</p>;
  return (
    <ScrollX label="Newest metrics side by side">
      <table class="runs-compare">
        <caption>Newest value, and the step that it is of</caption>
        <Heads first="metric" names={names} />
        <tbody>
          {comparedMetrics(latest).map(({ metric, values }) => (
            <tr key={metric}>
              <th scope="row">
                <code>{metric}</code>
              </th>
              {values.map((value, index) => (
                <td key={names[index]}>
                  {value ? formatNumber(value.value) : '–'}
                  {value && <span class="hint"> at {value.step}</span>}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollX>
  );
}
