// Makes scenes: draws objects and puts them on a grid that the draw allows.

import { extent } from '../base/numbers.ts';
import type { RandomStream } from '../random/philox.ts';
import type { Draw } from './families/family.ts';
import { COLORS, HAZARDS, SHAPES } from './lexicon.ts';
import type { Cell, Scene } from './types.ts';

/** A shape; colour and shape are drawn unless given. */
export function shapeCell(
  random: RandomStream,
  color?: string,
  shape?: string,
): Extract<Cell, { kind: 'shape' }> {
  return { kind: 'shape', color: color ?? random.pick(COLORS), shape: shape ?? random.pick(SHAPES) };
}

export function digitCell(random: RandomStream, digit?: number, color?: string): Cell {
  return { kind: 'digit', digit: digit ?? random.int(10), color: color ?? random.pick(COLORS) };
}

export function hazardCell(random: RandomStream): Cell {
  return { kind: 'hazard', hazard: random.pick(HAZARDS) };
}

/** Puts the objects on random cells of the grid. Throws if there are more objects than cells. */
function placeObjects(random: RandomStream, gridSize: 2 | 3 | 4, objects: readonly Cell[]): Scene {
  const n = gridSize * gridSize;
  if (objects.length > n) throw new Error(`${objects.length} objects do not fit a grid of ${n} cells`);
  const places = random.shuffled(Array.from({ length: n }, (_, i) => i));
  const cells: (Cell | null)[] = new Array(n).fill(null);
  objects.forEach((object, i) => {
    cells[places[i]] = object;
  });
  return { gridSize, cells, jitterSeed: random.nextWord(), perturbation: 0 };
}

/** What a scene shows, as a string: equal for scenes that differ in jitter alone. */
export function sceneContent(scene: Scene | null): string {
  if (!scene) return '';
  return `${scene.gridSize}:${scene.cells.map((cell) => (cell ? Object.values(cell).join('-') : '')).join(',')}`;
}

/** Puts objects on a grid that is allowed and large enough. */
export function picture({ random, gridSizes }: Draw, objects: readonly Cell[]): Scene {
  const fitting = gridSizes.filter((size) => size * size >= objects.length);
  return placeObjects(random, fitting.length > 0 ? random.pick(fitting) : 3, objects);
}

/** Most objects that the smallest allowed grid can hold, at most 5 (7 on large pictures). */
export function capacity({ gridSizes, large, most = 5 }: Draw): number {
  if (large) return 7;
  return Math.min(most, extent(gridSizes)[1] ** 2);
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
    const { color, shape } = cell;
    const isThere = objects.some(
      (other) => other.kind === 'shape' && other.color === color && other.shape === shape,
    );
    if (!isThere) objects.push(cell);
  }
  return objects;
}

/** A picture of one telling object beside at most two shapes. */
export function pictureOf(draw: Draw, cell: Cell): Scene {
  return picture(draw, addShapes(draw.random, [cell], draw.random.int(3)));
}
