// The graph's operations written in tfjs, around the known faults of its backends.

import { NORM_EPSILON } from '../../terms/model.ts';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Tf } from './tf.ts';

/** Softmax rows that tfjs's WebGPU kernel dispatches without overrun. */
const MAX_SOFTMAX_ROWS = 65535;

/** One-hot rows as float32 [n, depth]; by a cast, since the wasm backend writes integer bits into a float one-hot. */
export function oneHot(tf: Tf, index: Tensor1D, depth: number): Tensor2D {
  return tf.cast(tf.oneHot(index, depth, 1, 0, 'int32') as Tensor2D, 'float32');
}

/**
 * x[rows]. The gradient is a one-hot product: reproducible on GPUs, and there on wasm, which has none for gather. `source` says
 * for each row of x which output row it became (or the count of output rows for none), which makes the gradient a gather too; null
 * where a row may be asked for twice.
 */
export function pickRows(tf: Tf, x: Tensor2D, rows: Tensor1D, source: Tensor1D | null): Tensor2D {
  const [size, cols] = x.shape;
  const run = tf.customGrad((...inputs) => ({
    value: tf.gather(inputs[0] as Tensor2D, rows),
    gradFunc: (dy: Tensor2D) =>
      source === null
        ? tf.matMul(oneHot(tf, rows, size), dy, true, false)
        : tf.gather(tf.concat([dy, tf.zeros([1, cols]) as Tensor2D], 0), source),
  }));
  return run(x);
}

/** RMSNorm or LayerNorm over the columns. */
export function norm(
  tf: Tf,
  kind: 'rms' | 'layer',
  x: Tensor2D,
  gain: Tensor,
  bias: Tensor | null,
): Tensor2D {
  const centred: Tensor2D = kind === 'layer' ? tf.sub(x, tf.mean(x, 1, true)) : x;
  const variance = tf.mean(tf.mul(centred, centred), 1, true);
  const scaled: Tensor2D = tf.mul(tf.mul(centred, tf.rsqrt(tf.add(variance, NORM_EPSILON))), gain);
  return bias ? tf.add(scaled, bias) : scaled;
}

/** silu(first half) * second half. */
export function swiglu(tf: Tf, x: Tensor2D): Tensor2D {
  const [gate, up] = tf.split(x, 2, 1);
  return tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
}

/** GELU, tanh form, as x sigmoid(2u), u = sqrt(2 / pi) (x + 0.044715 x^3). */
export function gelu(tf: Tf, x: Tensor2D): Tensor2D {
  const cubic = tf.mul(tf.mul(tf.mul(x, x), x), 0.044715);
  return tf.mul(x, tf.sigmoid(tf.mul(tf.add(x, cubic), 1.5957691216)));
}

/**
 * Rotates query and key of [rows, 3 width] (RoFormer). `cos`, `sin` are [items or 1, time, 3 width], 1 and 0 over the value third;
 * `turn` [size, size] swaps the halves of a head and negates one.
 */
export function rope(
  tf: Tf,
  x: Tensor2D,
  tables: { cos: Tensor; sin: Tensor; turn: Tensor2D },
  time: number,
): Tensor2D {
  const [rows, cols] = x.shape;
  const size = tables.turn.shape[0];
  const turned = tf.matMul(tf.reshape(x, [-1, size]) as Tensor2D, tables.turn);
  const shape: [number, number, number] = [rows / time, time, cols];
  const rotated = tf.add(
    tf.mul(tf.reshape(x, shape), tables.cos),
    tf.mul(tf.reshape(turned, shape), tables.sin),
  );
  return tf.reshape(rotated, [rows, cols]);
}

/** [rows, 3 width] to query, key, value, each [items, heads, time, size]. */
export function splitHeads(tf: Tf, qkv: Tensor2D, time: number, heads: number): Tensor4D[] {
  const [rows, cols] = qkv.shape;
  const size = cols / 3 / heads;
  return tf
    .split(qkv, 3, 1)
    .map(
      (part): Tensor4D =>
        tf.transpose(tf.reshape(part, [rows / time, time, heads, size]) as Tensor4D, [0, 2, 1, 3]),
    );
}

/** Attention weights softmax(q k^T / sqrt(size) + mask), [items, heads, queries, keys]. */
export function attentionWeights(tf: Tf, q: Tensor4D, k: Tensor4D, mask: Tensor | null): Tensor4D {
  const scores: Tensor4D = tf.matMul(tf.mul<Tensor4D>(q, 1 / Math.sqrt(q.shape[3])), k, false, true);
  return softmax(tf, mask ? tf.add<Tensor4D>(scores, mask) : scores);
}

/** [items, heads, time, size] back to [rows, width]. */
export function joinHeads(tf: Tf, x: Tensor4D): Tensor2D {
  const [items, heads, time, size] = x.shape;
  return tf.reshape(tf.transpose(x, [0, 2, 1, 3]), [items * time, heads * size]);
}

function softmax(tf: Tf, x: Tensor4D): Tensor4D {
  const keys = x.shape[3];
  if (x.size / keys <= MAX_SOFTMAX_ROWS) return tf.softmax(x);
  const run = tf.customGrad((...inputs) => {
    const logits = inputs[0] as Tensor4D;
    const save = inputs[1] as unknown as (tensors: Tensor[]) => void;
    const raised = tf.exp(tf.sub(logits, tf.max(logits, 3, true)));
    const value: Tensor4D = tf.div(raised, tf.sum(raised, 3, true));
    save([value]);
    return {
      value,
      gradFunc: (dy: Tensor4D, saved: Tensor[]) =>
        tf.mul(saved[0], tf.sub(dy, tf.sum(tf.mul(dy, saved[0]), 3, true))) as Tensor4D,
    };
  });
  return run(x);
}
