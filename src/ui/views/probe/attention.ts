// Where a token looks: attention on patches as shares of the cells of the grid, and in words.

import { formatPercent } from '../../../base/format.ts';
import { extent, sum } from '../../../base/numbers.ts';
import type { AnswerView } from '../../../protocol/inspector.ts';
import type { Scene } from '../../../terms/scene.ts';
import { cellWords, placeWords } from './sceneEdit.ts';

type Attention = NonNullable<AnswerView['attention']>;

/** Share of each cell, row-major, in the units of the weights. A patch that lies in several cells is divided by area. */
export function cellShares(
  weights: readonly number[],
  patchesPerSide: number,
  gridSize: number,
): readonly number[] {
  const shares = new Array<number>(gridSize ** 2).fill(0);
  const scale = gridSize / patchesPerSide;
  // Overlap of patch p with cell c on one axis, as a part of the patch.
  const overlap = (p: number, c: number): number =>
    Math.max(0, Math.min((p + 1) * scale, c + 1) - Math.max(p * scale, c)) / scale;
  weights.forEach((weight, patch) => {
    const [y, x] = [Math.floor(patch / patchesPerSide), patch % patchesPerSide];
    for (let cell = 0; cell < shares.length; cell++) {
      const part = overlap(y, Math.floor(cell / gridSize)) * overlap(x, cell % gridSize);
      if (part > 0) shares[cell] = (shares[cell] ?? 0) + weight * part;
    }
  });
  return shares;
}

export type Look = {
  /** The cell with the largest share, row-major. */
  cell: number;
  /** Its share of all attention, words included. */
  share: number;
  /** Share of the whole picture. */
  picture: number;
};

export function lookOf(attention: Attention, token: number, gridSize: number): Look | null {
  const weights = attention.weights[token];
  if (!weights) return null;
  const shares = cellShares(weights, attention.patchesPerSide, gridSize);
  const share = extent(shares)[1];
  return { cell: shares.indexOf(share), share, picture: sum(shares) };
}

/** `row 2, column 1 (hazard flame)` */
export function lookedAt({ cell }: Look, scene: Scene): string {
  return `${placeWords(cell, scene.gridSize)} (${cellWords(scene.cells[cell] ?? null)})`;
}

/** The text twin of the overlay. */
export function lookWords(look: Look, scene: Scene): string {
  return `Most attention on ${lookedAt(look, scene)}: ${formatPercent(look.share, 0)}. The whole picture gets ${formatPercent(look.picture, 0)}, the words get the rest.`;
}

/** The token, of these, that looks at the picture most. */
export function mostLooking(attention: Attention | null, tokens: readonly number[]): number | null {
  const pictureShare = (token: number): number => sum(attention?.weights[token] ?? []);
  const [first = null, ...others] = tokens;
  if (first === null) return null;
  return others.reduce((best, token) => (pictureShare(token) > pictureShare(best) ? token : best), first);
}
