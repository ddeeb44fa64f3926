// The entropy bonus: mean entropy over valid tokens and its gradient with respect to the logits.

import { maskedMean, sum } from '../base/numbers.ts';
import { gradLogits, logProbsOfTokens } from './logSoftmax.ts';
import type { Floats } from './types.ts';

/** Weight of each token's entropy in the mean over valid tokens, [rows]; times a coefficient, the bonus's weight. */
export function entropyWeights(mask: ArrayLike<number>, coefficient = 1): Float64Array {
  const count = Math.max(sum(mask), 1);
  return Float64Array.from(mask, (valid) => (valid === 0 ? 0 : coefficient / count));
}

/** Mean entropy over valid tokens, nats, and d(mean entropy)/dlogits, [rows*vocab]. `logits`: [rows*vocab]. */
export function meanEntropy(
  logits: Floats,
  mask: ArrayLike<number>,
  vocab: number,
): { meanEntropy: number; gradLogits: Float64Array } {
  const rows = mask.length;
  const tokens = new Int32Array(rows);
  const { entropy } = logProbsOfTokens(logits, tokens, rows, vocab);
  return {
    meanEntropy: maskedMean(entropy, mask),
    gradLogits: gradLogits(logits, tokens, new Float64Array(rows), entropyWeights(mask), rows, vocab),
  };
}
