// What a plan found: every cell against the base cell, metric by metric, with an interval and a plain verdict.

import { holmAdjusted, holmLevels, levelAfterLooks } from '../statistics/corrections.ts';
import {
  differencesOf,
  type Estimate,
  equivalenceP,
  meanEstimate,
  type PairedTest,
  pairedTest,
} from '../statistics/estimates.ts';
import { seedsNeeded, smallestDifference } from '../statistics/power.ts';
import type { PlanCell } from './cells.ts';
import { looksOf, type Plan } from './planFile.ts';
import { type MeasureName, measureOf, type RunResult, withGreedy } from './results.ts';

/**
 * `equal`: the difference is smaller than the bound of the plan, which is a finding; `same`: both cells gave the same runs, so that what
 * differs in them never acted; `unclear`: none of that could be told.
 */
export type CellVerdict = 'better' | 'worse' | 'equal' | 'same' | 'unclear' | 'not measured';

export type Comparison = {
  cell: string;
  metric: MeasureName;
  verdict: CellVerdict;
  /** Cell less base over the seeds that both have, with the interval of `level`. */
  difference: Estimate | null;
  /** Two-sided level that is left to this comparison. */
  level: number;
  p: number | null;
  /** For the number of cells, by Holm. */
  adjustedP: number | null;
  /** Those that both cells have, and the difference for each. */
  seeds: readonly number[];
  differences: readonly number[];
  /** The difference that so many seeds would have told four times of five. */
  smallest: number | null;
  /** So many seeds would tell the difference that was measured, four times of five. */
  needed: number | null;
};

const ALPHA = 0.05;

/** The level of a plan's verdicts: 5 %, divided by the number of looks. */
export function planLevel(plan: Pick<Plan, 'addedSeeds'>): number {
  return levelAfterLooks(ALPHA, looksOf(plan));
}

type Pairs = { cell: PlanCell; seeds: number[]; differences: number[]; same: boolean };

/** All comparisons of a plan, greedy ones where they were measured. Each metric is a question of its own; its cells share the level. */
export function comparisons(
  plan: Plan,
  cells: readonly PlanCell[],
  results: readonly RunResult[],
): Comparison[] {
  const base = cells.find(({ isBase }) => isBase);
  if (!base) return [];
  const others = cells.filter((cell) => cell !== base);
  return withGreedy(plan.metrics, results).flatMap((metric) => {
    const pairs = others.map((cell) => pairsOf(cell, base, metric, results));
    const tests = pairs.map(({ differences }) => pairedTest(differences));
    const told = tests.flatMap((test) => (test ? [test.p] : []));
    const [levels, adjusted] = [holmLevels(told, planLevel(plan)), holmAdjusted(told)];
    let at = 0;
    return pairs.map((pair, i) => {
      const test = tests[i];
      const place = test ? at++ : null;
      const level = place === null ? planLevel(plan) : levels[place];
      return comparison(metric, pair, test, level, place === null ? null : adjusted[place], plan.equal);
    });
  });
}

function pairsOf(cell: PlanCell, base: PlanCell, metric: MeasureName, results: readonly RunResult[]): Pairs {
  const runsOf = ({ name }: PlanCell) => results.filter((run) => run.kind === 'cell' && run.name === name);
  const bySeed = new Map(runsOf(base).map((run) => [run.seed, run]));
  const pairs = runsOf(cell).flatMap((run) => {
    const other = bySeed.get(run.seed);
    const [a, b] = [run, other].map((each) => each && measureOf(metric).read(each, 'final'));
    return other && typeof a === 'number' && typeof b === 'number' ? [{ run, other, a, b }] : [];
  });
  const figures = ({ stages, figures: found }: RunResult) => JSON.stringify([stages, found]);
  return {
    cell,
    seeds: pairs.map(({ run }) => run.seed),
    differences: differencesOf(
      pairs.map(({ a }) => a),
      pairs.map(({ b }) => b),
    ),
    same: pairs.length > 0 && pairs.every(({ run, other }) => figures(run) === figures(other)),
  };
}

function comparison(
  metric: MeasureName,
  { cell, seeds, differences, same }: Pairs,
  test: PairedTest | null,
  level: number,
  adjustedP: number | null,
  equal: number,
): Comparison {
  const power = { alpha: level };
  const measured = test ? Math.abs(test.mean) : 0;
  return {
    ...{ cell: cell.name, metric, level, adjustedP, seeds, differences },
    verdict: same ? 'same' : verdictOf(metric, test, differences, level, equal),
    difference: meanEstimate(differences, 1 - level),
    p: test?.p ?? null,
    smallest: test && !same ? smallestDifference(test.n, test.sd, power) : null,
    needed: test && !same && measured > 0 ? seedsNeeded(measured, test.sd, power) : null,
  };
}

function verdictOf(
  metric: MeasureName,
  test: PairedTest | null,
  differences: readonly number[],
  level: number,
  equal: number,
): CellVerdict {
  if (!test) return 'not measured';
  const { unit, better } = measureOf(metric);
  if (test.p < level) return test.mean > 0 === (better === 'higher') ? 'better' : 'worse';
  const within = unit === 'points' ? equivalenceP(differences, equal) : null;
  return within !== null && within < level ? 'equal' : 'unclear';
}
