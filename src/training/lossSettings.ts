// Which loss and estimator the settings choose, and with which options.

import type { AdvantageKey, AdvantageOptions } from '../advantages/index.ts';
import { DEFAULTS, type Settings } from '../config/index.ts';
import { LOSSES, type LossDefinition, type LossOptions } from '../losses/index.ts';

/** The row of the loss that the settings choose. */
export function chosenLoss(settings: Pick<Settings, 'loss_type'>): LossDefinition {
  return LOSSES[settings.loss_type];
}

/**
 * Loss options from the settings. What the settings leave at their default or at `auto` is the loss's own: a baseline is trained
 * with its own clip range, aggregation and without CPGD's drift.
 */
export function lossOptions(settings: Settings): Partial<LossOptions> {
  const { defaults, klIn } = chosenLoss(settings);
  const ownRange = settings.epsilon === DEFAULTS.epsilon && settings.epsilon_high === DEFAULTS.epsilon_high;
  // A loss whose default coefficient is not 0 has the policy drift by definition.
  const drift =
    settings.policy_drift === 'on' || (settings.policy_drift === 'auto' && defaults.policyDriftCoef !== 0);
  return {
    ...(ownRange ? {} : { epsilon: settings.epsilon, epsilonHigh: settings.epsilon_high }),
    // An upper bound of at most 1 cannot be CISPO's cap of the ratio itself: it is meant as a band around 1.
    ...(settings.epsilon_high <= 1 && !ownRange ? { cispoBounds: 'band' as const } : {}),
    ...(settings.loss_agg_mode === 'auto' ? {} : { lossAggMode: settings.loss_agg_mode }),
    ...(settings.importance_sampling_level === 'auto'
      ? {}
      : { importanceSamplingLevel: settings.importance_sampling_level }),
    policyDriftCoef: drift ? settings.policy_drift_coef : 0,
    policyDriftClipEps: settings.policy_drift_clip_eps,
    beta: klIn === 'loss' ? settings.beta : 0,
    delta: settings.delta > 0 ? settings.delta : null,
    dualClip: settings.dual_clip > 0 ? settings.dual_clip : null,
    maxCompletionLength: settings.max_response_tokens,
    tightToLooseLambda: settings.tight_to_loose > 0 ? settings.tight_to_loose : null,
  };
}

/** Which estimator a loss is trained with under these settings. */
export function advantageKey(settings: Settings): AdvantageKey {
  return chosenLoss(settings).advantage as AdvantageKey;
}

/** Estimator options from the settings. `beta` is the one coefficient of the KL to the reference, wherever it acts. */
export function advantageOptions(settings: Settings): Partial<AdvantageOptions> {
  return {
    weight: settings.advantage_weight,
    scaleRewards: settings.scale_rewards,
    gamma: settings.gamma,
    lambda: settings.gae_lambda,
    klCoef: chosenLoss(settings).klIn === 'reward' ? settings.beta : 0,
  };
}
