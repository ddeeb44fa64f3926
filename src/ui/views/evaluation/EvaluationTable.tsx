// Scores of every evaluated stage with their intervals, and the change from the first to the last.

import { useSignal } from '@preact/signals';
import { countText, formatPercent, formatPoints, percent } from '../../../base/format.ts';
import type { EvaluationEvent } from '../../../protocol/messages.ts';
import { type Decoding, decoded, isMeasured } from '../../../terms/decodings.ts';
import { type Difference, isFiltered } from '../../../terms/scores.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { EFFECTIVE_N, metricTitle, type SuiteScore } from '../../../terms/suites.ts';
import { Card } from '../../parts/Card.tsx';
import { DecodingChoice, NotMeasured } from '../../parts/DecodingChoice.tsx';
import { Below, type Cell, Table } from '../../parts/Table.tsx';
import { evaluationRows, VERDICT_MARKS, verdictClass } from '../../state/scores/evaluationTable.ts';
import { SuiteHelp } from './SuiteHelp.tsx';
import { EVALUATION_TEXTS } from './texts.ts';

type EvaluationTableProps = { evaluations: readonly EvaluationEvent[] };

export function EvaluationTable({ evaluations }: EvaluationTableProps) {
  return (
    <Card id="evaluation" title={EVALUATION_TEXTS.title}>
      {evaluations.length === 0 ? (
        <p class="empty">{EVALUATION_TEXTS.none}</p>
      ) : (
        <ScoreTable evaluations={evaluations} />
      )}
    </Card>
  );
}

type ScoreTableProps = EvaluationTableProps & {
  /** Heads of the columns; the stages by default. */
  titles?: readonly string[];
};

export function ScoreTable({ evaluations, titles }: ScoreTableProps) {
  const decoding = useSignal<Decoding>('sampled');
  const rows = evaluationRows(evaluations.map((each) => decoded(each, decoding.value)));
  const several = evaluations.length > 1;
  return (
    <>
      <DecodingChoice decoding={decoding} />
      {isMeasured(evaluations, decoding.value) ? (
        <Table
          class="evaluation"
          label="Scores per stage"
          caption={EVALUATION_TEXTS.caption(several)}
          heads={[
            'suite',
            ...evaluations.map(({ stage, step, ...scored }, index) => (
              <>
                {titles?.[index] ?? stageTitle(stage)}
                {isFiltered(scored) && <Below>{EVALUATION_TEXTS.filtered}</Below>}
                <Below>step {step}</Below>
              </>
            )),
            ...(several ? ['change'] : []),
          ]}
          rows={rows.map(({ suite, metric, better, scores, difference }) => ({
            key: `${suite}/${metric}`,
            head: (
              <>
                {suite} <SuiteHelp suite={suite} metric={metric} />
                <Below>
                  {metricTitle(metric)}{' '}
                  <span role="img" aria-label={`${better} is better`}>
                    {better === 'higher' ? '↑' : '↓'}
                  </span>
                </Below>
              </>
            ),
            cells: [...scores.map(scoreCell), ...(several ? [changeCell(difference)] : [])],
          }))}
        />
      ) : (
        <NotMeasured />
      )}
      <p class="hint">
        {EVALUATION_TEXTS.marks} {EFFECTIVE_N}
      </p>
    </>
  );
}

function scoreCell(score: SuiteScore | null): Cell {
  if (!score) return { content: <span class="hint">{EVALUATION_TEXTS.notMeasured}</span> };
  const { value, low, high } = score;
  const interval = `${percent(low, 0)}–${percent(high, 0)}`;
  return {
    content: [formatPercent(value), <Below key="interval">{interval}</Below>],
    title: `n = ${countText(score)}`,
  };
}

function changeCell(change: Difference | null): Cell {
  if (!change) return { content: '–' };
  const { verdict, value, low, high } = change;
  return {
    content: [formatPoints(value), <Below key="verdict">{VERDICT_MARKS[verdict]}</Below>],
    class: `change ${verdictClass(verdict)}`,
    title: `${formatPoints(low)} to ${formatPoints(high)} points`,
  };
}
