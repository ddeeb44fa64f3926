// The run that several lessons have in common: safety training of the opening, cut short.

import type { LessonRun } from './lesson.ts';

/** Enough to show what a lesson claims. */
export const STEPS = 40;

export const SAFETY_RUN: LessonRun = {
  name: 'safety',
  title: 'Safety training',
  change: { stage2_steps: STEPS },
};
