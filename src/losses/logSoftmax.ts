// Log-softmax of rows of logits, in float64.

import type { Floats } from './types.ts';

/** log_softmax of `vocab` logits starting at `offset`, nats; written to `out` [vocab]. */
export function logSoftmaxRow(
  logits: Floats,
  offset: number,
  vocab: number,
  out: Float64Array,
): Float64Array {
  let max = Number.NEGATIVE_INFINITY;
  for (let v = 0; v < vocab; v += 1) max = Math.max(max, logits[offset + v]);
  let total = 0;
  for (let v = 0; v < vocab; v += 1) total += Math.exp(logits[offset + v] - max);
  const logTotal = max + Math.log(total);
  for (let v = 0; v < vocab; v += 1) out[v] = logits[offset + v] - logTotal;
  return out;
}

/** log_softmax of every row, [rows*vocab]. */
export function logSoftmaxRows(logits: Floats, rows: number, vocab: number): Float64Array {
  const out = new Float64Array(rows * vocab);
  for (let r = 0; r < rows; r += 1) {
    logSoftmaxRow(logits, r * vocab, vocab, out.subarray(r * vocab, (r + 1) * vocab));
  }
  return out;
}
