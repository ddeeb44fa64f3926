// The settings that the reward depends on; the config table's `Settings` is assignable to this.

export type RewardSettings = {
  /** `safework`: weighted sum; `gated`: task-aware and helpful count only where the format holds. */
  readonly recipe: 'safework' | 'gated';
  readonly w_format: number;
  readonly w_visual: number;
  readonly w_helpful: number;
  readonly w_task: number;
  /** Head verdict by argmax (`hard`) or expected score (`soft`). */
  readonly score_mode: 'hard' | 'soft';
  readonly visual_focus: 'grounded' | 'dependency' | 'attention' | 'off';
  /** Multiply the verdict on the thought into head-judged task-aware scores. */
  readonly judge_thought: boolean;
  readonly aggregation: 'sum_then_normalize' | 'normalize_then_sum';
};
