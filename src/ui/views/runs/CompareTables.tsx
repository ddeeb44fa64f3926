// Tables of the comparison: settings that differ, evaluation scores with differences, newest metrics.

import { useSignal } from '@preact/signals';
import { countText, formatNumber, formatPercent, formatPoints } from '../../../base/format.ts';
import type { LatestMetrics } from '../../../storage/curves.ts';
import { type Decoding, decoded, isMeasured } from '../../../terms/decodings.ts';
import { METRICS } from '../../../terms/metrics/index.ts';
import type { Difference } from '../../../terms/scores.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { metricTitle } from '../../../terms/suites.ts';
import { DecodingChoice, NotMeasured } from '../../parts/DecodingChoice.tsx';
import { Select } from '../../parts/Select.tsx';
import { Below, Table } from '../../parts/Table.tsx';
import {
  commonStages,
  comparedMetrics,
  comparedScores,
  differingSettings,
} from '../../state/runs/runDifferences.ts';
import type { RunRow } from '../../state/runs/runRows.ts';
import { VERDICT_MARKS, verdictClass } from '../../state/scores/evaluationTable.ts';

type TableProps = { rows: readonly RunRow[]; names: readonly string[] };

export function SettingsTable({ rows, names }: TableProps) {
  const differing = differingSettings(rows.map(({ run }) => run));
  if (differing.length === 0) {
    return <p>Same settings, same seed: only device or version can differ.</p>;
  }
  return (
    <Table
      class="runs-compare"
      label="Settings that differ"
      caption="Settings that differ; all others are the same"
      heads={['setting', ...names]}
      rows={differing.map(({ key, label, texts }) => ({
        key,
        head: [label, <br key="br" />, <code key="key">{key}</code>],
        cells: texts.map((text) => (text === null ? '–' : <code>{text}</code>)),
      }))}
    />
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
  const decoding = useSignal<Decoding>('sampled');
  const measured = evaluations.filter((each) => each !== null);
  const scores = comparedScores(
    evaluations.map((each) => each && decoded(each, decoding.value)),
    0,
  );
  if (!isMeasured(measured, 'sampled')) return <p class="empty">None of these runs was evaluated.</p>;
  return (
    <>
      <Select
        class="reference-choice small"
        label="Scores after"
        value={stage}
        choices={[
          [NEWEST, 'the newest evaluation of each'],
          ...stages.map((name) => [name, stageTitle(name)] as const),
        ]}
        onChoice={(name) => (choice.value = name)}
      />{' '}
      <DecodingChoice decoding={decoding} />
      {isMeasured(measured, decoding.value) ? (
        <Table
          class="runs-compare"
          label="Evaluation side by side"
          caption={`Score in %; below it the difference to ${names[0]} in points with its 95 % interval (Newcombe)`}
          heads={[
            'suite',
            ...names.map((name, index) => (
              <>
                {name}
                <Below>
                  {evaluations[index] ? `after ${stageTitle(evaluations[index].stage)}` : 'not evaluated'}
                </Below>
              </>
            )),
          ]}
          rows={scores.map((row) => ({
            key: `${row.suite}/${row.metric}`,
            head: (
              <>
                {row.suite}
                <Below>
                  {metricTitle(row.metric)}, {row.better} is better
                </Below>
              </>
            ),
            cells: row.scores.map((score, index) => ({
              title: score ? `n = ${countText(score)}` : undefined,
              content: (
                <>
                  {score ? formatPercent(score.value) : <span class="hint">not measured</span>}
                  <Change change={row.differences[index] ?? null} />
                </>
              ),
            })),
          }))}
        />
      ) : (
        <NotMeasured />
      )}
      <p class="hint">
        Unclear: chance could explain the difference. Only nonsense: the score fell because answers lost their
        meaning.
      </p>
    </>
  );
}

function Change({ change }: { change: Difference | null }) {
  if (!change) return null;
  return (
    <span class={`change ${verdictClass(change.verdict)}`}>
      <br />
      {formatPoints(change.value)} [{formatPoints(change.low)}, {formatPoints(change.high)}]{' '}
      {VERDICT_MARKS[change.verdict]}
    </span>
  );
}

type MetricsTableProps = { latest: readonly LatestMetrics[]; names: readonly string[] };

export function MetricsTable({ latest, names }: MetricsTableProps) {
  if (latest.length === 0) return <p class="empty">Reading …</p>;
  return (
    <Table
      class="runs-compare"
      label="Newest metrics side by side"
      caption="Newest value and its step"
      heads={['metric', ...names]}
      rows={comparedMetrics(latest).map(({ metric, values }) => ({
        key: metric,
        head: <code title={METRICS.get(metric)?.heading}>{metric}</code>,
        cells: values.map((value) => (
          <>
            {value ? formatNumber(value.value) : '–'}
            {value && <span class="hint"> at {value.step}</span>}
          </>
        )),
      }))}
    />
  );
}
