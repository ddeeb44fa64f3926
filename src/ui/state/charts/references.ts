// Reference lines of charts: guessing, the policy before RL, the oracle's own answers. All from the run, its heads or the world.

import type { CurveReferences } from '../../../protocol/inspector.ts';
import type { HeadReport } from '../../../terms/heads.ts';
import type { ReferenceKind } from '../../../terms/metrics/index.ts';
import { isRlStage } from '../../../terms/stages.ts';
import type { ChartSpec } from './charts.ts';
import type { MetricTable } from './metricTable.ts';

export type ReferenceLine = {
  kind: ReferenceKind;
  /** In legend and text. */
  label: string;
  /** One sentence: where the value comes from. */
  about: string;
  /** Index of the line that it belongs to, for its colour; null where it belongs to several. */
  line: number | null;
  /** Null where it says nothing about a stage. */
  valueAt: (stage: string) => number | null;
};

export type ReferenceSources = {
  table: MetricTable;
  /** What the world says; null while it is not known. */
  world: CurveReferences | null;
  reports: readonly HeadReport[];
};

export function referencesOf(spec: ChartSpec, sources: ReferenceSources): ReferenceLine[] {
  const found = spec.lines.flatMap(({ name, title, references = [] }, index) =>
    references.flatMap((kind): ReferenceLine[] => {
      const made = MAKERS[kind](name, sources);
      if (!made) return [];
      if (kind === 'chance') return [{ ...made, kind, line: null }];
      const single = spec.lines.filter((line) => line.references?.includes(kind)).length === 1;
      return [{ ...made, kind, line: index, label: single ? made.label : `${made.label}: ${title}` }];
    }),
  );
  // Heads with equally many verdicts share one line.
  return found.filter((one, index) => found.findIndex((other) => other.label === one.label) === index);
}

type Made = Pick<ReferenceLine, 'label' | 'about' | 'valueAt'>;

/** The reference of a metric; null where it is not known. */
const MAKERS: {
  readonly [kind in ReferenceKind]: (metric: string, sources: ReferenceSources) => Made | null;
} = {
  chance(metric, { world, reports }) {
    if (metric === 'sft/loss') {
      if (!world) return null;
      return {
        label: 'guessing',
        about: `Every one of the ${world.vocabularySize} tokens equally likely: the logarithm of their number.`,
        valueAt: () => Math.log(world.vocabularySize),
      };
    }
    const classes = reports.find(({ head }) => metric === `heads/${head}/accuracy`)?.classes.length;
    if (classes === undefined) return null;
    return {
      label: `guessing among ${classes} verdicts`,
      about: `A judge that picks one of its ${classes} verdicts at random.`,
      valueAt: (stage) => (isRlStage(stage) ? 1 / classes : null),
    };
  },
  start(metric, { table }) {
    const start = startOfRl(table);
    const value = start && (table.column(metric)[start.row] ?? null);
    if (!start || value === null) return null;
    return {
      label: start.name,
      about: `The first rollout of RL (step ${start.step}), sampled before anything was updated.`,
      valueAt: (stage) => (isRlStage(stage) ? value : null),
    };
  },
  best(metric, { world }) {
    const values = new Map(world?.best.map(({ stage, values: of }) => [stage, of[metric] ?? null]));
    if ([...values.values()].every((value) => value === null)) return null;
    return {
      label: 'oracle’s best',
      about: 'The world’s own best answers to prompts of the stage’s mix, rewarded by the oracle.',
      valueAt: (stage) => values.get(stage) ?? null,
    };
  },
};

/** Where RL begins in this table, and whose policy sampled there: its metrics of the rollout are those before any update. */
function startOfRl(table: MetricTable): { row: number; step: number; name: string } | null {
  const span = table.spans().find(({ stage }) => isRlStage(stage));
  if (!span) return null;
  const row = table.steps.indexOf(span.firstStep);
  // It is measured after the update.
  const version = table.column('policy_version')[row] ?? null;
  const beforeRl = version === null || version <= 1;
  const afterSft = beforeRl && table.stages.includes('sft');
  return {
    row,
    step: span.firstStep,
    name: afterSft ? 'after SFT' : beforeRl ? 'before RL' : 'where it began',
  };
}
