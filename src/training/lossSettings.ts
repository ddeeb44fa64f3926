// Which loss and estimator the settings choose, and with which options.

import type { AdvantageKey, AdvantageOptions } from '../advantages/index.ts';
import { DEFAULTS, type Settings } from '../config/index.ts';
import { LOSSES, type LossKey, type LossOptions } from '../losses/index.ts';

/**
 * Loss options from the settings; a loss ignores those it has no knob for. What the settings leave at their default or at `auto`
 * is the loss's own: a baseline is trained with its own clip range, aggregation and without CPGD's drift.
 */
export function lossOptions(settings: Settings): Partial<LossOptions> {
  const { knobs } = LOSSES[settings.loss_type as LossKey];
  const ownRange = settings.epsilon === DEFAULTS.epsilon && settings.epsilon_high === DEFAULTS.epsilon_high;
  const drift =
    settings.policy_drift === 'on' ||
    (settings.policy_drift === 'auto' && ['cpgd', 'pgd'].includes(settings.loss_type));
  const options: Partial<LossOptions> = {
    ...(ownRange ? {} : { epsilon: settings.epsilon, epsilonHigh: settings.epsilon_high }),
    // An upper bound of at most 1 cannot be CISPO's cap of the ratio itself: it is meant as a band around 1.
    ...(settings.epsilon_high <= 1 && !ownRange ? { cispoBounds: 'band' as const } : {}),
    ...(settings.loss_agg_mode === 'auto' ? {} : { lossAggMode: settings.loss_agg_mode }),
    ...(settings.importance_sampling_level === 'auto'
      ? {}
      : { importanceSamplingLevel: settings.importance_sampling_level }),
    policyDriftCoef: drift ? settings.policy_drift_coef : 0,
    policyDriftClipEps: settings.policy_drift_clip_eps,
    // REINFORCE++ has its KL inside the reward of each token (see `advantageOptions`), not in the loss.
    beta: klInReward(settings) ? 0 : settings.beta,
    delta: settings.delta > 0 ? settings.delta : null,
    dualClip: settings.dual_clip > 0 ? settings.dual_clip : null,
    maxCompletionLength: settings.max_response_tokens,
    tightToLooseLambda: settings.tight_to_loose > 0 ? settings.tight_to_loose : null,
  };
  const known = new Set<string>(knobs);
  return Object.fromEntries(Object.entries(options).filter(([name]) => known.has(name)));
}

/** Which estimator a loss is trained with under these settings. */
export function advantageKey(settings: Settings): AdvantageKey {
  return LOSSES[settings.loss_type as LossKey].advantage as AdvantageKey;
}

function klInReward(settings: Settings): boolean {
  return settings.loss_type === 'reinforce_plus_plus';
}

/** Estimator options from the settings. `beta` is the one coefficient of the KL to the reference, wherever it acts. */
export function advantageOptions(settings: Settings): Partial<AdvantageOptions> {
  return {
    weight: settings.advantage_weight,
    scaleRewards: settings.scale_rewards,
    gamma: settings.gamma,
    lambda: settings.gae_lambda,
    klCoef: klInReward(settings) ? settings.beta : 0,
  };
}
