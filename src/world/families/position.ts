// Family `position`: what stands at a place of the grid.

import { first } from '../grammar.ts';
import { GUILDS } from '../lexicon.ts';
import { question } from '../questions.ts';
import { addShapes, capacity, digitCell, hazardCell, picture } from '../scenes.ts';
import { positionWords, wordsOf } from '../truth.ts';
import type { Cell } from '../types.ts';
import { ask, form, type Question, RULE, type TaskFamily } from './family.ts';

const at = (row: string, column: string): Question => ({
  type: 'THING',
  answers: (scene) => {
    const place = scene?.cells.findIndex((_, i) => {
      const words = positionWords(scene.gridSize, i);
      return words !== null && words[0] === row && words[1] === column;
    });
    const cell = scene?.cells[place ?? -1];
    return cell ? [wordsOf(cell).join(' ')] : [];
  },
  steps: () => [row, column],
});

const AT = form(
  [
    'what is (at|at the|in the|) ROW COLUMN',
    'what do you see at ROW COLUMN',
    '(tell me|name|say) what is at ROW COLUMN',
    'tell me what is in the ROW COLUMN',
    'ROW COLUMN is what',
    'at ROW COLUMN there is what',
    'name the one at ROW COLUMN',
  ],
  ['please name what is at ROW COLUMN', 'can you see what is at ROW COLUMN', 'at ROW COLUMN what do you see'],
  ({ slots }) => question('knowledge_rule', at(first(slots.ROW), first(slots.COLUMN))),
);

export const position: TaskFamily = {
  ...RULE,
  name: 'position',
  weight: 0.2,
  forms: { at: AT },
  draw(draw) {
    const { random } = draw;
    const n = draw.large ? 6 + random.int(2) : 1 + random.int(Math.min(4, capacity(draw)));
    const objects: Cell[] = addShapes(random, [], n);
    if (random.chance(0.3)) objects[0] = digitCell(random);
    if (random.chance(0.15)) objects[objects.length - 1] = hazardCell(random);
    if (random.chance(0.15)) objects[objects.length - 1] = { kind: 'guild', guild: random.pick(GUILDS) };
    for (;;) {
      const scene = picture(draw, objects);
      const named = scene.cells.flatMap((cell, i) => (cell ? [positionWords(scene.gridSize, i)] : []));
      const places = named.filter((place) => place !== null);
      if (places.length === 0) continue;
      const [ROW, COLUMN] = random.pick(places);
      return { text: ask(draw, AT, { ROW, COLUMN }), scene };
    }
  },
};
