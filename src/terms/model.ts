// What a model is made of: backbones, sizes, and the constants of its layers. A weights file carries them (see `describeModel`).

export type Backbone = 'qwen-mini' | 'internvl-mini' | 'deepseek-mini';
export type ModelSize = 'tiny' | 'small' | 'base' | 'large';

/** Added to the mean square (RMSNorm) or the variance (LayerNorm). */
export const NORM_EPSILON = 1e-5;

/** Base of the rotation angles of RoPE (Su et al. 2021). */
export const ROPE_BASE = 10000;

/** Pictures are dark with bright objects: a pixel p in 0..1 enters as (p - mean) x scale, so that the background stays near 0. */
export const PIXELS = { mean: 0.2, scale: 3 } as const;

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

/** Number of image tokens of a configuration; 0 for text-only backbones. */
export function imageTokensOf({
  backbone,
  imageSizePx,
}: Pick<ModelConfig, 'backbone' | 'imageSizePx'>): number {
  return BACKBONES[backbone].vision === 'none' ? 0 : (imageSizePx / PATCH_PX) ** 2;
}

/** Everything that a reader needs beside the tensors to run a model (docs/FORMATS.md). */
export function describeModel(config: ModelConfig) {
  return {
    ...config,
    ...SIZES[config.size],
    ...BACKBONES[config.backbone],
    imageTokens: imageTokensOf(config),
    patchPx: PATCH_PX,
    maxText: MAX_TEXT,
    normEpsilon: NORM_EPSILON,
    ropeBase: ROPE_BASE,
    pixelMean: PIXELS.mean,
    pixelScale: PIXELS.scale,
  };
}
