// A batch as tensors: tokens, pictures, output rows, masks and rotation tables.

import { cos as cosine, exp, log, sin as sine } from '../../base/exactMath.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { BACKBONES, ROPE_BASE } from '../../terms/model.ts';
import { checkRow, sequenceRow } from '../plan/lengths.ts';
import type { OutputRows, SequenceBatch } from '../types.ts';
import type { Tensor, Tensor1D, Tensor2D, Tf } from './tf.ts';

/** Added to the score of a hidden key: its weight becomes exactly 0 in float32. */
const HIDDEN = -1e9;

export type RopeTables = { cos: Tensor; sin: Tensor; turn: Tensor2D };

/** What the full graph reads. All tensors belong to the caller, who calls `dispose`. */
export type BatchInputs = {
  batch: number;
  /** Text rows per item. */
  time: number;
  /** int32 [batch x time] */
  tokens: Tensor1D;
  /** [batch x image tokens, patch values]; null without vision. */
  patches: Tensor2D | null;
  /** int32 [rows]: output rows in the joined sequence. */
  rows: Tensor1D;
  /** int32 [batch x sequence]: where each sequence row went; see pickRows. */
  source: Tensor1D | null;
  /** [1 or batch, 1, sequence, sequence] */
  mask: Tensor;
  rope: RopeTables | null;
  /** Gives one more tensor of the pass into the care of `dispose`. */
  own<T extends Tensor>(tensor: T): T;
  dispose(): void;
};

/**
 * Makes the inputs of a batch; the caller's arrays are copied, since backends upload late or keep references.
 * @throws RangeError on rows out of range.
 */
export function makeInputs(tf: Tf, spec: ModelSpec, batch: SequenceBatch, rows: OutputRows): BatchInputs {
  const prefix = spec.imageTokens;
  const sequence = prefix + batch.time;
  const total = batch.batch * batch.time;
  const index = new Int32Array(rows.length);
  const source = new Int32Array(batch.batch * sequence).fill(rows.length);
  let unique = true;
  for (let r = 0; r < rows.length; r++) {
    checkRow(rows[r], batch);
    index[r] = sequenceRow(rows[r], batch.time, batch.time, prefix);
    unique &&= source[index[r]] === rows.length;
    source[index[r]] = r;
  }
  const made: Tensor[] = [];
  const own = <T extends Tensor>(tensor: T): T => {
    made.push(tensor);
    return tensor;
  };
  const values = batch.batch * prefix * spec.patchValues;
  const positions = Int32Array.from({ length: sequence }, (_, position) => position);
  const rope = ropeTables(tf, spec, positions, [1, sequence]);
  if (rope) made.push(rope.cos, rope.sin, rope.turn);
  return {
    batch: batch.batch,
    time: batch.time,
    tokens: own(tf.tensor1d(batch.tokens.slice(0, total), 'int32')),
    patches:
      prefix > 0
        ? own(
            tf.tensor2d(batch.patches ? batch.patches.slice(0, values) : new Float32Array(values), [
              batch.batch * prefix,
              spec.patchValues,
            ]),
          )
        : null,
    rows: own(tf.tensor1d(index, 'int32')),
    source: unique ? own(tf.tensor1d(source, 'int32')) : null,
    mask: own(causalMask(tf, prefix, batch)),
    rope,
    own,
    dispose: () => tf.dispose(made),
  };
}

/**
 * Causal after the image: image rows see all image rows, text rows what stands before them. Items without a picture do not
 * see the image rows (which then see themselves alone, so that no row is empty).
 */
function causalMask(tf: Tf, prefix: number, { batch, time, hasImage }: SequenceBatch): Tensor {
  const sequence = prefix + time;
  const same = prefix === 0 || hasImage.every((has) => has === hasImage[0]);
  const items = same ? 1 : batch;
  const mask = new Float32Array(items * sequence * sequence).fill(HIDDEN);
  for (let b = 0; b < items; b++) {
    const start = hasImage[b] ? 0 : prefix;
    for (let i = 0; i < sequence; i++) {
      const from = Math.min(i, start);
      const to = i < start ? i + 1 : i < prefix ? prefix : i + 1;
      const row = (b * sequence + i) * sequence;
      mask.fill(0, row + from, row + to);
    }
  }
  return tf.tensor4d(mask, [items, 1, sequence, sequence]);
}

/** Rotation tables for the rows of `positions`; cos and sin are [...shape, 3 width]. Null for a backbone that rotates nothing. */
export function ropeTables(
  tf: Tf,
  spec: ModelSpec,
  positions: Int32Array,
  shape: [number, number],
): RopeTables | null {
  if (BACKBONES[spec.config.backbone].positions !== 'rope') return null;
  const { width, heads } = spec.dimensions;
  const size = width / heads;
  const half = size / 2;
  const cos = new Float32Array(positions.length * 3 * width).fill(1);
  const sin = new Float32Array(positions.length * 3 * width);
  for (let row = 0; row < positions.length; row++) {
    for (let column = 0; column < 2 * width; column++) {
      const angle = positions[row] * exp((-((column % size) % half) / half) * log(ROPE_BASE));
      cos[row * 3 * width + column] = cosine(angle);
      sin[row * 3 * width + column] = sine(angle);
    }
  }
  const turn = new Float32Array(size * size);
  for (let i = 0; i < half; i++) {
    turn[(half + i) * size + i] = -1;
    turn[i * size + half + i] = 1;
  }
  return {
    cos: tf.tensor3d(cos, [...shape, 3 * width]),
    sin: tf.tensor3d(sin, [...shape, 3 * width]),
    turn: tf.tensor2d(turn, [size, size]),
  };
}

/** The key mask of one decode step: row s sees keys start[s] .. position[s]; [rows, 1, 1, capacity]. */
export function decodeMask(tf: Tf, starts: Int32Array, positions: Int32Array, capacity: number): Tensor {
  const mask = new Float32Array(starts.length * capacity).fill(HIDDEN);
  starts.forEach((start, s) => {
    mask.fill(0, s * capacity + start, s * capacity + positions[s] + 1);
  });
  return tf.tensor4d(mask, [starts.length, 1, 1, capacity]);
}

/** 1 at each row's position, else 0: [rows, 1, capacity, 1]. */
export function decodeSlots(tf: Tf, positions: Int32Array, capacity: number): Tensor {
  const hot = new Float32Array(positions.length * capacity);
  positions.forEach((position, s) => {
    hot[s * capacity + position] = 1;
  });
  return tf.tensor4d(hot, [positions.length, 1, capacity, 1]);
}
