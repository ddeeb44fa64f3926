// Edits of a scene as pure functions, and its cells in words.

import type { CellView, InspectorCatalogue, SceneView } from '../../../protocol/inspector.ts';

export type GridSize = SceneView['gridSize'];
export type CellKind = CellView['kind'] | 'nothing';

export const GRID_SIZES: readonly GridSize[] = [2, 3, 4];
export const CELL_KINDS: readonly CellKind[] = ['nothing', 'shape', 'digit', 'hazard', 'guild', 'word'];

export function emptyScene(gridSize: GridSize, jitterSeed: number): SceneView {
  return { gridSize, cells: new Array<null>(gridSize ** 2).fill(null), jitterSeed, perturbation: 0 };
}

export function withCell(scene: SceneView, index: number, cell: CellView | null): SceneView {
  return { ...scene, cells: scene.cells.map((each, i) => (i === index ? cell : each)) };
}

/** The scene on another grid; what does not fit at the right and at the bottom is lost. */
export function resized(scene: SceneView, gridSize: GridSize): SceneView {
  const cells = Array.from({ length: gridSize ** 2 }, (_, i) => {
    const [row, column] = [Math.floor(i / gridSize), i % gridSize];
    const inside = row < scene.gridSize && column < scene.gridSize;
    return inside ? (scene.cells[row * scene.gridSize + column] ?? null) : null;
  });
  return { ...scene, gridSize, cells };
}

/** A cell of this kind; the colour of the one before is kept where both have one. */
export function cellOfKind(
  kind: CellKind,
  before: CellView | null,
  { colors, shapes, digits, hazards, guilds, glyphs }: InspectorCatalogue,
): CellView | null {
  const color = before && 'color' in before ? before.color : (colors[0] ?? '');
  switch (kind) {
    case 'nothing':
      return null;
    case 'shape':
      return { kind, shape: shapes[0] ?? '', color };
    case 'digit':
      return { kind, digit: digits[1] ?? 0, color };
    case 'hazard':
      return { kind, hazard: hazards[0] ?? '' };
    case 'guild':
      return { kind, guild: guilds[0] ?? '' };
    case 'word':
      return { kind, word: glyphs[0] ?? '' };
  }
}

/** `red star`, `hazard flame`, `nothing`. */
export function cellWords(cell: CellView | null): string {
  switch (cell?.kind) {
    case undefined:
      return 'nothing';
    case 'shape':
      return `${cell.color} ${cell.shape}`;
    case 'digit':
      return `${cell.color} ${cell.digit}`;
    case 'hazard':
      return `hazard ${cell.hazard}`;
    case 'guild':
      return `guild ${cell.guild}`;
    case 'word':
      return `word “${cell.word}”`;
  }
}

/** `row 2, column 1`, counted from 1. */
export function placeWords(index: number, gridSize: number): string {
  return `row ${Math.floor(index / gridSize) + 1}, column ${(index % gridSize) + 1}`;
}

/** The whole picture for who does not see it. */
export function sceneWords(scene: SceneView): string {
  const held = scene.cells.flatMap((cell, i) =>
    cell ? [`${cellWords(cell)} at ${placeWords(i, scene.gridSize)}`] : [],
  );
  const size = `${scene.gridSize} by ${scene.gridSize} cells`;
  return `${size}: ${held.length > 0 ? held.join('; ') : 'all empty'}`;
}

/** The cell that a key leads to; null for keys that move nothing. */
export function movedCell(index: number, key: string, gridSize: number): number | null {
  const [row, column] = [Math.floor(index / gridSize), index % gridSize];
  const at = (r: number, c: number): number | null =>
    r >= 0 && c >= 0 && r < gridSize && c < gridSize ? r * gridSize + c : index;
  switch (key) {
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'ArrowUp':
      return at(row - 1, column);
    case 'ArrowDown':
      return at(row + 1, column);
    case 'Home':
      return at(row, 0);
    case 'End':
      return at(row, gridSize - 1);
    default:
      return null;
  }
}
