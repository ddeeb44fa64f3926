// Float64 reference of the model head: logits to log-probs and entropy, and the way back to the logits.

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

/** Entropy -sum p log p of one row of log-probs, nats; a token with p = 0 adds nothing. */
export function entropyOfRow(logProbs: Floats): number {
  let entropy = 0;
  for (const logProb of logProbs)
    if (logProb > Number.NEGATIVE_INFINITY) entropy -= Math.exp(logProb) * logProb;
  return entropy;
}

/** Log-prob of each row's token and the row's entropy, both [rows], nats. `logits`: [rows*vocab]. */
export function logProbsOfTokens(
  logits: Floats,
  tokens: ArrayLike<number>,
  rows: number,
  vocab: number,
): { logp: Float64Array; entropy: Float64Array } {
  const logp = new Float64Array(rows);
  const entropy = new Float64Array(rows);
  const row = new Float64Array(vocab);
  for (let r = 0; r < rows; r += 1) {
    logSoftmaxRow(logits, r * vocab, vocab, row);
    logp[r] = row[tokens[r]];
    entropy[r] = entropyOfRow(row);
  }
  return { logp, entropy };
}

/**
 * Gradient with respect to the logits, [rows*vocab], of sum_r tokenWeights[r] logp_r + entropyWeights[r] H_r.
 *
 * dlogp/dlogits = onehot - p; dH/dlogits = -p (log p + H). Rows whose weights are both 0 are exactly 0.
 */
export function gradLogits(
  logits: Floats,
  tokens: ArrayLike<number>,
  tokenWeights: Floats,
  entropyWeights: Floats | null,
  rows: number,
  vocab: number,
): Float64Array {
  const grad = new Float64Array(rows * vocab);
  const row = new Float64Array(vocab);
  for (let r = 0; r < rows; r += 1) {
    const tokenWeight = tokenWeights[r];
    const entropyWeight = entropyWeights?.[r] ?? 0;
    if (tokenWeight === 0 && entropyWeight === 0) continue;
    logSoftmaxRow(logits, r * vocab, vocab, row);
    const entropy = entropyWeight === 0 ? 0 : entropyOfRow(row);
    for (let v = 0; v < vocab; v += 1) {
      const p = Math.exp(row[v]);
      const onehot = v === tokens[r] ? 1 : 0;
      grad[r * vocab + v] = tokenWeight * (onehot - p);
      if (entropyWeight !== 0 && p > 0) grad[r * vocab + v] -= entropyWeight * p * (row[v] + entropy);
    }
  }
  return grad;
}
