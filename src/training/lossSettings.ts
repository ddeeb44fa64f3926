// Which loss and estimator the settings choose, and with which options.

import type { AdvantageKey, AdvantageOptions } from '../advantages/index.ts';
import type { Settings } from '../config/index.ts';
import { LOSSES, type LossDefinition, type LossOptions } from '../losses/index.ts';

/** The row of the loss that the settings choose. */
export function chosenLoss(settings: Pick<Settings, 'loss_type'>): LossDefinition {
  return LOSSES[settings.loss_type];
}

/** Loss options from the settings, as they stand there; `auto` is what the loss itself has. */
export function lossOptions(settings: Settings): Partial<LossOptions> {
  const { defaults, klIn } = chosenLoss(settings);
  // A loss whose default coefficient is not 0 has the policy drift by definition.
  const drift =
    settings.policy_drift === 'on' || (settings.policy_drift === 'auto' && defaults.policyDriftCoef !== 0);
  return {
    ...clipRange(settings),
    cispoBounds: 'band',
    ...(settings.loss_agg_mode === 'auto' ? {} : { lossAggMode: settings.loss_agg_mode }),
    ...(settings.importance_sampling_level === 'auto'
      ? {}
      : { importanceSamplingLevel: settings.importance_sampling_level }),
    policyDriftCoef: drift ? settings.policy_drift_coef : 0,
    policyDriftClipEps: settings.policy_drift_clip_eps,
    beta: klIn === 'loss' ? settings.beta : 0,
    preferenceBeta: settings.preference_beta,
    delta: settings.delta > 0 ? settings.delta : null,
    dualClip: settings.dual_clip > 0 ? settings.dual_clip : null,
    maxCompletionLength: settings.max_response_tokens,
    tightToLooseLambda: settings.tight_to_loose > 0 ? settings.tight_to_loose : null,
  };
}

/** CISPO takes an upper bound above 1 for the largest ratio itself, as TRL does. */
function clipRange({ clip, loss_type, epsilon, epsilon_high: high }: Settings) {
  if (!clip) return { epsilon: Infinity, epsilonHigh: Infinity };
  return { epsilon, epsilonHigh: loss_type === 'cispo' && high > 1 ? high - 1 : high };
}

/** Which estimator a loss is trained with under these settings. */
export function advantageKey(settings: Settings): AdvantageKey {
  return chosenLoss(settings).advantage as AdvantageKey;
}

/** Estimator options from the settings. `beta` is the one coefficient of the KL to the reference, wherever it acts. */
export function advantageOptions(
  settings: Settings,
): Partial<AdvantageOptions> & Pick<AdvantageOptions, 'klCoef'> {
  return {
    weight: settings.advantage_weight,
    scaleRewards: settings.scale_rewards,
    gamma: settings.gamma,
    lambda: settings.gae_lambda,
    klCoef: chosenLoss(settings).klIn === 'reward' ? settings.beta : 0,
  };
}
