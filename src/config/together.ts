// Settings that are fine alone and cannot stand together: refused before a run begins, with the way out.

import { LOSSES } from '../losses/index.ts';
import { SettingError } from './errors.ts';
import type { Settings } from './settings.ts';

/** The settings as they came. @throws SettingError that names both sides. */
export function requireTogether(settings: Settings): Settings {
  const { safety_cost, loss_type, eval_filter, stages } = settings;
  if (safety_cost && LOSSES[loss_type].needsValueHead)
    throw new SettingError(
      'safety_cost',
      `safety_cost is true, but the loss ${loss_type} has a value head, which estimates the reward alone.`,
      'Choose a loss without a value head, e.g. cpgd or grpo, or set safety_cost to false.',
    );
  if (eval_filter > 0 && !stages.includes('heads'))
    throw new SettingError(
      'eval_filter',
      `eval_filter is ${eval_filter}, but the run has no stage heads, and the filter asks the Safety head.`,
      'Add heads to stages, or set eval_filter to 0.',
    );
  return settings;
}
