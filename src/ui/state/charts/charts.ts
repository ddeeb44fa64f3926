// Which part of the run a chart shows, and how charts are found.

import { isRlStage } from '../../../terms/stages.ts';
import { CHART_GROUPS } from './chartGroups.ts';
import type { ChartGroup, ChartSpec } from './chartTypes.ts';

export const CHARTS: readonly ChartSpec[] = CHART_GROUPS.flatMap((group) => group.charts);

/** The chart of this id. */
export function chartOf(id: string): ChartSpec {
  const found = CHARTS.find((spec) => spec.id === id);
  if (!found) throw new Error(`There is no chart ${id}.`);
  return found;
}

/** Which part of the run the charts show: `auto`, `all`, or the name of a stage. */
export type StageChoice = string;

/**
 * Stages that a chart shows. `auto`: once RL has begun, what came before it is left out where a metric spans both,
 * for hundreds of SFT steps would squeeze the RL steps into a corner.
 */
export function wantedStages(
  choice: StageChoice,
  stages: readonly string[],
  spec: ChartSpec,
): (stage: string) => boolean {
  if (choice === 'all') return () => true;
  if (choice !== 'auto') return (stage) => stage === choice;
  const onlyBefore = spec.lines.every(
    (line) => line.metric.startsWith('sft/') || isHeadsTraining(line.metric),
  );
  return stages.some(isRlStage) && !onlyBefore ? isRlStage : () => true;
}

function isHeadsTraining(metric: string): boolean {
  return /^heads\/[a-z_]+$/.test(metric);
}

/** A chart of one metric that no group knows, e.g. of a run by another version. */
export function singleChart(metric: string): ChartSpec {
  return { id: `metric:${metric}`, title: metric, hint: '', lines: [{ metric, label: metric, about: '' }] };
}

/** Charts with data, and those that still wait. */
export function splitCharts(
  specs: readonly ChartSpec[],
  has: (metric: string) => boolean,
): { ready: ChartSpec[]; waiting: ChartSpec[] } {
  const ready: ChartSpec[] = [];
  const waiting: ChartSpec[] = [];
  for (const spec of specs) {
    const lines = spec.lines.filter((line) => has(line.metric));
    if (lines.length > 0) ready.push({ ...spec, lines });
    else waiting.push(spec);
  }
  return { ready, waiting };
}

const KNOWN = new Set(CHARTS.flatMap((spec) => spec.lines.map((line) => line.metric)));

/** The groups with what they have to show; metrics that none of them knows come last, each in a chart of its own. */
export function readyGroups(names: readonly string[]): { groups: ChartGroup[]; waiting: ChartGroup[] } {
  const present = new Set(names);
  const other = names.filter((name) => !KNOWN.has(name)).map(singleChart);
  const all: ChartGroup[] = CHART_GROUPS.map((group) => ({
    ...group,
    charts: splitCharts(group.charts, (metric) => present.has(metric)).ready,
  }));
  if (other.length > 0)
    all.push({
      id: 'other',
      title: 'Others',
      about: 'Metrics that this version of the page does not know.',
      open: false,
      charts: other,
    });
  return {
    groups: all.filter(({ charts }) => charts.length > 0),
    waiting: all.filter(({ charts }) => charts.length === 0),
  };
}

/** Charts whose words or metric names hold every word of the query. */
export function findCharts(groups: readonly ChartGroup[], query: string): ChartSpec[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return groups.flatMap((group) =>
    group.charts.filter((spec) => {
      const lines = spec.lines.map(({ metric, label, about }) => `${metric} ${label} ${about}`);
      const text = [group.title, spec.title, spec.hint, ...lines].join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    }),
  );
}
