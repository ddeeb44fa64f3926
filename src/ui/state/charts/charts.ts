// Which charts and which part of the run are shown, and how charts are found.

import {
  type Chart,
  type Group,
  METRIC_CHARTS,
  METRIC_GROUPS,
  METRICS,
  type Metric,
} from '../../../terms/metrics/index.ts';
import { isRlStage } from '../../../terms/stages.ts';

export type ChartLine = Pick<Metric, 'name' | 'title' | 'about' | 'references' | 'stages'>;
/** `gap`: the gap between the first two lines is shaded. */
export type ChartSpec = Chart<readonly ChartLine[]> & { id: string; gap?: boolean };
export type ChartGroup = Group<readonly ChartSpec[]> & { id: string };

/** The chart of this id. */
export function chartOf(id: string): ChartSpec {
  const found = METRIC_CHARTS.find((spec) => spec.id === id);
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
  const inRl = spec.lines.some((line) => line.stages?.includes('rl') ?? true);
  return stages.some(isRlStage) && inRl ? isRlStage : () => true;
}

/** A chart of one metric that no group knows, e.g. of a run by another version. */
export function singleChart(name: string): ChartSpec {
  return { id: `metric:${name}`, title: name, hint: '', lines: [{ name, title: name, about: '' }] };
}

/** Charts with the lines that have data; those without any are left out. */
export function readyCharts(specs: readonly ChartSpec[], has: (metric: string) => boolean): ChartSpec[] {
  return specs
    .map((spec) => ({ ...spec, lines: spec.lines.filter(({ name }) => has(name)) }))
    .filter(({ lines }) => lines.length > 0);
}

/** The groups with what they have to show; metrics that none of them knows come last, each in a chart of its own. */
export function readyGroups(names: readonly string[]): { groups: ChartGroup[]; waiting: ChartGroup[] } {
  const present = new Set(names);
  const others: ChartGroup = {
    id: 'other',
    title: 'Others',
    about: 'Metrics that this version of the page does not know.',
    charts: names.filter((name) => !METRICS.has(name)).map(singleChart),
  };
  const groups = [...METRIC_GROUPS, others].map((group) => ({
    ...group,
    charts: readyCharts(group.charts, (name) => present.has(name)),
  }));
  return {
    groups: groups.filter(({ charts }) => charts.length > 0),
    waiting: groups.filter(({ id, charts }) => charts.length === 0 && id !== others.id),
  };
}

/** Charts whose words or metric names hold every word of the query. */
export function findCharts(groups: readonly ChartGroup[], query: string): ChartSpec[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return groups.flatMap((group) =>
    group.charts.filter((spec) => {
      const lines = spec.lines.map(({ name, title, about }) => `${name} ${title} ${about}`);
      const text = [group.title, spec.title, spec.hint, ...lines].join(' ').toLowerCase();
      return words.every((word) => text.includes(word));
    }),
  );
}
