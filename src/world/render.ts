// Scene to pixels: a pure function. Each object is rasterised once into a small texture, then sampled per cell.

import { RandomStream } from '../random/philox.ts';
import { paintAt } from './icons.ts';
import type { Cell, Scene, WorldConfig } from './types.ts';

const TEXTURE = 24;
/** Row length of a texture: one empty texel of border on each side. */
const PITCH = TEXTURE + 2;
/** Samples per texel side when a texture is made, and per pixel side when a scene is. */
const TEXEL_SAMPLES = 3;
const PIXEL_SAMPLES = 2;
const NOISE_TABLE = 4096;

/** Premultiplied RGBA, [26, 26, 4] with the border. */
const textures = new Map<string, Float32Array>();

function textureOf(cell: Cell): Float32Array {
  const key = Object.values(cell).join('-');
  let texture = textures.get(key);
  if (texture) return texture;
  texture = new Float32Array(PITCH * PITCH * 4);
  const step = 1 / (TEXTURE * TEXEL_SAMPLES);
  const share = 1 / (TEXEL_SAMPLES * TEXEL_SAMPLES);
  for (let i = 0; i < TEXTURE * TEXEL_SAMPLES; i++) {
    for (let j = 0; j < TEXTURE * TEXEL_SAMPLES; j++) {
      const color = paintAt(cell, (j + 0.5) * step, (i + 0.5) * step);
      if (!color) continue;
      const at = 4 * ((Math.floor(i / TEXEL_SAMPLES) + 1) * PITCH + Math.floor(j / TEXEL_SAMPLES) + 1);
      for (let channel = 0; channel < 3; channel++) texture[at + channel] += color[channel] * share;
      texture[at + 3] += share;
    }
  }
  textures.set(key, texture);
  return texture;
}

/** A table of normal numbers: noise is read from it at a random place and stride, far cheaper than drawing it. */
let noiseTable: Float32Array | null = null;
function normals(): Float32Array {
  if (!noiseTable) {
    const random = new RandomStream(0, 'render-noise');
    noiseTable = Float32Array.from({ length: NOISE_TABLE }, () => random.normal());
  }
  return noiseTable;
}

/** Pixels [size, size, 3], row-major RGB in 0..1. Depends on the scene, the picture's size and the noise strength alone. */
export function renderScene(scene: Scene, config: Pick<WorldConfig, 'imageSizePx' | 'noise'>): Float32Array {
  const { imageSizePx: size, noise } = config;
  const pixels = new Float32Array(size * size * 3);
  const random = new RandomStream(scene.jitterSeed, 'render');
  const ground = 0.12 + noise * 0.06 * (random.float() - 0.5);
  for (let channel = 0; channel < 3; channel++) {
    const tint = ground + noise * 0.04 * (random.float() - 0.5);
    for (let i = channel; i < pixels.length; i += 3) pixels[i] = tint;
  }

  const cellPx = size / scene.gridSize;
  scene.cells.forEach((cell, index) => {
    // Every cell draws its numbers, so that an object's jitter does not depend on its neighbours.
    const shift = cellPx * 0.06 * noise;
    const x = (2 * random.float() - 1) * shift;
    const y = (2 * random.float() - 1) * shift;
    const side = cellPx * (0.95 - 0.13 * noise * random.float());
    const gain = 1 - 0.25 * noise * random.float();
    if (!cell) return;
    const centerX = ((index % scene.gridSize) + 0.5) * cellPx + x;
    const centerY = (Math.floor(index / scene.gridSize) + 0.5) * cellPx + y;
    stamp(pixels, size, textureOf(cell), centerX - side / 2, centerY - side / 2, side, gain);
  });
  if (scene.perturbation > 0) perturb(pixels, size, scene.perturbation, random);
  addNoise(pixels, noise * 0.035, random);
  return pixels;
}

/** Draws a texture into the square at (left, top), `side` pixels wide. */
function stamp(
  pixels: Float32Array,
  size: number,
  texture: Float32Array,
  left: number,
  top: number,
  side: number,
  gain: number,
): void {
  const scale = TEXTURE / side;
  const share = 1 / (PIXEL_SAMPLES * PIXEL_SAMPLES);
  const lastX = Math.min(size - 1, Math.ceil(left + side));
  const lastY = Math.min(size - 1, Math.ceil(top + side));
  for (let py = Math.max(0, Math.floor(top)); py <= lastY; py++) {
    for (let px = Math.max(0, Math.floor(left)); px <= lastX; px++) {
      let r = 0;
      let g = 0;
      let b = 0;
      let a = 0;
      for (let s = 0; s < PIXEL_SAMPLES * PIXEL_SAMPLES; s++) {
        // Texture coordinates with the border of one empty texel on each side.
        const u = (px + ((s & 1) + 0.5) / PIXEL_SAMPLES - left) * scale + 0.5;
        const v = (py + ((s >> 1) + 0.5) / PIXEL_SAMPLES - top) * scale + 0.5;
        if (u < 0 || v < 0 || u >= PITCH - 1 || v >= PITCH - 1) continue;
        const tx = u | 0;
        const ty = v | 0;
        const fx = u - tx;
        const fy = (v - ty) * share;
        const gy = share - fy;
        const w0 = (1 - fx) * gy;
        const w1 = fx * gy;
        const w2 = (1 - fx) * fy;
        const w3 = fx * fy;
        const i = 4 * (ty * PITCH + tx);
        const j = i + 4 * PITCH;
        r += w0 * texture[i] + w1 * texture[i + 4] + w2 * texture[j] + w3 * texture[j + 4];
        g += w0 * texture[i + 1] + w1 * texture[i + 5] + w2 * texture[j + 1] + w3 * texture[j + 5];
        b += w0 * texture[i + 2] + w1 * texture[i + 6] + w2 * texture[j + 2] + w3 * texture[j + 6];
        a += w0 * texture[i + 3] + w1 * texture[i + 7] + w2 * texture[j + 3] + w3 * texture[j + 7];
      }
      if (a === 0) continue;
      const to = 3 * (py * size + px);
      pixels[to] = pixels[to] * (1 - a) + r * gain;
      pixels[to + 1] = pixels[to + 1] * (1 - a) + g * gain;
      pixels[to + 2] = pixels[to + 2] * (1 - a) + b * gain;
    }
  }
}

/** The visual attack: contrast shrinks and a fine coloured stripe pattern lies over the picture. */
function perturb(pixels: Float32Array, size: number, strength: number, random: RandomStream): void {
  const phase = random.int(4);
  const slope = random.pick([-1, 1]);
  const tint = [random.float(), random.float(), random.float()];
  const contrast = 1 - 0.35 * strength;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const stripe = (((x + slope * y + phase) % 3) + 3) % 3 === 0 ? 1 : 0;
      for (let channel = 0; channel < 3; channel++) {
        const at = 3 * (y * size + x) + channel;
        pixels[at] = 0.15 + (pixels[at] - 0.15) * contrast + 0.3 * strength * stripe * tint[channel];
      }
    }
  }
}

function addNoise(pixels: Float32Array, sigma: number, random: RandomStream): void {
  const table = normals();
  const stride = 2 * random.int(NOISE_TABLE / 2) + 1;
  let at = random.int(NOISE_TABLE);
  for (let i = 0; i < pixels.length; i++) {
    at = (at + stride) & (NOISE_TABLE - 1);
    const value = pixels[i] + sigma * table[at];
    // A call of `clamp` here takes half of the time of the loop.
    pixels[i] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}
