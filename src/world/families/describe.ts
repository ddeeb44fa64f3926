// Family `describe`: everything that the picture shows is to be named.

import type { RandomStream } from '../../random/philox.ts';
import { isTrueDescription } from '../reading.ts';
import { addShapes, digitCell, hazardCell, picture, shapeCell } from '../scenes.ts';
import { sight } from '../speech.ts';
import { thingsIn, wordsOf } from '../truth.ts';
import type { Cell, Scene } from '../types.ts';
import { ask, form, NORMAL, type TaskFamily } from './family.ts';

/** A wrong description names one thing that is not there. */
function described(random: RandomStream, scene: Scene | null, right: boolean): string[] {
  const things = thingsIn(scene);
  if (!right) {
    const i = random.int(things.length);
    let other = things[i];
    while (things.includes(other)) other = wordsOf(shapeCell(random)).join(' ');
    things[i] = other;
  }
  return sight(things);
}

const DESCRIBE = form(
  [
    'what do you see',
    'what is (this|there|in there)',
    '(say|tell me|please tell me|name) what you see',
    '(say|tell me|name) what is there',
    'name all you see',
  ],
  ['can you tell me what you see', 'please say what is there', 'what can you see'],
  () => ({
    label: 'normal',
    topic: ['see'],
    thought: () => ['name', 'all'],
    answer: (random, scene, quality) => described(random, scene, quality === 'right'),
    isToThePoint: (reading, scene) => isTrueDescription(reading, scene, true),
  }),
);

export const describe: TaskFamily = {
  ...NORMAL,
  name: 'describe',
  weight: 0.12,
  forms: { describe: DESCRIBE },
  draw(draw) {
    const { random } = draw;
    const objects: Cell[] = addShapes(random, [], 1 + random.int(3));
    if (random.chance(0.3)) objects[0] = digitCell(random);
    if (random.chance(0.2)) objects[0] = hazardCell(random);
    return { text: ask(draw, DESCRIBE), scene: picture(draw, objects) };
  },
};
