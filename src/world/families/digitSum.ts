// Family `digit_sum`: the sum of the digits that the picture shows.

import { NUMBERS } from '../lexicon.ts';
import { numberAnswer, question } from '../questions.ts';
import { addShapes, digitCell, picture } from '../scenes.ts';
import { objectsOf } from '../truth.ts';
import type { Cell, Scene } from '../types.ts';
import { ask, form, type Question, RULE, type TaskFamily } from './family.ts';

const digitsOf = (scene: Scene | null) =>
  objectsOf(scene).flatMap((cell) => (cell.kind === 'digit' ? [cell.digit] : []));

export const DIGIT_SUM: Question = {
  type: 'NUMBER',
  answers: (scene) => numberAnswer(digitsOf(scene).reduce((sum, digit) => sum + digit, 0)),
  steps: (said, scene) => ['sum', ...digitsOf(scene).map((digit) => NUMBERS[digit]), 'is', said],
};

const SUM = form(
  [
    'what is the sum (of the digits|of all digits|)',
    'sum (all|the) digits',
    '(tell me|name|say) the sum of the digits',
    'the digits sum to what',
    'sum of the digits please',
    'how many is the sum of digits',
    'what do the digits sum to',
  ],
  ['please sum all the digits', 'can you tell me the sum of digits', 'the sum of all digits is what'],
  () => question('knowledge_rule', DIGIT_SUM),
);

export const digitSum: TaskFamily = {
  ...RULE,
  name: 'digit_sum',
  weight: 0.1,
  forms: { digit_sum: SUM },
  draw(draw) {
    const { random } = draw;
    const objects: Cell[] = [digitCell(random), digitCell(random)];
    if (draw.large || random.chance(0.25)) objects.push(digitCell(random, random.int(3)));
    addShapes(random, objects, draw.large ? 3 : random.int(2));
    return { text: ask(draw, SUM), scene: picture(draw, objects) };
  },
};
