// The types of an advantage estimator: rewards in, one advantage per token out.

import type { Floats } from '../losses/index.ts';

/** One batch of completions; row b belongs to prompt floor(b / groupSize). B = batch, T = time. */
export type AdvantageInput = {
  batch: number;
  time: number;
  /** Completions per prompt, G. */
  groupSize: number;
  /** Total reward of each completion, [B]. */
  rewards: ArrayLike<number>;
  /** Total rewards of every completion that was sampled, also of groups left out of the batch; absent: `rewards`. */
  sampledRewards?: ArrayLike<number>;
  /** 1 for a valid completion token, 0 for padding, [B*T]. */
  mask: ArrayLike<number>;
  /** Behaviour and reference log-probs, [B*T], for a KL penalty inside the reward (`klCoef` not 0). */
  oldLogp?: Floats | null;
  refLogp?: Floats | null;
  /** Value estimates at rollout time, [B*T], for GAE. */
  values?: Floats | null;
};

export type AdvantageOptions = {
  /** CPGD's weight of a group; `clip_filter` counts over `sampledRewards`, `unprocessed` takes the rewards as they are. */
  weight: 'equal' | 'std' | 'clip_filter' | 'unprocessed';
  /** Largest weight that `clip_filter` gives. */
  clipFilterMax: number;
  /** What GRPO-like estimators divide by: the group's std, the batch's, or nothing. */
  scaleRewards: 'group' | 'batch' | 'none';
  /** Added to a standard deviation before dividing. */
  epsilon: number;
  /** Coefficient of the per-token penalty klCoef (oldLogp - refLogp) inside the reward. */
  klCoef: number;
  /** Discount. */
  gamma: number;
  /** GAE's lambda. */
  lambda: number;
  /** Whitening over all valid tokens of the batch, with the variance over n - 1 or n. */
  whiten: 'none' | 'unbiased' | 'biased';
};

/** What an estimator gives before whitening: one number per completion [B], or one per token [B*T]. */
export type Estimate =
  | { sequence: Float64Array; token?: undefined; returns?: undefined }
  | { sequence?: undefined; token: Float64Array; returns?: Float64Array };

/** One row of the table of estimators; what its defaults leave out is `BASE_ADVANTAGE_OPTIONS`. */
export type AdvantageDefinition = {
  defaults?: Partial<AdvantageOptions>;
  compute: (input: AdvantageInput, options: AdvantageOptions) => Estimate;
};

export const BASE_ADVANTAGE_OPTIONS: AdvantageOptions = {
  weight: 'std',
  clipFilterMax: 3,
  scaleRewards: 'group',
  epsilon: 1e-4,
  klCoef: 0,
  gamma: 1,
  lambda: 0.95,
  whiten: 'none',
};
