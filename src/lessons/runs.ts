// What the runs of the lessons and of the failures share: fewer and larger steps than safety training takes on the opening.

import type { SettingsInput } from '../config/index.ts';
import type { LessonRun } from './lesson.ts';

/** Enough to show in seconds what a lesson claims; the opening takes its time to keep what the model could. */
export const FAST_STEPS = {
  stage2_steps: 40,
  prompts_per_step: 12,
  stage2_learning_rate: 6e-4,
  beta: 0.2,
} as const satisfies SettingsInput;

export const SAFETY_RUN: LessonRun = {
  name: 'safety',
  title: 'Safety training',
  change: FAST_STEPS,
};
