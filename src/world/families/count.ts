// Family `count`: how many objects of the picture are of a colour, a shape, or both.

import type { RandomStream } from '../../random/philox.ts';
import type { Phrase } from '../grammar.ts';
import { COLORS, NUMBERS, SHAPES } from '../lexicon.ts';
import { numberAnswer, question } from '../questions.ts';
import { addShapes, capacity, digitCell, picture, shapeCell } from '../scenes.ts';
import { isOf, objectsOf } from '../truth.ts';
import type { Cell } from '../types.ts';
import { ask, type Draw, form, type Question, RULE, type TaskFamily } from './family.ts';

/** The question of a category (`CAT`): colour, shape, or both. */
export function countOf({ slots }: Phrase): Question {
  const color = slots.COLOR?.words[0] ?? null;
  const shape = slots.SHAPE?.words[0] ?? null;
  return {
    type: 'NUMBER',
    answers: (scene) => numberAnswer(objectsOf(scene).filter((cell) => isOf(cell, color, shape)).length),
    steps: (said) => {
      const n = NUMBERS.indexOf(said);
      return ['count', ...(n === 0 ? ['zero'] : NUMBERS.slice(1, Math.min(n, 7) + 1))];
    },
  };
}

const COUNT = form(
  [
    'how many CAT (are there|do you see|)',
    'count (the|all|) CAT',
    'tell me how many CAT',
    'what is the number of CAT',
    'number of CAT please',
    'name the number of CAT',
    'say how many CAT',
    'there are how many CAT',
  ],
  ['please count the CAT', 'can you count the CAT', 'tell me the number of CAT'],
  ({ slots }) => question('knowledge_rule', countOf(slots.CAT)),
);

function drawCategory(random: RandomStream): { color: string | null; shape: string | null } {
  const both = random.chance(0.2);
  const byColor = random.chance(0.5);
  return {
    color: both || byColor ? random.pick(COLORS) : null,
    shape: both || !byColor ? random.pick(SHAPES) : null,
  };
}

export const count: TaskFamily = {
  ...RULE,
  name: 'count',
  weight: 0.25,
  forms: { count: COUNT },
  parts: { CAT: ['COLOR SHAPE', 'COLOR', 'SHAPE'] },
  draw(draw: Draw) {
    const { random, large } = draw;
    const category = drawCategory(random);
    const n = large ? 6 + random.int(2) : 1 + random.int(capacity(draw));
    const matches = Math.min(n, random.weighted([1, 3, 3, 2, 1]));
    const objects: Cell[] = [];
    for (let i = 0; i < matches; i++) {
      const digit = category.shape === null && random.chance(0.2);
      const color = category.color ?? random.pick(COLORS);
      objects.push(
        digit ? digitCell(random, undefined, color) : shapeCell(random, color, category.shape ?? undefined),
      );
    }
    addShapes(random, objects, n - matches, (cell) => !isOf(cell, category.color, category.shape));
    const CAT = [category.color, category.shape].filter(Boolean).join(' ');
    return { text: ask(draw, COUNT, { CAT }), scene: picture(draw, objects) };
  },
};
