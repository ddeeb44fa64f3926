// Metrics of a policy update, under the names that users of TRL and verl know.

import {
  isFlat,
  maskedMean,
  mean,
  sequenceLengths,
  standardDeviation,
  validValues,
} from '../base/numbers.ts';
import { ratioOf } from './ratio.ts';
import { k3 } from './referenceKl.ts';
import type { Floats } from './types.ts';

/** Schulman's three single-sample estimators of KL(p || q) for a token drawn from p, nats. */
export type KlEstimates = { k1: number; k2: number; k3: number };

/**
 * @param logp log-prob of the token under p, which drew it; @param otherLogp under q.
 * k1 = -d, k2 = d^2 / 2, k3 = exp(d) - 1 - d, d = log q - log p. Source: Schulman, "Approximating KL divergence".
 */
export function klEstimators(logp: number, otherLogp: number): KlEstimates {
  const d = otherLogp - logp;
  return { k1: -d, k2: 0.5 * d * d, k3: k3(logp, otherLogp) };
}

/** Exact KL(p || q) from two rows of log-probs over the vocabulary, nats. Tokens with p = 0 add nothing. */
export function exactKl(logP: Floats, logQ: Floats): number {
  let kl = 0;
  for (let v = 0; v < logP.length; v += 1) {
    if (logP[v] > Number.NEGATIVE_INFINITY) kl += Math.exp(logP[v]) * (logP[v] - logQ[v]);
  }
  return kl;
}

/** Exact KL(p || q) of every row, [rows]; both arguments are log-probs, [rows*vocab]. */
export function exactKlRows(logP: Floats, logQ: Floats, vocab: number): Float64Array {
  return Float64Array.from({ length: logP.length / vocab }, (_, r) =>
    exactKl(logP.subarray(r * vocab, (r + 1) * vocab), logQ.subarray(r * vocab, (r + 1) * vocab)),
  );
}

/** Total rewards of a batch [B], in groups of `groupSize`. */
export function rewardMetrics(rewards: ArrayLike<number>, groupSize: number) {
  let flat = 0;
  let groups = 0;
  for (let start = 0; start < rewards.length; start += groupSize) {
    const group = Array.from(
      { length: Math.min(groupSize, rewards.length - start) },
      (_, i) => rewards[start + i],
    );
    groups += 1;
    if (isFlat(group)) flat += 1;
  }
  return {
    reward: mean(rewards),
    /** Unbiased, over the whole batch. */
    reward_std: standardDeviation(rewards),
    /** Share of groups without any spread: they teach nothing. */
    frac_reward_zero_std: groups === 0 ? 0 : flat / groups,
  };
}

/** Completion lengths in tokens; `clipped_ratio` is the share that ended without `<eos>`, if `finished` is given. */
export function completionMetrics(
  mask: ArrayLike<number>,
  batch: number,
  time: number,
  finished?: boolean[],
) {
  const lengths = Array.from(sequenceLengths(mask, batch, time));
  return {
    'completions/mean_length': mean(lengths),
    'completions/min_length': batch === 0 ? 0 : Math.min(...lengths),
    'completions/max_length': batch === 0 ? 0 : Math.max(...lengths),
    'completions/clipped_ratio': finished ? finished.filter((done) => !done).length / Math.max(batch, 1) : 0,
  };
}

/** What `policyMetrics` reads; all arrays are [B*T]. */
export type PolicyMetricsInput = {
  batch: number;
  time: number;
  logp: Floats;
  oldLogp: Floats;
  advantage: Floats;
  mask: ArrayLike<number>;
  epsilon: number;
  /** Null: `epsilon`. */
  epsilonHigh?: number | null;
};

/**
 * Ratio and clip metrics. Clip fractions follow TRL: below the range with A < 0, above it with A > 0; `low_min` and
 * `high_max` are over sequences. `actor/ppo_kl` is verl's k1, `policy_drift/k3_forward` the k3 of KL(old || new).
 */
export function policyMetrics(input: PolicyMetricsInput) {
  const { batch, time, logp, oldLogp, advantage, mask } = input;
  const low = 1 - input.epsilon;
  const high = 1 + (input.epsilonHigh ?? input.epsilon);
  const logRatio = Float64Array.from(logp, (value, i) => (mask[i] === 0 ? 0 : value - oldLogp[i]));
  const ratio = logRatio.map(ratioOf);
  const lowClip = ratio.map((r, i) => (r < low && advantage[i] < 0 ? 1 : 0));
  const highClip = ratio.map((r, i) => (r > high && advantage[i] > 0 ? 1 : 0));
  const perSequence = (values: Float64Array) =>
    Array.from({ length: batch }, (_, b) => {
      const valid = (array: ArrayLike<number>) => Array.prototype.slice.call(array, b * time, (b + 1) * time);
      return maskedMean(valid(values), valid(mask));
    });
  const ratios = validValues(ratio, mask);
  const total = ratios.reduce((a, r) => a + r, 0);
  const squares = ratios.reduce((a, r) => a + r * r, 0);
  const lowMean = maskedMean(lowClip, mask);
  const highMean = maskedMean(highClip, mask);
  return {
    'clip_ratio/low_mean': lowMean,
    'clip_ratio/high_mean': highMean,
    'clip_ratio/region_mean': lowMean + highMean,
    'clip_ratio/low_min': batch === 0 ? 0 : Math.min(...perSequence(lowClip)),
    'clip_ratio/high_max': batch === 0 ? 0 : Math.max(...perSequence(highClip)),
    'actor/ppo_kl': -maskedMean(logRatio, mask),
    ratio_mean_of_seq_means: mean(perSequence(ratio)),
    'ratio/max': ratios.reduce((a, r) => Math.max(a, r), 0),
    'policy_drift/k3_forward': maskedMean(
      logRatio.map((l) => Math.expm1(l) - l),
      mask,
    ),
    /** Effective sample size of the importance weights, as a share of the tokens; 1 on-policy. */
    is_ess_per_token_fraction: squares === 0 ? 0 : (total * total) / (ratios.length * squares),
  };
}

/** Mean k3 to the reference over valid tokens (`kl`), nats. */
export function referenceKlMean(logp: Floats, refLogp: Floats, mask: ArrayLike<number>): number {
  return maskedMean(
    Float64Array.from(logp, (value, i) => (mask[i] === 0 ? 0 : k3(value, refLogp[i]))),
    mask,
  );
}
