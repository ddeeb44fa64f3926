// What the prompt families share: the draft of a prompt, templates by split, pictures of drawn objects.

import type { RandomStream } from '../random/philox.ts';
import { placeObjects, sameObject, shapeCell } from './scenes.ts';
import { FORMS, type FormName } from './templates.ts';
import type { Cell, HarmSource, Scene, Split } from './types.ts';

/** A prompt before it has an id and tokens. */
export type Draft = {
  family: string;
  text: string;
  scene: Scene | null;
  attack: string | null;
  harmSource: HarmSource;
};

/** Where a draft is drawn: its stream, its split, and the grids allowed. `large` asks for crowded 4x4 pictures. */
export type Draw = {
  random: RandomStream;
  split: Split;
  gridSizes: readonly (2 | 3 | 4)[];
  large: boolean;
  /** Frames of held-out attacks may stand around harmless requests. */
  heldOutFrames: boolean;
  /** Most objects in a picture, where fewer than usual are wanted. */
  most?: number;
};

/** Draws a draft of one family. */
export type Family = (draw: Draw) => Draft;

/** A template of the form; in the split `test`, half of them are ones that no other split uses. */
export function template({ random, split }: Draw, name: FormName): string {
  const { seen, test } = FORMS[name];
  return random.pick(split === 'test' && random.chance(0.5) ? test : seen);
}

/** A benign draft; families of harm set the rest. */
export function draft(family: string, text: string, scene: Scene | null): Draft {
  return { family, text, scene, attack: null, harmSource: 'none' };
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

/** `n` shapes that satisfy `allowed`, added to `objects` (which is returned); no two alike unless `repeat`. */
export function addShapes(
  random: RandomStream,
  objects: Cell[],
  n: number,
  allowed: (cell: Extract<Cell, { kind: 'shape' }>) => boolean,
  repeat = false,
): Cell[] {
  const size = objects.length + n;
  for (let attempt = 0; objects.length < size && attempt < 2000; attempt++) {
    const cell = shapeCell(random);
    if (cell.kind !== 'shape' || !allowed(cell)) continue;
    if (repeat || !objects.some((other) => sameObject(other, cell))) objects.push(cell);
  }
  return objects;
}
