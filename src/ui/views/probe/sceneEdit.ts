// Edits of a scene as pure functions, and its cells in words.

import type { InspectorCatalogue } from '../../../protocol/inspector.ts';
import type { Cell, Scene } from '../../../terms/scene.ts';

export type GridSize = Scene['gridSize'];
export type CellKind = Cell['kind'] | 'nothing';

export const GRID_SIZES: readonly GridSize[] = [2, 3, 4];
export const CELL_KINDS: readonly CellKind[] = ['nothing', 'shape', 'digit', 'hazard', 'guild', 'word'];

export function emptyScene(gridSize: GridSize, jitterSeed: number): Scene {
  return { gridSize, cells: new Array<null>(gridSize ** 2).fill(null), jitterSeed, perturbation: 0 };
}

export function withCell(scene: Scene, index: number, cell: Cell | null): Scene {
  return { ...scene, cells: scene.cells.map((each, i) => (i === index ? cell : each)) };
}

/** The scene on another grid; what does not fit at the right and at the bottom is lost. */
export function resized(scene: Scene, gridSize: GridSize): Scene {
  const cells = Array.from({ length: gridSize ** 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / gridSize), i % gridSize];
    const inside = row < scene.gridSize && column < scene.gridSize;
    return inside ? (scene.cells[row * scene.gridSize + column] ?? null) : null;
  });
  return { ...scene, gridSize, cells };
}

/** The parts of a cell of each kind, and the part of the catalogue that each comes from. */
export const CELL_PARTS = {
  shape: ['color', 'shape'],
  digit: ['color', 'digit'],
  hazard: ['hazard'],
  guild: ['guild'],
  word: ['word'],
} as const satisfies { readonly [kind in Cell['kind']]: readonly string[] };

/** What the parts of cells can be. */
export function choicesOf({ colors, shapes, digits, hazards, guilds, glyphs }: InspectorCatalogue) {
  return { color: colors, shape: shapes, digit: digits, hazard: hazards, guild: guilds, word: glyphs };
}

/** The values of the parts of a cell, in their order. */
export function partsOf({ kind, ...values }: Cell): readonly (string | number)[] {
  const all: { readonly [part: string]: string | number } = values;
  return CELL_PARTS[kind].map((part) => all[part]);
}

/** A cell of this kind; the colour of the one before is kept where both have one. */
export function cellOfKind(kind: CellKind, before: Cell | null, catalogue: InspectorCatalogue): Cell | null {
  if (kind === 'nothing') return null;
  const choices = choicesOf(catalogue);
  const parts = CELL_PARTS[kind].map((part) => {
    if (part === 'color' && before && 'color' in before) return [part, before.color];
    return [part, part === 'digit' ? (choices.digit[1] ?? 0) : (choices[part][0] ?? '')];
  });
  return { kind, ...Object.fromEntries(parts) };
}

/** `red star`, `hazard flame`, `nothing`. */
export function cellWords(cell: Cell | null): string {
  if (!cell) return 'nothing';
  if (cell.kind === 'word') return `word “${cell.word}”`;
  const parts = partsOf(cell);
  return [...(parts.length === 1 ? [cell.kind] : []), ...parts].join(' ');
}

/** `row 2, column 1`, counted from 1. */
export function placeWords(index: number, gridSize: number): string {
  return `row ${Math.floor(index / gridSize) + 1}, column ${(index % gridSize) + 1}`;
}

/** The whole picture for who does not see it. */
export function sceneWords(scene: Scene): string {
  const held = scene.cells.flatMap((cell, i) =>
    cell ? [`${cellWords(cell)} at ${placeWords(i, scene.gridSize)}`] : [],
  );
  const size = `${scene.gridSize} by ${scene.gridSize} cells`;
  return `${size}: ${held.length > 0 ? held.join('; ') : 'all empty'}`;
}

/** The cell that a key leads to; null for keys that move nothing. */
export function movedCell(index: number, key: string, gridSize: number): number | null {
  const [row, column] = [Math.floor(index / gridSize), index % gridSize];
  const last = gridSize - 1;
  const places: { readonly [key: string]: readonly [row: number, column: number] } = {
    ArrowLeft: [row, Math.max(0, column - 1)],
    ArrowRight: [row, Math.min(last, column + 1)],
    ArrowUp: [Math.max(0, row - 1), column],
    ArrowDown: [Math.min(last, row + 1), column],
    Home: [row, 0],
    End: [row, last],
  };
  const place = places[key];
  return place ? place[0] * gridSize + place[1] : null;
}
