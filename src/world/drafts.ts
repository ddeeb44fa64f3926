// What the families draw with: templates by split, and pictures of drawn objects.

import type { RandomStream } from '../random/philox.ts';
import type { Draw, Form } from './families/family.ts';
import { placeObjects, sameObject, shapeCell } from './scenes.ts';
import type { Cell, Scene } from './types.ts';

/** A template of the form; in the split `test`, half of them are ones that no other split uses. */
export function template({ random, split }: Draw, { seen, test }: Form): string {
  return random.pick(split === 'test' && random.chance(0.5) ? test : seen);
}

/** Puts objects on a grid that is allowed and large enough. */
export function picture({ random, gridSizes }: Draw, objects: readonly Cell[]): Scene {
  const fitting = gridSizes.filter((size) => size * size >= objects.length);
  return placeObjects(random, fitting.length > 0 ? random.pick(fitting) : 3, objects);
}

/** Most objects that the smallest allowed grid can hold, at most 5 (7 on large pictures). */
export function capacity({ gridSizes, large, most = 5 }: Draw): number {
  if (large) return 7;
  return Math.min(most, Math.max(...gridSizes) ** 2);
}

/** `n` shapes that satisfy `allowed`, added to `objects` (which is returned); no two alike. */
export function addShapes(
  random: RandomStream,
  objects: Cell[],
  n: number,
  allowed: (cell: Extract<Cell, { kind: 'shape' }>) => boolean = () => true,
): Cell[] {
  const size = objects.length + n;
  for (let attempt = 0; objects.length < size && attempt < 2000; attempt++) {
    const cell = shapeCell(random);
    if (!allowed(cell)) continue;
    if (!objects.some((other) => sameObject(other, cell))) objects.push(cell);
  }
  return objects;
}

/** A picture of one telling object beside at most two shapes. */
export function pictureOf(draw: Draw, cell: Cell): Scene {
  return picture(draw, addShapes(draw.random, [cell], draw.random.int(3)));
}
