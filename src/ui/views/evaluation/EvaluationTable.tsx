// Scores of every evaluated stage with their intervals, and the change from the first to the last.

import { formatPercent, formatPoints, formatWord } from '../../../base/format.ts';
import type { EvaluationEvent } from '../../../protocol/messages.ts';
import { stageTitle } from '../../../terms/stages.ts';
import type { SuiteScore } from '../../../terms/suites.ts';
import { ScrollX } from '../../parts/ScrollX.tsx';
import { type Difference, evaluationRows, VERDICT_MARKS } from '../../state/scores/evaluationTable.ts';
import { SuiteHelp } from './SuiteHelp.tsx';

type EvaluationTableProps = { evaluations: readonly EvaluationEvent[] };

export function EvaluationTable({ evaluations }: EvaluationTableProps) {
  return (
    <section class="card" aria-labelledby="evaluation-title">
      <h2 id="evaluation-title">Evaluation</h2>
      {evaluations.length === 0 ? (
        <p class="empty">
          After SFT and after each RL stage the policy is tested on held-out suites; the oracle judges, not
          the heads.
        </p>
      ) : (
        <ScoreTable evaluations={evaluations} />
      )}
    </section>
  );
}

type ScoreTableProps = EvaluationTableProps & {
  /** Heads of the columns; the stages by default. */
  titles?: readonly string[];
};

export function ScoreTable({ evaluations, titles }: ScoreTableProps) {
  const rows = evaluationRows(evaluations);
  const several = evaluations.length > 1;
  return (
    <>
      <ScrollX label="Scores per stage">
        <table class="evaluation">
          <caption>
            Score in %, 95 % Wilson interval below it
            {several && '; change from the first column in points (Newcombe interval)'}
          </caption>
          <thead>
            <tr>
              <th scope="col">suite</th>
              {evaluations.map((evaluation, index) => (
                <th scope="col" key={index}>
                  {titles?.[index] ?? stageTitle(evaluation.stage)}
                  <br />
                  <span class="hint">step {evaluation.step}</span>
                </th>
              ))}
              {several && <th scope="col">change</th>}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.suite}/${row.metric}`}>
                <th scope="row">
                  {row.suite} <SuiteHelp suite={row.suite} metric={row.metric} />
                  <br />
                  <span class="hint">
                    {formatWord(row.metric)}{' '}
                    <span role="img" aria-label={`${row.better} is better`}>
                      {row.better === 'higher' ? '↑' : '↓'}
                    </span>
                  </span>
                </th>
                {row.scores.map((score, index) => (
                  <ScoreCell key={index} score={score} />
                ))}
                {several && <ChangeCell change={row.difference} />}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      <p class="hint">
        ↑ higher is better, ↓ lower is better. “unclear” means that chance could explain the change.
      </p>
    </>
  );
}

function ScoreCell({ score }: { score: SuiteScore | null }) {
  if (!score) return <td>–</td>;
  return (
    <td title={`n = ${score.n}`}>
      {formatPercent(score.value)}
      <br />
      <span class="hint">
        {(score.low * 100).toFixed(0)}–{(score.high * 100).toFixed(0)}
      </span>
    </td>
  );
}

function ChangeCell({ change }: { change: Difference | null }) {
  if (!change) return <td>–</td>;
  return (
    <td
      class={`change ${change.verdict}`}
      title={`${formatPoints(change.low)} to ${formatPoints(change.high)} points`}
    >
      {formatPoints(change.value)}
      <br />
      <span class="hint">{VERDICT_MARKS[change.verdict]}</span>
    </td>
  );
}
