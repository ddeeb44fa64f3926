// The prompt labels that a task mix weighs, in one order (the same words as the world's labels).

export const MIX_LABELS = [
  'knowledge_rule',
  'knowledge',
  'general',
  'instruction',
  'normal',
  'safety',
  'jailbreak',
  'value',
] as const;

/** A prompt label, as used in `sft_mix`, `stage1_mix` and `stage2_mix`. */
export type MixLabel = (typeof MIX_LABELS)[number];
