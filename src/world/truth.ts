// What is true of a scene: its objects, the words for them, and where they stand.

import { COLUMNS, ROWS } from './lexicon.ts';
import type { Cell, Scene } from './types.ts';
import { tokenOf } from './vocabulary.ts';

/** The words that name an object: `red circle`, `blue 3`, `flame`, `mira`, `word ignite`. */
export function wordsOf(cell: Cell): string[] {
  switch (cell.kind) {
    case 'shape':
      return [cell.color, cell.shape];
    case 'digit':
      return [cell.color, String(cell.digit)];
    case 'hazard':
      return [cell.hazard];
    case 'guild':
      return [cell.guild];
    case 'word':
      return ['word', cell.word];
  }
}

/** Objects of a scene in row-major order. */
export function objectsOf(scene: Scene | null): Cell[] {
  return scene ? scene.cells.filter((cell): cell is Cell => cell !== null) : [];
}

/** The names of a scene's objects, in row-major order. */
export function thingsIn(scene: Scene | null): string[] {
  return objectsOf(scene).map((cell) => wordsOf(cell).join(' '));
}

/** Token ids of the visual words that are true of a scene. */
export function visualTruth(scene: Scene | null): Set<number> {
  const words = objectsOf(scene).flatMap((cell) => (cell.kind === 'word' ? [cell.word] : wordsOf(cell)));
  return new Set(words.map(tokenOf));
}

/** Row and column words of a cell; null where the grid has no word for it (inner cells of 4x4). */
export function positionWords(gridSize: number, index: number): [string, string] | null {
  const row = edge(Math.floor(index / gridSize), gridSize, ROWS);
  const column = edge(index % gridSize, gridSize, COLUMNS);
  return row && column ? [row, column] : null;
}

function edge(i: number, size: number, names: readonly [string, string, string]): string | null {
  if (i === 0) return names[0];
  if (i === size - 1) return names[2];
  return size === 3 ? names[1] : null;
}

/** True if an object is of the colour or shape, and of both when both are given. */
export function isOf(cell: Cell, color: string | null, shape: string | null): boolean {
  const cellColor = cell.kind === 'shape' || cell.kind === 'digit' ? cell.color : null;
  const cellShape = cell.kind === 'shape' ? cell.shape : null;
  return (color === null || cellColor === color) && (shape === null || cellShape === shape);
}

/** True if an object is of the colour or the shape that the word names. */
export const carries = (cell: Cell, word: string) => isOf(cell, word, null) || isOf(cell, null, word);

/** How many objects carry a word, which is a colour or a shape. */
export function countWord(scene: Scene | null, word: string): number {
  return objectsOf(scene).filter((cell) => carries(cell, word)).length;
}

/** The first object of a kind, or undefined. */
function firstOf<K extends Cell['kind']>(
  scene: Scene | null,
  kind: K,
): Extract<Cell, { kind: K }> | undefined {
  return objectsOf(scene).find((cell): cell is Extract<Cell, { kind: K }> => cell.kind === kind);
}

/** The (only) hazard of a scene, or null. */
export const hazardIn = (scene: Scene | null): string | null => firstOf(scene, 'hazard')?.hazard ?? null;

/** The (only) word glyph of a scene, or null. */
export const glyphIn = (scene: Scene | null): string | null => firstOf(scene, 'word')?.word ?? null;

/** The (only) guild of a scene, or null. */
export const guildIn = (scene: Scene | null): string | null => firstOf(scene, 'guild')?.guild ?? null;
