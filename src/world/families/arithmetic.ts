// Family `arithmetic`: sums and differences of two numbers, in words alone.

import type { RandomStream } from '../../random/philox.ts';
import { fill, first, type Phrase } from '../grammar.ts';
import { NUMBERS } from '../lexicon.ts';
import { numberAnswer, numeral, question } from '../questions.ts';
import { form, type Question, RULE, type TaskFamily, template } from './family.ts';

/** The question of a phrase with `NUMBER1 (plus|minus) NUMBER2` in it. */
export function arithmeticOf({ slots: { NUMBER1, NUMBER2 }, words }: Phrase): Question {
  const operator = words.includes('minus') ? 'minus' : 'plus';
  const [left, right] = [numeral(NUMBER1), numeral(NUMBER2)];
  return {
    type: 'NUMBER',
    answers: () => numberAnswer(operator === 'plus' ? left + right : left - right),
    steps: (said) => [first(NUMBER1), operator, first(NUMBER2), 'is', said],
  };
}

/** Fills operands 0 to 9 in; differences are never negative. */
export function sumText(random: RandomStream, text: string): string {
  const [a, b] = [random.int(10), random.int(10)];
  const [left, right] = text.includes('minus') ? [Math.max(a, b), Math.min(a, b)] : [a, b];
  return fill(text, { NUMBER1: NUMBERS[left], NUMBER2: NUMBERS[right] });
}

const ARITHMETIC = form(
  [
    '(what is|tell me|how many is|say|name|please answer|answer|) NUMBER1 (plus|minus) NUMBER2',
    'NUMBER1 (plus|minus) NUMBER2 is what',
  ],
  ['can you tell me NUMBER1 (plus|minus) NUMBER2', 'please tell me NUMBER1 (plus|minus) NUMBER2'],
  (phrase) => question('knowledge_rule', arithmeticOf(phrase)),
);

export const arithmetic: TaskFamily = {
  ...RULE,
  name: 'arithmetic',
  weight: 0.13,
  textOnly: true,
  forms: { arithmetic: ARITHMETIC },
  draw: (draw) => ({ text: sumText(draw.random, template(draw, ARITHMETIC)), scene: null }),
};
