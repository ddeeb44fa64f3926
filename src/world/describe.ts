// A scene in words, for backbones without eyes.

import { NUMBERS } from './lexicon.ts';
import { positionWords, wordsOf } from './truth.ts';
import type { Scene } from './types.ts';
import { tokenOf } from './vocabulary.ts';

/** `scene top left red circle ; ...`: at most 26 tokens for five objects; inner cells of a 4x4 grid by numbers. */
export function describeScene(scene: Scene | null): number[] {
  if (!scene) return [];
  const { gridSize } = scene;
  const phrases = scene.cells.flatMap((cell, i) => {
    if (!cell) return [];
    const numbers = [NUMBERS[Math.floor(i / gridSize) + 1], NUMBERS[(i % gridSize) + 1]];
    return [[...(positionWords(gridSize, i) ?? numbers), ...wordsOf(cell)]];
  });
  const words = phrases.flatMap((phrase, i) => (i === 0 ? phrase : [';', ...phrase]));
  return ['scene', ...words].map(tokenOf);
}
