// What is in the lessons, in their order.

import { joint } from './joint.ts';
import { LESSON_NAMES, type Lesson, type LessonName } from './lesson.ts';
import { newAttacks } from './newAttacks.ts';
import { picture } from './picture.ts';
import { reward } from './reward.ts';
import { update } from './update.ts';
import { weakJudges } from './weakJudges.ts';

const BY_NAME: { readonly [name in LessonName]: Lesson } = {
  picture,
  reward,
  update,
  joint,
  'weak-judges': weakJudges,
  'new-attacks': newAttacks,
};

export const LESSONS: readonly Lesson[] = LESSON_NAMES.map((name) => BY_NAME[name]);

/** By its number in the address, from 1; null where there is none. */
export function lessonAt(number: number): Lesson | null {
  return LESSONS[number - 1] ?? null;
}
