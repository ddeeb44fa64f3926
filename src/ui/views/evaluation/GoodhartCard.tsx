// Goodhart's law, live: the reward that is trained on beside the oracle's, their gap shaded, and what it does in words.

import { Chart } from '../../charts/Chart.tsx';
import { Card } from '../../parts/Card.tsx';
import { useMetrics } from '../../parts/useMetrics.ts';
import type { ViewProps } from '../../session/session.ts';
import { type ChartSpec, chartOf } from '../../state/charts/charts.ts';
import type { MetricTable } from '../../state/charts/metricTable.ts';
import { proxyMetric, readGaps } from '../../state/run/gap.ts';
import { GAP_TEXTS } from './texts.ts';

/** The proxy that compares with the gold reward, and the gold reward, with their gap; nothing else, so that the gap has room. */
function gapChart(table: MetricTable): ChartSpec {
  const spec = chartOf('reward');
  const names = [proxyMetric(table), 'gold_reward'];
  return {
    ...spec,
    id: 'reward-gap',
    title: 'Reward against gold reward, with their gap',
    lines: names.flatMap((name) => spec.lines.find((line) => line.name === name) ?? []),
    gap: true,
  };
}

export function GoodhartCard({ session }: ViewProps) {
  const { metrics, revision } = useMetrics(session);
  const any = metrics.has('gold_reward') && metrics.has('reward');
  return (
    <Card id="goodhart" title={GAP_TEXTS.title}>
      <p class="hint">{GAP_TEXTS.law}</p>
      {any ? (
        <>
          <ul class="gap-words">
            {readGaps(metrics).map(({ stage, sentence, gamed }) => (
              <li key={stage}>
                {gamed && <span class="chip bad">{GAP_TEXTS.grows}</span>} {sentence}
              </li>
            ))}
          </ul>
          <Chart spec={gapChart(metrics)} table={metrics} revision={revision} />
        </>
      ) : (
        <p class="empty">{GAP_TEXTS.none}</p>
      )}
    </Card>
  );
}
