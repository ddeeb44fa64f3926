// What the runs of the lessons share: safety training of the opening, in fewer and larger steps.

import type { SettingsInput } from '../config/index.ts';
import type { LessonRun } from './lesson.ts';

/** Enough to show in seconds what a lesson claims; the opening takes its time to keep what the model could. */
export const FAST_STEPS = {
  stage2_steps: 40,
  prompts_per_step: 12,
  stage2_learning_rate: 6e-4,
  beta: 0.2,
  stage2_mix: {
    safety: 4,
    jailbreak: 4,
    value: 2,
    normal: 9,
    knowledge_rule: 4,
    knowledge: 3,
    general: 1,
    instruction: 14,
  },
} as const satisfies SettingsInput;

export const SAFETY_RUN: LessonRun = {
  name: 'safety',
  title: 'Safety training',
  change: FAST_STEPS,
};
