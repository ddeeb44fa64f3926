// The table of metrics: every number that training writes, in the groups and charts in which it is shown.

import type { Chart, Group, GroupRows, Metric } from './metric.ts';
import { ROLLOUT_GROUPS } from './rollout.ts';
import { TRAINING_GROUPS } from './training.ts';

export { isClockMetric } from './clock.ts';
export type { Chart, Group, Metric, ReferenceKind } from './metric.ts';

export type MetricChart = Chart<readonly Metric[]> & { id: string };
export type MetricGroup = Group<readonly MetricChart[]> & { id: string };

const ROWS: GroupRows = { ...ROLLOUT_GROUPS, ...TRAINING_GROUPS };

export const METRIC_GROUPS: readonly MetricGroup[] = Object.entries(ROWS).map(([groupId, group]) => ({
  ...group,
  id: groupId,
  charts: Object.entries(group.charts).map(([id, { lines, ...chart }]) => ({
    ...chart,
    id,
    lines: Object.entries(lines).map(([name, row], _index, { length }) => ({
      ...row,
      name,
      heading: length === 1 ? chart.title : `${chart.title}: ${row.title}`,
    })),
  })),
}));

export const METRIC_CHARTS: readonly MetricChart[] = METRIC_GROUPS.flatMap(({ charts }) => charts);

/** By name. */
export const METRICS: ReadonlyMap<string, Metric> = new Map(
  METRIC_CHARTS.flatMap(({ lines }) => lines.map((metric) => [metric.name, metric])),
);
