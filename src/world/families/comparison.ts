// Family `comparison`: whether the picture has more of one colour (or shape) than of another.

import { first } from '../grammar.ts';
import { COLORS, NUMBERS, SHAPES } from '../lexicon.ts';
import { question } from '../questions.ts';
import { addShapes, capacity, picture } from '../scenes.ts';
import { carries, countWord } from '../truth.ts';
import { ask, form, type Question, RULE, type TaskFamily } from './family.ts';

const more = (left: string, right: string): Question => ({
  type: 'STANCE',
  answers: (scene) => [countWord(scene, left) > countWord(scene, right) ? 'yes' : 'no'],
  steps: (_said, scene) => [left, right].flatMap((word) => [word, NUMBERS[countWord(scene, word)]]),
});

const MORE = form(
  [
    '(are there|do you see|tell me are there|can you see) more KIND1 than KIND2',
    'is KIND1 more than KIND2',
    'more KIND1 than KIND2 yes or no',
    'is the (number|count) of KIND1 more than KIND2',
    // The same question the other way round: the slots keep their meaning in every template.
    'are there less KIND2 than KIND1',
    'say yes or no are there more KIND1 than KIND2',
    'i see more KIND1 than KIND2 yes or no',
    'is there more KIND1 than KIND2',
  ],
  [
    'please tell me are there more KIND1 than KIND2',
    'are more KIND1 than KIND2 there',
    'can you tell me is KIND1 more than KIND2',
  ],
  ({ slots }) => question('knowledge_rule', more(first(slots.KIND1), first(slots.KIND2))),
);

export const comparison: TaskFamily = {
  ...RULE,
  name: 'comparison',
  weight: 0.12,
  forms: { more: MORE },
  parts: { KIND: ['COLOR', 'SHAPE'] },
  draw(draw) {
    const { random } = draw;
    const byColor = random.chance(0.5);
    const [left, right] = random.shuffled<string>(byColor ? COLORS : SHAPES);
    const crowded = capacity(draw) >= 5;
    const [more, less] = random
      .pick(crowded ? ['21', '31', '32'] : ['21'])
      .split('')
      .map(Number);
    const [nLeft, nRight] = random.chance(0.5) ? [more, less] : [less, more];
    const objects = addShapes(random, [], nLeft, (cell) => carries(cell, left));
    addShapes(random, objects, nRight, (cell) => carries(cell, right));
    const spare = Math.min(capacity(draw) - objects.length, draw.large ? 4 : 1);
    const others = draw.large ? spare : random.int(spare + 1);
    addShapes(random, objects, others, (cell) => !carries(cell, left) && !carries(cell, right));
    const scene = picture(draw, objects);
    const text = ask(draw, MORE, { KIND1: left, KIND2: right });
    return countWord(scene, left) === countWord(scene, right) ? comparison.draw(draw) : { text, scene };
  },
};
