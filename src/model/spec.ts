// What an LMRM is: sizes, backbones, outputs; and the parameter layout that follows from them.

import { hashName, RandomStream } from '../random/philox.ts';

export type Backbone = 'qwen-mini' | 'internvl-mini' | 'deepseek-mini';
export type ModelSize = 'tiny' | 'small' | 'base' | 'large';

/** Side of a patch in pixels; a picture of 24, 32 or 48 px gives 9, 16 or 36 image tokens. */
export const PATCH_PX = 8;

/** Text positions that a model can address (prompt, reference and response together). */
export const MAX_TEXT = 128;

/** Width, depth and heads of a size. `visionLayers` are bidirectional blocks over the patches alone. */
export type Dimensions = { width: number; layers: number; heads: number; visionLayers: number };

export const SIZES: { readonly [size in ModelSize]: Dimensions } = {
  tiny: { width: 32, layers: 2, heads: 2, visionLayers: 0 },
  small: { width: 64, layers: 2, heads: 4, visionLayers: 1 },
  base: { width: 128, layers: 4, heads: 8, visionLayers: 1 },
  large: { width: 256, layers: 6, heads: 8, visionLayers: 2 },
};

/** How the backbones differ; everything else is shared. */
export type BackboneTraits = {
  norm: 'rms' | 'layer';
  activation: 'swiglu' | 'gelu';
  positions: 'rope' | 'learned';
  /** `patch`: one linear map per patch. `conv`: stride-4 convolution, GELU, pixel-unshuffle, projection. `none`: text only. */
  vision: 'patch' | 'conv' | 'none';
  bias: boolean;
};

export const BACKBONES: { readonly [backbone in Backbone]: BackboneTraits } = {
  'qwen-mini': { norm: 'rms', activation: 'swiglu', positions: 'rope', vision: 'patch', bias: false },
  'internvl-mini': { norm: 'layer', activation: 'gelu', positions: 'learned', vision: 'conv', bias: true },
  'deepseek-mini': { norm: 'rms', activation: 'swiglu', positions: 'rope', vision: 'none', bias: false },
};

/** `lm`: next-token logits over the vocabulary (embedding tied). `classes` > 0: a classifier. `value`: a scalar per row (PPO). */
export type ModelOutputs = { lm: boolean; classes: number; value: boolean };

export type ModelConfig = {
  backbone: Backbone;
  size: ModelSize;
  imageSizePx: number;
  vocabularySize: number;
  outputs: ModelOutputs;
};

/** How a slice starts: zeros, ones, or normal with this standard deviation. */
export type Initializer = { kind: 'zeros' } | { kind: 'ones' } | { kind: 'normal'; std: number };

/** One parameter inside the flat parameter buffer. `offset` and `size` count float32 values. */
export type ParameterSlice = {
  name: string;
  shape: readonly number[];
  offset: number;
  size: number;
  init: Initializer;
  /** Weight decay applies (matrices only). */
  decay: boolean;
  /** `vision` slices come first in the buffer, so that freezing them is freezing a prefix. */
  part: 'vision' | 'text' | 'output';
};

export type ParameterLayout = {
  slices: readonly ParameterSlice[];
  /** Length of the flat buffer, in float32 values (each slice starts at a multiple of 64 = 256 bytes). */
  size: number;
  /** Parameters without padding. */
  count: number;
  /** End of the vision prefix in the flat buffer. */
  visionEnd: number;
};

const ALIGNMENT = 64;

/** Collects slices in order and gives them aligned offsets. */
export class LayoutBuilder {
  private readonly slices: ParameterSlice[] = [];
  private cursor = 0;
  private count = 0;
  private visionEnd = 0;

  add(name: string, shape: readonly number[], init: Initializer, part: ParameterSlice['part']): string {
    const size = shape.reduce((product, extent) => product * extent, 1);
    this.slices.push({ name, shape, offset: this.cursor, size, init, decay: shape.length > 1, part });
    this.cursor = Math.ceil((this.cursor + size) / ALIGNMENT) * ALIGNMENT;
    this.count += size;
    if (part === 'vision') this.visionEnd = this.cursor;
    return name;
  }

  finish(): ParameterLayout {
    return { slices: this.slices, size: this.cursor, count: this.count, visionEnd: this.visionEnd };
  }
}

/** Number of image tokens of a configuration; 0 for text-only backbones. */
export function imageTokens(config: ModelConfig): number {
  if (BACKBONES[config.backbone].vision === 'none') return 0;
  return (config.imageSizePx / PATCH_PX) ** 2;
}

/** The starting parameters as one flat buffer; each slice draws from its own stream, so layouts may change elsewhere. */
export function initialParameters(layout: ParameterLayout, seed: number): Float32Array {
  const parameters = new Float32Array(layout.size);
  for (const slice of layout.slices) {
    const { init, offset, size } = slice;
    if (init.kind === 'ones') parameters.fill(1, offset, offset + size);
    if (init.kind === 'normal') {
      const stream = new RandomStream(seed, 'parameters', hashName(slice.name));
      for (let i = 0; i < size; i++) parameters[offset + i] = stream.normal() * init.std;
    }
  }
  return parameters;
}
