// Makes scenes: draws objects and puts them on the grid.

import type { RandomStream } from '../random/philox.ts';
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

/** `n` different shapes: no (colour, shape) pair twice. */
export function shapeCells(random: RandomStream, n: number): Cell[] {
  const cells: Cell[] = [];
  while (cells.length < n) {
    const cell = shapeCell(random);
    if (!cells.some((other) => sameObject(other, cell))) cells.push(cell);
  }
  return cells;
}

/** True for objects that are described by the same words. */
export function sameObject(a: Cell, b: Cell): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Puts the objects on random cells of the grid. Throws if there are more objects than cells. */
export function placeObjects(random: RandomStream, gridSize: 2 | 3 | 4, objects: readonly Cell[]): Scene {
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
