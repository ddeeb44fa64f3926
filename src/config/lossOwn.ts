// What a loss brings into the settings when it is chosen: its own clip range and reward scaling.

import { LOSSES } from '../losses/index.ts';
import type { SettingKey, Settings } from './settings.ts';

export const OWN_KEYS = ['epsilon', 'epsilon_high', 'scale_rewards'] as const satisfies readonly SettingKey[];

export function ownSettings(loss: Settings['loss_type']): Pick<Settings, (typeof OWN_KEYS)[number]> {
  const { defaults, scaleRewards } = LOSSES[loss];
  const { epsilon, epsilonHigh } = defaults;
  return { epsilon, epsilon_high: epsilonHigh ?? epsilon, scale_rewards: scaleRewards };
}

/** The settings after this loss is chosen; where it is chosen already they stay as they are. */
export function withLoss(settings: Settings, loss: Settings['loss_type']): Settings {
  return settings.loss_type === loss ? settings : { ...settings, loss_type: loss, ...ownSettings(loss) };
}
