// What the host writes for one full pass: layout of the buffer `inputs` and how a batch fills it.

import type { ModelSpec } from '../../model/graph.ts';
import { BLOCK_WORDS, cutSegments, mostBlocks, SPAN_WORDS } from '../plan/blocks.ts';
import { type PackedInputs, type Packing, SEGMENT_WORDS } from '../plan/packing.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanShape } from '../plan/planShape.ts';
import type { OutputRows, SequenceBatch } from '../types.ts';
import { groupByIndex } from './kernels/indexing.ts';

/** Offsets in 4-byte elements. */
export type PassInputs = ReturnType<typeof passInputs>;

/** @param start offset of the first word (a rollout keeps its own inputs before it) */
export function passInputs(plan: Plan, spec: ModelSpec, start: number) {
  const { pictures, texts, sequences, segments, outputs } = plan.shape;
  const { imageTokens, patchValues } = spec;
  const training = plan.kind === 'training';
  let cursor = Math.ceil(start / 16) * 16;
  const take = (length: number) => {
    const offset = cursor;
    cursor = Math.ceil((cursor + length) / 16) * 16;
    return offset;
  };
  const runs = (rows: number, count: number) => ({
    segments: take(count * SEGMENT_WORDS),
    spans: take(count * SPAN_WORDS),
    blocks: take(mostBlocks(rows, count) * BLOCK_WORDS),
  });
  /** An index of rows, and for the backward pass its places grouped by key: CSR. Without keys nobody asks for them. */
  const index = (length: number, keys: number) => ({
    at: take(length),
    keys,
    starts: take(training ? keys + 1 : 0),
    order: take(training && keys > 0 ? length : 0),
  });
  const tableRows = (image: boolean) => {
    const { operations, tensors } = plan.graph;
    const table = operations.find(
      (operation) => operation.op === 'position' && (tensors[operation.x].unit === 'image') === image,
    );
    const slice = spec.layout.slices.find(({ name }) => table?.op === 'position' && name === table.table);
    return slice ? slice.shape[0] : 0;
  };
  return {
    tokens: index(texts, spec.config.vocabularySize),
    positions: index(sequences, tableRows(false)),
    imagePositions: index(pictures * imageTokens, tableRows(true)),
    /** Sequence rows of the outputs. */
    rowIndex: index(outputs, sequences),
    source: take(sequences),
    sequenceRuns: runs(sequences, segments),
    imageRuns: runs(pictures * imageTokens, pictures),
    targets: take(outputs),
    patches: take(pictures * imageTokens * patchValues),
    /** Written after the forward pass, in one piece: dLoss/dlogp, dLoss/dentropy, dLoss/dvalue (or dLoss/dclasses), float bits. */
    logpWeights: take(outputs),
    entropyWeights: take(outputs),
    gradients: take(outputs * Math.max(1, spec.config.outputs.classes)),
    size: cursor,
  };
}

/** One plan's copy of its inputs on the host, filled anew for each pass without allocating. */
export class HostInputs {
  readonly words: Uint32Array;
  private readonly ints: Int32Array;
  private readonly floats: Float32Array;
  /** Where a packed batch is written. */
  private readonly packed: PackedInputs;
  /** Sequence rows of the outputs. */
  readonly rowIndex: Int32Array;
  private readonly cuts: { readonly [kind in 'sequenceRuns' | 'imageRuns']: [Int32Array, Int32Array] };
  private readonly imageTokens: number;
  private readonly patchesEach: number;

  constructor(
    readonly layout: PassInputs,
    private readonly plan: Plan,
    { imageTokens, patchValues }: ModelSpec,
  ) {
    const bytes = new ArrayBuffer(layout.size * 4);
    this.words = new Uint32Array(bytes);
    this.ints = new Int32Array(bytes);
    this.floats = new Float32Array(bytes);
    this.imageTokens = imageTokens;
    this.patchesEach = imageTokens * patchValues;
    const { pictures, texts, sequences, segments, outputs } = plan.shape;
    const ints = (at: number, length: number) => this.ints.subarray(at, at + length);
    const { sequenceRuns, imageRuns, patches } = layout;
    this.packed = {
      tokens: ints(layout.tokens.at, texts),
      source: ints(layout.source, sequences),
      positions: ints(layout.positions.at, sequences),
      imagePositions: ints(layout.imagePositions.at, pictures * imageTokens),
      segments: ints(sequenceRuns.segments, segments * SEGMENT_WORDS),
      imageSegments: ints(imageRuns.segments, pictures * SEGMENT_WORDS),
      patches: imageTokens > 0 ? this.floats.subarray(patches, patches + pictures * this.patchesEach) : null,
    };
    this.rowIndex = ints(layout.rowIndex.at, outputs);
    this.cuts = {
      sequenceRuns: [this.ints.subarray(sequenceRuns.spans), this.ints.subarray(sequenceRuns.blocks)],
      imageRuns: [this.ints.subarray(imageRuns.spans), this.ints.subarray(imageRuns.blocks)],
    };
  }

  /**
   * Writes the batch that `packing` measured last; returns how many blocks its rows have.
   * @throws RangeError on output rows outside the batch.
   */
  fill(packing: Packing, batch: SequenceBatch, rows: OutputRows, targets: Int32Array | null) {
    const { layout, ints, packed, cuts } = this;
    const { counts } = packing;
    packing.write(batch, packed);
    packing.writeRows(batch, rows, this.rowIndex);
    if (targets) ints.set(targets, layout.targets);
    if (this.plan.kind === 'training') {
      this.group(layout.tokens, counts.texts);
      this.group(layout.positions, counts.sequences);
      this.group(layout.imagePositions, counts.pictures * this.imageTokens);
      this.group(layout.rowIndex, counts.outputs, counts.sequences);
    }
    return {
      blocks: cutSegments(packed.segments, counts.segments, ...cuts.sequenceRuns),
      imageBlocks: cutSegments(packed.imageSegments, counts.pictures, ...cuts.imageRuns),
    };
  }

  private group({ at, keys, starts, order }: PassInputs['tokens'], count: number, used = keys): void {
    if (keys > 0) groupByIndex(this.ints, at, count, used, this.words, starts, order);
  }

  /** Words in use of what is written before the forward pass. */
  used({ pictures }: PlanShape): number {
    return this.layout.patches + pictures * this.patchesEach;
  }

  /** Copies the pictures from the inputs to where the plan wants them. */
  placePictures(encoder: GPUCommandEncoder, inputs: GPUBuffer, arena: GPUBuffer, pictures: number): void {
    const input = this.plan.graph.operations.find((operation) => operation.op === 'patches');
    if (!input || pictures === 0) return;
    const to = this.plan.values[input.out] * 4;
    encoder.copyBufferToBuffer(inputs, this.layout.patches * 4, arena, to, pictures * this.patchesEach * 4);
  }

  /** The loss weights of `outputs` rows; null is zero. Returns the words in use from `layout.logpWeights` on. */
  fillWeights(
    outputs: number,
    logp: ArrayLike<number> | null,
    entropy: ArrayLike<number> | null,
    gradients: ArrayLike<number> | null,
  ): number {
    const { layout, floats } = this;
    copyOrZero(floats, layout.logpWeights, outputs, logp);
    copyOrZero(floats, layout.entropyWeights, outputs, entropy);
    if (gradients) floats.set(gradients, layout.gradients);
    return layout.gradients + (gradients?.length ?? 0) - layout.logpWeights;
  }
}

function copyOrZero(target: Float32Array, at: number, length: number, values: ArrayLike<number> | null) {
  if (values) target.set(values, at);
  else target.fill(0, at, at + length);
}
