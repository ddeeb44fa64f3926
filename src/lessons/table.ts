// The lessons in their order.

import { joint } from './joint.ts';
import type { Lesson } from './lesson.ts';
import { newAttacks } from './newAttacks.ts';
import { picture } from './picture.ts';
import { reward } from './reward.ts';
import { update } from './update.ts';
import { weakJudges } from './weakJudges.ts';

export const LESSONS: readonly Lesson[] = [picture, reward, update, joint, weakJudges, newAttacks];

/** By its number in the address, from 1; null where there is none. */
export function lessonAt(number: number): Lesson | null {
  return LESSONS[number - 1] ?? null;
}
