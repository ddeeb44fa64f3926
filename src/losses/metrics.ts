// Metrics of a rollout and of an update, under the names that users of TRL and verl know.

import { exp } from '../base/exactMath.ts';
import { extent, isFlat, maskedMean, mean, standardDeviation } from '../base/numbers.ts';
import { k3 } from './referenceKl.ts';
import type { Floats } from './types.ts';

/**
 * Total rewards by group: `reward_std` is the mean of the groups' deviations (TRL), which the advantages divide by;
 * `frac_reward_zero_std` the share of groups without any spread, which teach nothing.
 */
export function rewardMetrics(groups: readonly (readonly number[])[]) {
  return {
    reward: mean(groups.flat()),
    reward_std: mean(groups.map((rewards) => standardDeviation(rewards))),
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
  for (let row = 0; row < kl.length; row += 1) {
    let sum = 0;
    for (let i = row * vocab; i < (row + 1) * vocab; i += 1) {
      if (logP[i] > Number.NEGATIVE_INFINITY) sum += exp(logP[i]) * (logP[i] - logQ[i]);
    }
    kl[row] = sum;
  }
  return kl;
}
