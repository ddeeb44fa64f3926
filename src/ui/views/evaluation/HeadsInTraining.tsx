// The heads against the oracle over RL: accuracy and calibration error on what the policy says at each iteration.

import { Charts } from '../../charts/Chart.tsx';
import { useMetrics } from '../../parts/useMetrics.ts';
import type { Session } from '../../session/session.ts';
import { chartOf, readyCharts } from '../../state/charts/charts.ts';
import type { ReferenceSources } from '../../state/charts/references.ts';

type HeadsInTrainingProps = { session: Session; references: Omit<ReferenceSources, 'table'> };

const SPECS = [chartOf('judges'), chartOf('judges-ece')];

/** Nothing before RL has judged a response. */
export function HeadsInTraining({ session, references }: HeadsInTrainingProps) {
  const { metrics, revision } = useMetrics(session);
  const ready = readyCharts(SPECS, (metric) => metrics.has(metric));
  if (ready.length === 0) return null;
  return (
    <>
      <h3>While the policy trains against them</h3>
      <Charts specs={ready} table={metrics} {...{ revision, references }} />
    </>
  );
}
