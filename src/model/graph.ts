// The model as data: a list of operations over row-major matrices, the same for every executor.
//
// A tensor is [rows, cols]; its rows are counted in a unit ('image', 'text', 'sequence', 'output') times a multiplier, so one
// graph serves every batch shape. Executors give each operation its kernels (forward and backward).

import {
  BACKBONES,
  type BackboneTraits,
  type Dimensions,
  imageTokensOf,
  MAX_TEXT,
  type ModelConfig,
  PATCH_PX,
  SIZES,
} from '../terms/model.ts';
import { type Initializer, LayoutBuilder, type ParameterSlice } from './spec.ts';

type Part = ParameterSlice['part'];

/** image: the rows of all pictures; text: those of all tokens; sequence: both; output: the rows asked for. */
export type RowUnit = 'image' | 'text' | 'sequence' | 'output';

export type TensorInfo = { unit: RowUnit; multiplier: number; cols: number };

/** Index into `Graph.tensors`. */
export type TensorId = number;

export type Operation =
  /** The patches of the batch: [image x multiplier, cols]. */
  | { op: 'patches'; out: TensorId }
  /** out = x W (+ bias) (+ residual); W is [in, out], or [out, in] when `transposed` (tied embedding). */
  | {
      op: 'linear';
      x: TensorId;
      weight: string;
      transposed: boolean;
      bias: string | null;
      residual: TensorId | null;
      out: TensorId;
    }
  /** RMSNorm (Zhang, Sennrich 2019) or LayerNorm (Ba et al. 2016), epsilon 1e-5. */
  | { op: 'norm'; kind: 'rms' | 'layer'; x: TensorId; gain: string; bias: string | null; out: TensorId }
  /** out = x + table[row position]; position counts inside the batch item. */
  | { op: 'position'; x: TensorId; table: string; out: TensorId }
  | { op: 'embed'; table: string; out: TensorId }
  /** [image P rows][text T rows] of each batch item, one after the other. */
  | { op: 'concat'; image: TensorId; text: TensorId; out: TensorId }
  /** Rotates the query and key thirds of [rows, 3 width] by position (RoFormer, Su et al. 2021, pairs (i, i + half)). */
  | { op: 'rope'; x: TensorId; heads: number; out: TensorId }
  /**
   * Softmax attention over [rows, 3 width] = q|k|v. `full`: every row of the item sees every other (vision).
   * `causal`: causal after the image: image rows see all image rows, text rows what stands before them.
   */
  | { op: 'attention'; x: TensorId; heads: number; mask: 'full' | 'causal'; layer: number; out: TensorId }
  /** out = silu(first half) * second half (Shazeer 2020). */
  | { op: 'swiglu'; x: TensorId; out: TensorId }
  /** GELU, tanh form (Hendrycks, Gimpel 2016). */
  | { op: 'gelu'; x: TensorId; out: TensorId }
  /** The same memory seen as [rows / k, cols x k]. */
  | { op: 'reshape'; x: TensorId; out: TensorId }
  /** Picks the output rows out of the sequence rows. */
  | { op: 'gather'; x: TensorId; out: TensorId };

/** The members of the union of one kind. */
export type OperationOf<Op extends Operation['op']> = Extract<Operation, { op: Op }>;

export type Graph = {
  config: ModelConfig;
  tensors: readonly TensorInfo[];
  operations: readonly Operation[];
  /** `decode`: one text row per item, attention reads the KV cache. */
  mode: 'full' | 'decode';
  logits: TensorId | null;
  classes: TensorId | null;
  value: TensorId | null;
};

/** Hidden width of the MLP: both activations spend 6 width^2 parameters. */
function hiddenWidth(traits: BackboneTraits, width: number): number {
  return traits.activation === 'swiglu' ? 2 * width : 3 * width;
}

/** Records operations; the parameter layout is recorded only on the first (full) pass. */
class GraphBuilder {
  readonly tensors: TensorInfo[] = [];
  readonly operations: Operation[] = [];
  readonly traits: BackboneTraits;
  readonly dimensions: Dimensions;

  constructor(
    readonly config: ModelConfig,
    readonly layout: LayoutBuilder | null,
  ) {
    this.traits = BACKBONES[config.backbone];
    this.dimensions = SIZES[config.size];
  }

  tensor(unit: RowUnit, cols: number, multiplier = 1): TensorId {
    this.tensors.push({ unit, cols, multiplier });
    return this.tensors.length - 1;
  }

  like(id: TensorId, cols: number): TensorId {
    const { unit, multiplier } = this.tensors[id];
    return this.tensor(unit, cols, multiplier);
  }

  add(operation: Operation): TensorId {
    this.operations.push(operation);
    return operation.out;
  }

  parameter(name: string, shape: readonly number[], init: Initializer, part: Part): string {
    return this.layout?.add(name, shape, init, part) ?? name;
  }

  linear(
    x: TensorId,
    name: string,
    cols: number,
    part: Part,
    options: { residual?: TensorId; gain?: number; bias?: boolean } = {},
  ): TensorId {
    const { residual = null, gain = 1, bias: hasBias = this.traits.bias } = options;
    const inCols = this.tensors[x].cols;
    const weight = this.parameter(`${name}.weight`, [inCols, cols], gain / Math.sqrt(inCols), part);
    const bias = hasBias ? this.parameter(`${name}.bias`, [cols], 'zeros', part) : null;
    return this.add({ op: 'linear', x, weight, transposed: false, bias, residual, out: this.like(x, cols) });
  }

  norm(x: TensorId, name: string, part: Part): TensorId {
    const { cols } = this.tensors[x];
    const kind = this.traits.norm;
    const gain = this.parameter(`${name}.gain`, [cols], 'ones', part);
    const bias = kind === 'layer' ? this.parameter(`${name}.bias`, [cols], 'zeros', part) : null;
    return this.add({ op: 'norm', kind, x, gain, bias, out: this.like(x, cols) });
  }

  gelu(x: TensorId): TensorId {
    return this.add({ op: 'gelu', x, out: this.like(x, this.tensors[x].cols) });
  }

  position(x: TensorId, name: string, rows: number, part: 'vision' | 'text', std: number): TensorId {
    const { cols } = this.tensors[x];
    const table = this.parameter(name, [rows, cols], std, part);
    return this.add({ op: 'position', x, table, out: this.like(x, cols) });
  }

  /** Keeps the rows that outputs are asked of; what follows is computed for them alone. */
  outputRows(x: TensorId): TensorId {
    return this.add({ op: 'gather', x, out: this.tensor('output', this.tensors[x].cols) });
  }

  /** One pre-norm transformer block; returns the new residual stream. `outputs`: of the rows that outputs are asked of alone. */
  block(
    x: TensorId,
    name: string,
    part: 'vision' | 'text',
    layer: number,
    depth: number,
    outputs = false,
  ): TensorId {
    const { width, heads } = this.dimensions;
    const mask = part === 'vision' ? 'full' : 'causal';
    const gain = 1 / Math.sqrt(2 * depth);
    let qkv = this.linear(this.norm(x, `${name}.norm1`, part), `${name}.qkv`, 3 * width, part);
    if (this.traits.positions === 'rope' && mask === 'causal') {
      qkv = this.add({ op: 'rope', x: qkv, heads, out: this.like(qkv, 3 * width) });
    }
    let mixed = this.add({ op: 'attention', x: qkv, heads, mask, layer, out: this.like(x, width) });
    let residual = x;
    if (outputs) [mixed, residual] = [this.outputRows(mixed), this.outputRows(x)];
    const attended = this.linear(mixed, `${name}.attention`, width, part, { residual, gain });
    const hidden = hiddenWidth(this.traits, width);
    const normed = this.norm(attended, `${name}.norm2`, part);
    let activated: TensorId;
    if (this.traits.activation === 'swiglu') {
      const gateUp = this.linear(normed, `${name}.gateUp`, 2 * hidden, part);
      activated = this.add({ op: 'swiglu', x: gateUp, out: this.like(gateUp, hidden) });
    } else {
      activated = this.gelu(this.linear(normed, `${name}.up`, hidden, part));
    }
    return this.linear(activated, `${name}.down`, width, part, { residual: attended, gain });
  }

  /** Patches to image tokens of the decoder's width. */
  vision(): TensorId {
    const { width, visionLayers } = this.dimensions;
    const tokens = imageTokensOf(this.config);
    let x: TensorId;
    if (this.traits.vision === 'patch') {
      const patches = this.add({ op: 'patches', out: this.tensor('image', PATCH_PX * PATCH_PX * 3) });
      x = this.linear(patches, 'vision.patch', width, 'vision', { bias: true });
    } else {
      // A convolution of kernel and stride 4 is a linear map of 4 x 4 tiles; the tiles of a patch stand one after the other,
      // so the pixel-unshuffle by 2 is a view.
      const channels = width / 2;
      const tiles = this.add({ op: 'patches', out: this.tensor('image', (PATCH_PX / 2) ** 2 * 3, 4) });
      const stem = this.gelu(this.linear(tiles, 'vision.stem', channels, 'vision', { bias: true }));
      const unshuffled = this.add({ op: 'reshape', x: stem, out: this.tensor('image', 4 * channels) });
      x = this.linear(unshuffled, 'vision.merge', width, 'vision', { bias: true });
    }
    // As large as what a patch brings, so that `where` is there from the first step.
    x = this.position(x, 'vision.position', tokens, 'vision', 0.5);
    for (let layer = 0; layer < visionLayers; layer++) {
      x = this.block(x, `vision.${layer}`, 'vision', layer, visionLayers);
    }
    x = this.norm(x, 'vision.norm', 'vision');
    const hidden = this.gelu(this.linear(x, 'vision.projector1', width, 'vision', { bias: true }));
    return this.linear(hidden, 'vision.projector2', width, 'vision', { bias: true });
  }

  build(mode: 'full' | 'decode'): Graph {
    const { width, layers } = this.dimensions;
    const { outputs, vocabularySize } = this.config;
    const hasVision = this.traits.vision !== 'none';
    const image = hasVision && mode === 'full' ? this.vision() : null;
    const table = this.parameter('text.embedding', [vocabularySize, width], 0.5 / Math.sqrt(width), 'text');
    const unit = image === null ? 'sequence' : 'text';
    let x = this.add({ op: 'embed', table, out: this.tensor(unit, width) });
    if (image !== null) {
      x = this.add({ op: 'concat', image, text: x, out: this.tensor('sequence', width) });
    }
    if (this.traits.positions === 'learned') {
      x = this.position(x, 'text.position', imageTokensOf(this.config) + MAX_TEXT, 'text', 0.1);
    }
    for (let layer = 0; layer < layers; layer++) {
      // The last block's keys and values come from every row; the rest of it is of use to the output rows alone.
      x = this.block(x, `text.${layer}`, 'text', layer, layers, mode === 'full' && layer === layers - 1);
    }
    const normed = this.norm(x, 'text.norm', 'text');
    let logits: TensorId | null = null;
    if (outputs.lm) {
      const tied = { weight: table, transposed: true, bias: null, residual: null };
      logits = this.add({ op: 'linear', x: normed, ...tied, out: this.like(normed, vocabularySize) });
    }
    const classes =
      outputs.classes > 0
        ? this.linear(normed, 'output.classes', outputs.classes, 'output', { bias: true })
        : null;
    const value =
      outputs.value && mode === 'full'
        ? this.linear(normed, 'output.value', 1, 'output', { bias: true, gain: 0.1 })
        : null;
    const { config, tensors, operations } = this;
    return { config, tensors, operations, mode, logits, classes, value };
  }
}

/** A model: its configuration, its parameters' layout, and its two graphs. */
export type ModelSpec = ReturnType<typeof modelSpec>;

/** The whole description of a model. Throws RangeError on a picture that the patches do not tile. */
export function modelSpec(config: ModelConfig) {
  if (config.imageSizePx % PATCH_PX !== 0) {
    throw new RangeError(
      `image size ${config.imageSizePx} px is no multiple of the patch size ${PATCH_PX} px`,
    );
  }
  const layout = new LayoutBuilder();
  const full = new GraphBuilder(config, layout).build('full');
  const decode = config.outputs.lm ? new GraphBuilder(config, null).build('decode') : null;
  return {
    config,
    dimensions: SIZES[config.size],
    layout: layout.finish(),
    full,
    decode,
    imageTokens: imageTokensOf(config),
    /** Values per image token in the input. */
    patchValues: PATCH_PX * PATCH_PX * 3,
  };
}
