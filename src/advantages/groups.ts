// Statistics of groups of completions to one prompt, and the rule for groups without spread.

import { isFlat, mean, standardDeviation } from '../base/numbers.ts';
import type { AdvantageInput, AdvantageResult } from './types.ts';

/** One prompt's completions: rows start .. start + size - 1. */
export type Group = {
  start: number;
  size: number;
  mean: number;
  /** Unbiased (n - 1). */
  std: number;
  /** All values are equal, so their advantages are exactly 0. */
  flat: boolean;
};

/** Splits rows [B] into groups of consecutive rows; the last one may be smaller. */
export function groupsOf(values: ArrayLike<number>, groupSize: number): Group[] {
  const groups: Group[] = [];
  for (let start = 0; start < values.length; start += groupSize) {
    const rows = Array.from(
      { length: Math.min(groupSize, values.length - start) },
      (_, i) => values[start + i],
    );
    groups.push({
      start,
      size: rows.length,
      mean: mean(rows),
      std: standardDeviation(rows),
      flat: isFlat(rows),
    });
  }
  return groups;
}

/**
 * scale(group) x (value - group mean) for each row, [B]; exactly 0 in flat groups.
 */
export function centered(
  values: ArrayLike<number>,
  groups: readonly Group[],
  scale: (group: Group) => number,
): Float64Array {
  const out = new Float64Array(values.length);
  for (const group of groups) {
    if (group.flat) continue;
    const factor = scale(group);
    for (let b = group.start; b < group.start + group.size; b += 1)
      out[b] = factor * (values[b] - group.mean);
  }
  return out;
}

/** A per-completion advantage [B] as a result: each valid token carries its completion's. */
export function sequenceResult(input: AdvantageInput, sequence: Float64Array): AdvantageResult {
  const token = new Float64Array(input.batch * input.time);
  for (let i = 0; i < token.length; i += 1) {
    if (input.mask[i] !== 0) token[i] = sequence[Math.floor(i / input.time)];
  }
  return { token, sequence, returns: null, raw: null };
}
