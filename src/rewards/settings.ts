// The settings that the reward depends on.

import type { Settings } from '../config/index.ts';
import type { TermWeights } from '../terms/rewardTerms.ts';

export type RewardSettings = TermWeights &
  Pick<Settings, 'recipe' | 'score_mode' | 'visual_focus' | 'judge_thought' | 'aggregation' | 'safety_cost'>;
