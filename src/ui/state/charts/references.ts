// Reference lines of charts: guessing, the policy before RL, the oracle's own answers. All from the run, its heads or the world.

import type { CurveReferences } from '../../../protocol/inspector.ts';
import type { HeadReport } from '../../../terms/heads.ts';
import { isRlStage } from '../../../terms/stages.ts';
import type { ChartLine, ChartSpec, ReferenceKind } from './chartTypes.ts';
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
  const several = spec.lines.filter((line) => line.references?.length).length > 1;
  const found = spec.lines.flatMap((line, index) =>
    (line.references ?? []).flatMap((kind) => makers[kind](line, index, several, sources)),
  );
  // Heads with equally many verdicts share one line.
  return found.filter((one, index) => found.findIndex((other) => other.label === one.label) === index);
}

type Maker = (line: ChartLine, index: number, several: boolean, sources: ReferenceSources) => ReferenceLine[];

const makers: { readonly [kind in ReferenceKind]: Maker } = {
  chance(line, _index, _several, { world, reports }) {
    if (line.metric === 'sft/loss') {
      if (!world) return [];
      const value = Math.log(world.vocabularySize);
      return [
        {
          kind: 'chance',
          label: 'guessing',
          about: `Every one of the ${world.vocabularySize} tokens equally likely: the logarithm of their number.`,
          line: null,
          valueAt: () => value,
        },
      ];
    }
    const head = /^heads\/(\w+)\/accuracy$/.exec(line.metric)?.[1];
    const classes = reports.find((report) => report.head === head)?.classes.length;
    if (classes === undefined) return [];
    return [
      {
        kind: 'chance',
        label: `guessing among ${classes} verdicts`,
        about: `A judge that picks one of its ${classes} verdicts at random.`,
        line: null,
        valueAt: (stage) => (isRlStage(stage) ? 1 / classes : null),
      },
    ];
  },
  start(line, index, several, { table }) {
    const start = startOfRl(table);
    const value = start && (table.column(line.metric)[start.row] ?? null);
    if (!start || value === null) return [];
    return [
      {
        kind: 'start',
        label: several ? `${start.name}: ${line.label}` : start.name,
        about: `The first rollout of RL (step ${start.step}), sampled before anything was updated.`,
        line: index,
        valueAt: (stage) => (isRlStage(stage) ? value : null),
      },
    ];
  },
  best(line, index, several, { world }) {
    const values = new Map(world?.best.map(({ stage, values: of }) => [stage, of[line.metric]]));
    if (![...values.values()].some((value) => value !== undefined)) return [];
    const single = !several || line.metric === 'gold_reward';
    return [
      {
        kind: 'best',
        label: single ? 'oracle’s best' : `oracle’s best: ${line.label}`,
        about: 'The world’s own best answers to prompts of the stage’s mix, rewarded by the oracle.',
        line: index,
        valueAt: (stage) => values.get(stage) ?? null,
      },
    ];
  },
};

/** Where RL begins in this table, and whose policy sampled there: its metrics of the rollout are those before any update. */
function startOfRl(table: MetricTable): { row: number; step: number; name: string } | null {
  const span = table.spans().find(({ stage }) => isRlStage(stage));
  if (!span) return null;
  const row = table.steps.indexOf(span.firstStep);
  // It is told after the update.
  const version = table.column('policy_version')[row] ?? null;
  const beforeRl = version === null || version <= 1;
  const afterSft = beforeRl && table.stages.includes('sft');
  return {
    row,
    step: span.firstStep,
    name: afterSft ? 'after SFT' : beforeRl ? 'before RL' : 'where it began',
  };
}
