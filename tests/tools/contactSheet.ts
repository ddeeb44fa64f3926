// Writes docs/world.png: scenes of every label and every kind of object, enlarged. Run: npx tsx tests/tools/contactSheet.ts

import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
import { LABELS } from '../../src/terms/labels.ts';
import { createWorld, type Scene } from '../../src/world/index.ts';
import { COLORS, GLYPH_WORDS, GUILDS, HAZARDS, SHAPES } from '../../src/world/lexicon.ts';
import type { Cell } from '../../src/world/types.ts';

const SCALE = 6;
const SIZE_PX = 24;
const COLUMNS = 6;
const GAP_PX = 6;

const world = createWorld({ seed: 1, imageSizePx: SIZE_PX, gridSizes: [2, 3], noise: 0.5 });

/** Up to nine objects on a 3x3 grid. */
function sheet(cells: Cell[], jitterSeed: number, perturbation = 0): Scene {
  const padded: (Cell | null)[] = [...cells.slice(0, 9)];
  while (padded.length < 9) padded.push(null);
  return { gridSize: 3, cells: padded, jitterSeed, perturbation };
}

const scenes: Scene[] = [
  sheet(
    SHAPES.map((shape, i) => ({ kind: 'shape', shape, color: COLORS[i] })),
    1,
  ),
  sheet(
    SHAPES.map((shape, i) => ({ kind: 'shape', shape, color: COLORS[(i + 3) % 6] })),
    2,
  ),
  sheet(
    [0, 1, 2, 3, 4, 5, 6, 7, 8].map((digit) => ({ kind: 'digit', digit, color: COLORS[digit % 6] })),
    3,
  ),
  sheet(
    [
      ...HAZARDS.map((hazard) => ({ kind: 'hazard', hazard }) as const),
      { kind: 'digit', digit: 9, color: 'white' },
    ],
    4,
  ),
  sheet(
    GUILDS.map((guild) => ({ kind: 'guild', guild })),
    5,
  ),
  sheet(
    GLYPH_WORDS.slice(0, 9).map((word) => ({ kind: 'word', word })),
    6,
  ),
  sheet(
    GLYPH_WORDS.slice(9).map((word) => ({ kind: 'word', word })),
    7,
  ),
  sheet(
    HAZARDS.map((hazard) => ({ kind: 'hazard', hazard })),
    8,
    1,
  ),
];
for (const label of LABELS) {
  let found = 0;
  for (let i = 0; found < 2 && i < 200; i++) {
    const { scene } = world.prompt('train', label, i);
    if (!scene) continue;
    scenes.push(scene);
    found++;
  }
}
scenes.push(...world.suite('reasoning-large', 6).map((prompt) => prompt.scene!));

const tile = SIZE_PX * SCALE + GAP_PX;
const width = COLUMNS * tile + GAP_PX;
const height = Math.ceil(scenes.length / COLUMNS) * tile + GAP_PX;
const rgb = new Uint8Array(width * height * 3).fill(60);
scenes.forEach((scene, n) => {
  const pixels = world.render(scene);
  const left = GAP_PX + (n % COLUMNS) * tile;
  const top = GAP_PX + Math.floor(n / COLUMNS) * tile;
  for (let y = 0; y < SIZE_PX * SCALE; y++) {
    for (let x = 0; x < SIZE_PX * SCALE; x++) {
      const from = 3 * (Math.floor(y / SCALE) * SIZE_PX + Math.floor(x / SCALE));
      const to = 3 * ((top + y) * width + left + x);
      for (let channel = 0; channel < 3; channel++)
        rgb[to + channel] = Math.round(255 * pixels[from + channel]);
    }
  }
});

/** One PNG chunk: length, type, data, checksum. */
function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(data.length);
  const tail = Buffer.alloc(4);
  tail.writeUInt32BE(crc32(body) >>> 0);
  return Buffer.concat([head, body, tail]);
}

const header = Buffer.alloc(13);
header.writeUInt32BE(width, 0);
header.writeUInt32BE(height, 4);
header.set([8, 2, 0, 0, 0], 8);
const lines = Buffer.alloc(height * (1 + width * 3));
for (let y = 0; y < height; y++) {
  lines.set(rgb.subarray(y * width * 3, (y + 1) * width * 3), y * (1 + width * 3) + 1);
}
const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const file = new URL('../../docs/world.png', import.meta.url);
writeFileSync(
  file,
  Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines)),
    chunk('IEND', new Uint8Array()),
  ]),
);
console.log(`${scenes.length} scenes, ${width}x${height} px: ${file.pathname}`);
