// Metrics of a rollout and of an update, under the names that users of TRL and verl know.

import { extent, isFlat, maskedMean, mean } from '../base/numbers.ts';
import { k3 } from './referenceKl.ts';
import type { Floats } from './types.ts';

/** Mean and standard deviation from the sums of values and squares; `correction` 1 divides by n - 1. Both 0 for no values. */
export function moments(values: readonly number[], correction: 0 | 1 = 0): { mean: number; std: number } {
  const n = values.length;
  if (n <= correction) return { mean: mean(values), std: 0 };
  const center = mean(values);
  const squares = values.reduce((total, value) => total + value * value, 0);
  const biased = Math.max(0, squares / n - center * center);
  return { mean: center, std: Math.sqrt(correction === 0 ? biased : (biased * n) / (n - 1)) };
}

/**
 * Total rewards by group; `frac_reward_zero_std` is the share of groups without any spread, which teach nothing.
 * @param correction of `reward_std`, the deviation over all rewards: runs log the biased one (0), TRL and verl the unbiased (1).
 */
export function rewardMetrics(groups: readonly (readonly number[])[], correction: 0 | 1 = 0) {
  const { mean: reward, std } = moments(groups.flat(), correction);
  return {
    reward,
    reward_std: std,
    frac_reward_zero_std: groups.filter(isFlat).length / Math.max(1, groups.length),
  };
}

/** Lengths of completions, tokens; `clipped_ratio` is the share of those cut off before `<eos>`. */
export function completionMetrics(lengths: readonly number[], cutOff: readonly boolean[]) {
  const [shortest, longest] = extent(lengths);
  return {
    'completions/mean_length': mean(lengths),
    'completions/min_length': shortest,
    'completions/max_length': longest,
    'completions/clipped_ratio': cutOff.filter(Boolean).length / Math.max(1, cutOff.length),
  };
}

/** Mean k3 estimate of KL(p || q) over valid tokens drawn from p, nats; both arguments are their log-probs. */
export function meanK3(logp: Floats, otherLogp: Floats, mask: ArrayLike<number>): number {
  return maskedMean(
    Float64Array.from(logp, (value, i) => (mask[i] === 0 ? 0 : k3(value, otherLogp[i]))),
    mask,
  );
}

/** Exact KL(p || q) of every row, [rows], nats; both arguments are log-probs, [rows*vocab]. Tokens with p = 0 add nothing. */
export function exactKlRows(logP: Floats, logQ: Floats, vocab: number): Float64Array {
  const kl = new Float64Array(logP.length / vocab);
  for (let i = 0; i < logP.length; i += 1) {
    if (logP[i] > Number.NEGATIVE_INFINITY)
      kl[Math.floor(i / vocab)] += Math.exp(logP[i]) * (logP[i] - logQ[i]);
  }
  return kl;
}
