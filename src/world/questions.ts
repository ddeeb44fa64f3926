// What all questions with one answer share: the task around a question, and right and wrong contents.

import type { RandomStream } from '../random/philox.ts';
import type { Label } from '../terms/labels.ts';
import type { Question, Task } from './families/family.ts';
import { first, type Phrase } from './grammar.ts';
import { NUMBERS, WORD_CLASSES } from './lexicon.ts';
import { type AnswerType, SPOKEN } from './replies.ts';
import { shapeCell } from './scenes.ts';
import { say } from './speech.ts';
import { wordsOf } from './truth.ts';
import type { Scene } from './types.ts';

/** The task of answering one question. */
export const question = (label: Label, asked: Question): Task => ({
  label,
  topic: ['answer'],
  questions: [asked],
  score: 'correct',
  thought: (scene, reply) => {
    // A wrong demonstration is wrong in its thought as well: the number is the one that the reply ends in.
    const number = asked.type === 'NUMBER' ? reply.find((word) => NUMBERS.includes(word)) : undefined;
    return asked.steps(number ?? asked.answers(scene)[0] ?? 'none', scene);
  },
  answer: (random, scene, quality) =>
    say(random, SPOKEN.answer, { CONTENT: contentFor(random, asked, scene, quality !== 'wrong') }),
  reference: (scene) => asked.answers(scene)[0],
});

/** A right content (an alias three times in ten), or a plausible wrong one of the same type. */
export function contentFor(
  random: RandomStream,
  { type, answers }: Question,
  scene: Scene | null,
  right: boolean,
): string {
  const accepted = answers(scene);
  if (right && accepted.length > 0) return random.chance(0.7) ? accepted[0] : random.pick(accepted);
  for (;;) {
    const content = plausible(random, type, accepted[0]);
    if (!accepted.includes(content)) return content;
  }
}

/** A content of the type, right or wrong; a number is near the right one. */
function plausible(random: RandomStream, type: AnswerType, right = 'three'): string {
  if (type === 'NUMBER') {
    const near = NUMBERS.indexOf(right) + random.pick([-2, -1, -1, 1, 1, 2]);
    return NUMBERS[Math.min(NUMBERS.length - 1, Math.max(0, near))];
  }
  if (type === 'MEANING') return random.pick(['burn', 'toxin', 'cut', 'shock', 'heat', 'venom']);
  if (type === 'THING') return wordsOf(shapeCell(random)).join(' ');
  return random.pick<string>(WORD_CLASSES[type]);
}

/** The answer to a sum or count; none where no word names the number. */
export const numberAnswer = (value: number): readonly string[] =>
  value >= 0 && value < NUMBERS.length ? [NUMBERS[value]] : [];

/** The number that a number word names. */
export const numeral = (phrase: Phrase): number => NUMBERS.indexOf(first(phrase));
