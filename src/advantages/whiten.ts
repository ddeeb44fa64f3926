// Whitening of token advantages over all valid tokens of a batch.

import { isFlat, mean, validValues, variance } from '../base/numbers.ts';

/**
 * (x - mean) / sqrt(var + 1e-8) over valid tokens, [B*T]; 0 on padding, exactly 0 where all are equal.
 * `unbiased` divides the variance by n - 1 (verl `masked_whiten`); `biased` by n, with max(var, 1e-8) (OpenRLHF).
 */
export function whiten(
  values: ArrayLike<number>,
  mask: ArrayLike<number>,
  mode: 'none' | 'unbiased' | 'biased',
): Float64Array {
  const valid = validValues(values, mask);
  if (mode === 'none') return Float64Array.from(values, (value, i) => (mask[i] === 0 ? 0 : value));
  if (isFlat(valid)) return new Float64Array(values.length);
  const center = mean(valid);
  const scale =
    mode === 'unbiased'
      ? Math.sqrt(variance(valid, 1) + 1e-8)
      : Math.sqrt(Math.max(variance(valid, 0), 1e-8));
  return Float64Array.from(values, (value, i) => (mask[i] === 0 ? 0 : (value - center) / scale));
}
