// Estimators with one advantage per completion: its reward against the rewards of its group.

import { isFlat, mean, standardDeviation } from '../base/numbers.ts';
import type { AdvantageDefinition } from './types.ts';

/** One prompt's completions: rows start .. start + size - 1. */
type Group = {
  start: number;
  size: number;
  mean: number;
  /** Unbiased (n - 1). */
  std: number;
  /** All values are equal, so their advantages are exactly 0. */
  flat: boolean;
};

/** Splits rows [B] into groups of consecutive rows; the last one may be smaller. */
function groupsOf(values: ArrayLike<number>, groupSize: number): Group[] {
  const all = Array.from(values);
  return Array.from({ length: Math.ceil(all.length / groupSize) }, (_, g) => {
    const start = g * groupSize;
    const rows = all.slice(start, start + groupSize);
    const flat = isFlat(rows);
    return { start, size: rows.length, mean: mean(rows), std: standardDeviation(rows), flat };
  });
}

/** scale(group) x (value - group mean) for each row, [B]; exactly 0 in flat groups. */
function centered(
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

/** A = R, no baseline. Source: Williams (1992), REINFORCE. */
export const raw: AdvantageDefinition = {
  compute: ({ rewards }) => ({ sequence: Float64Array.from(rewards) }),
};

/**
 * A = w(x) (R - mean_group R); w is 1 (`equal`), 1 / (std + epsilon) (`std`), or min(clipFilterMax, groups / groups with
 * spread) over all groups that were sampled (`clip_filter`). `unprocessed`: A = R, as in its table of ablations.
 * Source: CPGD, arXiv 2505.12504; MM-EUREKA.
 */
export const cpgd: AdvantageDefinition = {
  defaults: { epsilon: 1e-9 },
  compute: (input, options) => {
    const { rewards, sampledRewards = rewards, groupSize } = input;
    const { weight, epsilon, clipFilterMax } = options;
    if (weight === 'unprocessed') return raw.compute(input, options);
    const sampled = groupsOf(sampledRewards, groupSize);
    const alive = sampled.filter(({ flat }) => !flat).length;
    const filterWeight = Math.min(clipFilterMax, sampled.length / Math.max(alive, 1));
    const sequence = centered(rewards, groupsOf(rewards, groupSize), ({ std }) => {
      if (weight === 'std') return 1 / (std + epsilon);
      return weight === 'clip_filter' ? filterWeight : 1;
    });
    return { sequence };
  },
};

/**
 * A = (R - mean_group R) / (s + epsilon), s the unbiased std of the group or of the batch, or undivided.
 * Source: GRPO, arXiv 2402.03300, section 4.1.2; TRL `scale_rewards`.
 */
export const group: AdvantageDefinition = {
  compute: ({ rewards, groupSize }, { scaleRewards, epsilon }) => {
    const batchStd = standardDeviation(rewards);
    const sequence = centered(rewards, groupsOf(rewards, groupSize), ({ std }) => {
      if (scaleRewards === 'none') return 1;
      return 1 / ((scaleRewards === 'batch' ? batchStd : std) + epsilon);
    });
    return { sequence };
  },
};

/** A = R - mean_group R, undivided. Source: Dr. GRPO, arXiv 2503.20783. */
export const groupMean: AdvantageDefinition = {
  compute: (input, options) => group.compute(input, { ...options, scaleRewards: 'none' }),
};

/** A = R - the mean reward of the others of its group. Source: Ahmadian et al., arXiv 2402.14740; TRL RLOOTrainer. */
export const rloo: AdvantageDefinition = {
  // R - (G mean - R) / (G - 1) = G / (G - 1) (R - mean).
  compute: ({ rewards, groupSize }) => ({
    sequence: centered(rewards, groupsOf(rewards, groupSize), ({ size }) => size / (size - 1)),
  }),
};
