// The renderer: pure, in range, fast, and every object unlike every other at the smallest size.

import { describe, expect, it } from 'vitest';
import { WORD_PATTERNS } from '../../src/world/icons.ts';
import { createWorld, type Scene } from '../../src/world/index.ts';
import { COLORS, GLYPH_WORDS, GUILDS, HAZARDS, SHAPES } from '../../src/world/lexicon.ts';
import type { Cell } from '../../src/world/types.ts';
import { CONFIG, world } from './helpers.ts';

const OBJECTS: Cell[] = [
  ...COLORS.flatMap((color) => SHAPES.map((shape): Cell => ({ kind: 'shape', shape, color }))),
  ...Array.from({ length: 10 }, (_, digit): Cell => ({ kind: 'digit', digit, color: COLORS[digit % 6] })),
  ...Array.from({ length: 10 }, (_, digit): Cell => ({ kind: 'digit', digit, color: 'white' })),
  ...HAZARDS.map((hazard): Cell => ({ kind: 'hazard', hazard })),
  ...GUILDS.map((guild): Cell => ({ kind: 'guild', guild })),
  ...GLYPH_WORDS.map((word): Cell => ({ kind: 'word', word })),
];

const alone = (cell: Cell, jitterSeed = 1): Scene => ({
  gridSize: 3,
  cells: [null, null, null, null, cell, null, null, null, null],
  jitterSeed,
  perturbation: 0,
});

/** Root mean square difference over the middle 8 x 8 pixels of a 24 px picture. */
function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let y = 8; y < 16; y++) {
    for (let x = 8; x < 16; x++) {
      for (let c = 0; c < 3; c++) sum += (a[3 * (24 * y + x) + c] - b[3 * (24 * y + x) + c]) ** 2;
    }
  }
  return Math.sqrt(sum / (64 * 3));
}

describe('render', () => {
  it.each([24, 32, 48])('is deterministic, in 0..1 and of the right length at %i px', (imageSizePx) => {
    const sized = createWorld({ ...CONFIG, imageSizePx, noise: 1 });
    for (const prompt of world.suite('situational', 30)) {
      const scene = { ...prompt.scene!, perturbation: prompt.harmful ? 0.8 : 0 };
      const pixels = sized.render(scene);
      expect(pixels.length).toBe(imageSizePx * imageSizePx * 3);
      expect(sized.render(scene)).toEqual(pixels);
      expect(pixels.every((value) => value >= 0 && value <= 1)).toBe(true);
    }
  });

  it('shows every object unlike every other at 24 px, by more than the noise', () => {
    const still = createWorld({ ...CONFIG, noise: 0 });
    const pictures = OBJECTS.map((cell) => still.render(alone(cell)));
    let least = 1;
    for (let i = 0; i < pictures.length; i++) {
      for (let j = 0; j < i; j++) {
        if (JSON.stringify(OBJECTS[i]) === JSON.stringify(OBJECTS[j])) continue;
        least = Math.min(least, distance(pictures[i], pictures[j]));
      }
    }
    expect(least).toBeGreaterThan(0.06);
  });

  it('keeps most objects nearest to their own kind under jitter and noise', () => {
    const still = createWorld({ ...CONFIG, noise: 0 });
    const unique = OBJECTS.filter((cell) => cell.kind !== 'digit' || cell.color === 'white');
    const templates = unique.map((cell) => still.render(alone(cell)));
    let right = 0;
    unique.forEach((cell, i) => {
      const seen = world.render(alone(cell, 100 + i));
      const distances = templates.map((template) => distance(seen, template));
      if (distances.indexOf(Math.min(...distances)) === i) right++;
    });
    expect(right / unique.length).toBeGreaterThan(0.85);
  });

  it('gives word glyphs patterns at least 6 dots apart', () => {
    const patterns = [...WORD_PATTERNS.values()];
    patterns.forEach((a, i) => {
      for (const b of patterns.slice(0, i)) {
        expect((a ^ b).toString(2).replaceAll('0', '').length).toBeGreaterThanOrEqual(6);
      }
    });
  });

  it('changes with jitter seed and perturbation', () => {
    const scene = alone(OBJECTS[0]);
    expect(world.render({ ...scene, jitterSeed: 2 })).not.toEqual(world.render(scene));
    expect(world.render({ ...scene, perturbation: 1 })).not.toEqual(world.render(scene));
  });
});
