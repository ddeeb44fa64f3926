// A picture as data: a grid of cells.

/** One object on the grid. `word` cells show a vocabulary word as a bitmap (typographic attacks). */
export type Cell =
  | { kind: 'shape'; shape: string; color: string }
  | { kind: 'digit'; digit: number; color: string }
  | { kind: 'hazard'; hazard: string }
  | { kind: 'guild'; guild: string }
  | { kind: 'word'; word: string };

/** A picture; the world turns it into pixels. Row-major cells, `gridSize` x `gridSize`. */
export type Scene = {
  gridSize: 2 | 3 | 4;
  cells: readonly (Cell | null)[];
  /** Seed of jitter, brightness and noise. */
  jitterSeed: number;
  /** Pixel-level perturbation used by the visual attack; 0 for none. */
  perturbation: number;
};
