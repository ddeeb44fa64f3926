// The settings that the reward depends on.

import type { Settings } from '../config/index.ts';

export type RewardSettings = Pick<
  Settings,
  | 'recipe'
  | 'w_format'
  | 'w_visual'
  | 'w_helpful'
  | 'w_task'
  | 'score_mode'
  | 'visual_focus'
  | 'judge_thought'
  | 'aggregation'
>;
