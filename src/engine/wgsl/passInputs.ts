// What the host writes for one full pass: layout of the buffer `inputs` and how a batch fills it.

import { checkRow, sequenceRow } from '../plan/lengths.ts';
import type { Plan } from '../plan/plan.ts';
import type { OutputRows, SequenceBatch } from '../types.ts';
import { groupByIndex } from './kernels/indexing.ts';

/** Offsets in 4-byte elements. */
export type PassInputs = ReturnType<typeof passInputs>;

/**
 * @param start offset of the first word (a rollout keeps its own inputs before it)
 * @param patchValues values of all pictures of the batch
 * @param gradients how many values the value head or the classifier needs
 */
export function passInputs(
  plan: Plan,
  start: number,
  vocabulary: number,
  patchValues: number,
  gradients: number,
) {
  const { batch, time, outputs } = plan.shape;
  let cursor = Math.ceil(start / 16) * 16;
  const take = (length: number) => {
    const offset = cursor;
    cursor = Math.ceil((cursor + length) / 16) * 16;
    return offset;
  };
  const text = batch * time;
  const sequence = plan.graph.tensors.reduce(
    (most, { unit, multiplier }, id) =>
      unit === 'sequence' && multiplier === 1 ? Math.max(most, plan.rows[id]) : most,
    text,
  );
  return {
    tokens: take(text),
    keyStart: take(batch),
    /** Zeros: every image row sees every other. */
    imageKeyStart: take(batch),
    targets: take(outputs),
    rowIndex: take(outputs),
    /** Positions in the text grouped by token: CSR over the vocabulary, and padding as one more key that no kernel reads. */
    tokenStarts: take(vocabulary + 2),
    tokenOrder: take(text),
    /** Output rows grouped by the sequence row they are taken from: CSR over the sequence rows. */
    rowStarts: take(sequence + 1),
    rowOrder: take(outputs),
    patches: take(patchValues),
    /** End of what is written before the forward pass. */
    end: cursor,
    /** Written after it, in one piece: dLoss/dlogp, dLoss/dentropy, dLoss/dvalue (or dLoss/dclasses), float bits. */
    logpWeights: take(outputs),
    entropyWeights: take(outputs),
    gradients: take(gradients),
    size: cursor,
  };
}

/** One plan's copy of its inputs on the host, filled anew for each pass without allocating. */
export class HostInputs {
  readonly words: Uint32Array;
  readonly ints: Int32Array;
  readonly floats: Float32Array;
  /** Token of each text position, or the vocabulary's size where it is padding. */
  private readonly tokenKeys: Int32Array;
  /** Per item, the first position that no output row can see. */
  private readonly ends: Int32Array;

  constructor(
    readonly layout: PassInputs,
    private readonly plan: Plan,
    private readonly prefix: number,
    private readonly vocabulary: number,
    private readonly patchValues: number,
  ) {
    const bytes = new ArrayBuffer(layout.size * 4);
    this.words = new Uint32Array(bytes);
    this.ints = new Int32Array(bytes);
    this.floats = new Float32Array(bytes);
    const { batch, time } = plan.shape;
    this.tokenKeys = new Int32Array(batch * time);
    this.ends = new Int32Array(batch);
  }

  /** @throws RangeError on output rows outside the batch. */
  fill(batch: SequenceBatch, rows: OutputRows, targets: Int32Array | null, training: boolean): void {
    const { layout, ints, words, floats, prefix, ends } = this;
    const { time, outputs } = this.plan.shape;
    const items = batch.batch;
    ends.fill(0);
    for (let b = 0; b < items; b++) {
      const from = b * batch.time;
      const to = layout.tokens + b * time;
      for (let t = 0; t < time; t++) ints[to + t] = t < batch.time ? batch.tokens[from + t] : 0;
      ints[layout.keyStart + b] = batch.hasImage[b] ? 0 : prefix;
    }
    if (targets) ints.set(targets, layout.targets);
    for (let r = 0; r < outputs; r++) {
      const row = rows[r];
      checkRow(row, batch);
      const item = Math.floor(row / batch.time);
      const position = row - item * batch.time;
      ints[layout.rowIndex + r] = sequenceRow(row, batch.time, time, prefix);
      ends[item] = Math.max(ends[item], position + 1);
    }
    if (this.patchValues > 0) {
      if (batch.patches) floats.set(batch.patches, layout.patches);
      else floats.fill(0, layout.patches, layout.patches + this.patchValues);
    }
    if (!training) return;
    const { tokenKeys, vocabulary } = this;
    // Nothing flows back to positions after the last output row; left in, they would be one very long group.
    for (let i = 0; i < tokenKeys.length; i++) {
      tokenKeys[i] = i % time < ends[Math.floor(i / time)] ? ints[layout.tokens + i] : vocabulary;
    }
    const keys = vocabulary + 1;
    groupByIndex(tokenKeys, 0, tokenKeys.length, keys, words, layout.tokenStarts, layout.tokenOrder);
    const sequence = items * (prefix + time);
    groupByIndex(ints, layout.rowIndex, outputs, sequence, words, layout.rowStarts, layout.rowOrder);
  }

  /** Copies the pictures from the inputs to where the plan wants them. */
  placePictures(encoder: GPUCommandEncoder, inputs: GPUBuffer, arena: GPUBuffer): void {
    const input = this.plan.graph.operations.find((operation) => operation.op === 'patches');
    if (!input) return;
    const to = this.plan.values[input.out] * 4;
    encoder.copyBufferToBuffer(inputs, this.layout.patches * 4, arena, to, this.patchValues * 4);
  }

  /** The loss weights; null is zero. */
  fillWeights(
    logp: ArrayLike<number> | null,
    entropy: ArrayLike<number> | null,
    gradients: ArrayLike<number> | null,
  ): void {
    const { layout, floats } = this;
    const { outputs } = this.plan.shape;
    copyOrZero(floats, layout.logpWeights, outputs, logp);
    copyOrZero(floats, layout.entropyWeights, outputs, entropy);
    copyOrZero(floats, layout.gradients, layout.size - layout.gradients, gradients);
  }
}

function copyOrZero(target: Float32Array, at: number, length: number, values: ArrayLike<number> | null) {
  if (values) target.set(values, at);
  else target.fill(0, at, at + length);
}
