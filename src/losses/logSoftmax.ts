// Log-softmax of rows of logits, in float64.

import { exp, log } from '../base/exactMath.ts';
import type { Floats } from './types.ts';

// Plain loops over whole arrays: some 10^5 logits an iteration go through here.

/** log_softmax of `vocab` logits from `offset` on, each divided by the temperature, nats; written to `out` from the same place on. */
function logSoftmaxRow(
  logits: Floats,
  offset: number,
  vocab: number,
  out: Float64Array,
  temperature: number,
): void {
  const end = offset + vocab;
  let max = Number.NEGATIVE_INFINITY;
  for (let i = offset; i < end; i++) {
    const scaled = logits[i] / temperature;
    out[i] = scaled;
    if (scaled > max) max = scaled;
  }
  let total = 0;
  for (let i = offset; i < end; i++) total += exp(out[i] - max);
  const logTotal = max + log(total);
  for (let i = offset; i < end; i++) out[i] -= logTotal;
}

/** log_softmax of every row of logits / temperature, [rows*vocab]. */
export function logSoftmaxRows(logits: Floats, rows: number, vocab: number, temperature = 1): Float64Array {
  const out = new Float64Array(rows * vocab);
  for (let r = 0; r < rows; r += 1) logSoftmaxRow(logits, r * vocab, vocab, out, temperature);
  return out;
}
