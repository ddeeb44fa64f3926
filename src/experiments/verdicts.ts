// From results to verdicts: the paired difference of each comparison, its interval, and what that says of the claim.

import { type Expectation, verdictOf as intervalVerdict } from '../evaluation/index.ts';
import { differencesOf, type Estimate, meanEstimate } from '../statistics/estimates.ts';
import type { Decoding } from '../terms/decodings.ts';
import { type CodeIdentity, sameCode } from '../terms/origin.ts';
import type { Check, Claim, Side } from './claims.ts';
import { runId } from './plan.ts';
import { greedyTwin, measureOf, type RunResult } from './results.ts';

/** `unclear`: the interval lies on both sides of the bound, there is only one seed, or both sides are the same runs or never collapsed; `not measured`: runs are missing. */
export type Verdict = 'holds' | 'does not hold' | 'unclear' | 'not measured';

export type CheckResult = {
  text: string;
  verdict: Verdict;
  unit: 'points' | 'number';
  expect: Expectation;
  /** Over the seeds that both sides have. */
  left: Estimate | null;
  right: Estimate | null;
  difference: Estimate | null;
  seeds: readonly number[];
  /** Runs without the value, in words; pairs with one of them are left out. */
  lacking: readonly string[];
  /** Seeds whose two runs were made with different code; absent where there are none. */
  otherCode?: readonly number[];
  /** Seeds whose two runs are equal in every figure: what differs in their settings never acted. Absent where there are none. */
  equal?: readonly number[];
};

export type ClaimResult = Pick<Claim, 'id' | 'group' | 'grid' | 'text' | 'note'> & {
  /** Of all comparisons, in both decodings. */
  verdict: Verdict;
  checks: readonly CheckResult[];
  /** Absent where greedy answers were not measured. */
  byDecoding?: { readonly [decoding in Decoding]: Verdict };
};

/** The difference against its bound, by both limits of its interval. */
export function verdictOf(difference: Estimate | null, expect: Expectation): Verdict {
  if (!difference) return 'not measured';
  const { low, high } = difference;
  return low === null || high === null ? 'unclear' : intervalVerdict(low, high, expect);
}

function sideValue(side: Side, seed: number, runs: ReadonlyMap<string, RunResult>): number | null {
  if ('constant' in side) return side.constant;
  const run = runs.get(runId(side.cell, seed));
  return run ? measureOf(side.measure).read(run, side.moment) : null;
}

function sideCode(side: Side, seed: number, runs: ReadonlyMap<string, RunResult>): CodeIdentity | null {
  return 'constant' in side ? null : (runs.get(runId(side.cell, seed))?.code ?? null);
}

function lackOf(side: Side, seed: number, runs: ReadonlyMap<string, RunResult>): string[] {
  if ('constant' in side || sideValue(side, seed, runs) !== null) return [];
  const run = runs.get(runId(side.cell, seed));
  // A cell need not be planned for every seed that another one has.
  return run ? [`${run.id} (${run.status})`] : [];
}

/** Whether two cells gave the same run: one piece of evidence, not two. */
function isSameRun(left: Side, right: Side, seed: number, runs: ReadonlyMap<string, RunResult>): boolean {
  if ('constant' in left || 'constant' in right || left.cell === right.cell) return false;
  const [a, b] = [left, right].map(({ cell }) => {
    const run = runs.get(runId(cell, seed));
    return run && JSON.stringify([run.stages, run.figures]);
  });
  return a !== undefined && a === b;
}

/** Of comparisons that say nothing, whatever their interval: of a run with itself, and of no collapse with none. */
function saysNothing(
  { left, right }: Check,
  pairs: readonly { a: number; b: number }[],
  equal: number,
): boolean {
  if (pairs.length === 0) return false;
  const collapses = [left, right].some((side) => 'measure' in side && side.measure === 'collapsed');
  return equal === pairs.length || (collapses && pairs.every(({ a, b }) => a === 0 && b === 0));
}

export function checkResult(
  check: Check,
  seeds: readonly number[],
  runs: ReadonlyMap<string, RunResult>,
): CheckResult {
  const { text, left, right, expect } = check;
  const pairs = seeds.flatMap((seed) => {
    const [a, b] = [sideValue(left, seed, runs), sideValue(right, seed, runs)];
    return a === null || b === null ? [] : [{ seed, a, b }];
  });
  const otherCode = pairs
    .map(({ seed }) => seed)
    .filter((seed) => {
      const [a, b] = [left, right].map((side) => sideCode(side, seed, runs));
      return a && b && !sameCode(a, b);
    });
  const equal = pairs.map(({ seed }) => seed).filter((seed) => isSameRun(left, right, seed, runs));
  const [lefts, rights] = [pairs.map(({ a }) => a), pairs.map(({ b }) => b)];
  const difference = meanEstimate(differencesOf(lefts, rights));
  const lacking = seeds.flatMap((seed) => [...lackOf(left, seed, runs), ...lackOf(right, seed, runs)]);
  return {
    text,
    verdict: saysNothing(check, pairs, equal.length) ? 'unclear' : verdictOf(difference, expect),
    unit: 'constant' in left ? 'number' : measureOf(left.measure).unit,
    expect,
    left: meanEstimate(lefts),
    right: meanEstimate(rights),
    difference,
    seeds: pairs.map(({ seed }) => seed),
    lacking: [...new Set(lacking)],
    ...(otherCode.length > 0 && { otherCode }),
    ...(equal.length > 0 && { equal }),
  };
}

/** The same comparison of greedy answers; null where a side is no score. */
function greedyCheck({ text, left, right, ...rest }: Check): Check | null {
  const twinOf = (side: Side): Side | null => {
    if ('constant' in side) return side;
    const measure = greedyTwin(side.measure);
    return measure && { ...side, measure };
  };
  const [a, b] = [twinOf(left), twinOf(right)];
  return a && b && { ...rest, text: `${text}, greedy`, left: a, right: b };
}

/** A claim holds where all its comparisons do, and fails with the first that does not. */
function combined(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('does not hold')) return 'does not hold';
  if (verdicts.length === 0 || verdicts.includes('not measured')) return 'not measured';
  return verdicts.includes('unclear') ? 'unclear' : 'holds';
}

export function claimResults(
  claims: readonly Claim[],
  /** Every run of the plan, those without a result too. */
  results: readonly RunResult[],
): ClaimResult[] {
  const runs = new Map(results.map((run) => [run.id, run]));
  const seeds = [...new Set(results.map(({ seed }) => seed))].sort((a, b) => a - b);
  return claims.map(({ id, group, grid, text, note, checks }) => {
    const sampled = checks.map((check) => checkResult(check, seeds, runs));
    const greedy = checks.flatMap((check) => {
      const twin = greedyCheck(check);
      const result = twin && checkResult(twin, seeds, runs);
      return result?.difference ? [result] : [];
    });
    const verdictIn = (of: readonly CheckResult[]) => combined(of.map((check) => check.verdict));
    const verdict = verdictIn([...sampled, ...greedy]);
    const byDecoding = { sampled: verdictIn(sampled), greedy: verdictIn(greedy) };
    return {
      ...{ id, group, grid, text, note, verdict, checks: [...sampled, ...greedy] },
      ...(greedy.length > 0 && { byDecoding }),
    };
  });
}
