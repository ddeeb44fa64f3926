// Aggregation: the weight of each token in the loss, so that loss = sum of weight x per-token loss.

import { sequenceLengths, sum } from '../base/numbers.ts';
import type { LossOptions, TokenLossInput } from './types.ts';

type Shape = Pick<TokenLossInput, 'batch' | 'time' | 'groupSize' | 'mask'>;
type Mode = Pick<LossOptions, 'lossAggMode' | 'maxCompletionLength' | 'itemsInBatch'>;

/**
 * Weight of each token under `lossAggMode`, [B*T]; 0 on padding.
 * Sequences without a valid token count in the means over sequences (as in TRL), with loss 0.
 */
export function aggregationWeights(shape: Shape, options: Mode): Float64Array {
  const { batch, time, mask } = shape;
  const perSequence = sequenceWeights(shape, options);
  const weights = new Float64Array(batch * time);
  for (let b = 0; b < batch; b += 1) {
    for (let t = 0; t < time; t += 1) {
      if (mask[b * time + t] !== 0) weights[b * time + t] = perSequence[b];
    }
  }
  return weights;
}

/** What the loss of a batch is a mean over under `lossAggMode`: its tokens, completions or prompts. */
export function aggregationCount(
  { batch, groupSize, mask }: Shape,
  mode: LossOptions['lossAggMode'],
): number {
  if (mode === 'token-mean') return sum(mask);
  return mode === 'prompt-token-mean' ? Math.ceil(batch / groupSize) : batch;
}

/** Weight of each token's entropy in `coefficient` x the mean entropy of valid tokens, [rows]. */
export function entropyWeights(mask: ArrayLike<number>, coefficient = 1): Float64Array {
  const count = Math.max(sum(mask), 1);
  return Float64Array.from(mask, (valid) => (valid === 0 ? 0 : coefficient / count));
}

/** The weight shared by the valid tokens of each sequence, [B]. */
function sequenceWeights(shape: Shape, options: Mode): Float64Array {
  const { batch, groupSize } = shape;
  const lengths = sequenceLengths(shape.mask, batch, shape.time);
  switch (options.lossAggMode) {
    case 'token-mean':
      return new Float64Array(batch).fill(1 / Math.max(options.itemsInBatch ?? sum(lengths), 1));
    case 'seq-mean-token-mean':
      return lengths.map((length) => 1 / (batch * Math.max(length, 1)));
    case 'seq-mean-token-sum':
      return new Float64Array(batch).fill(1 / batch);
    case 'fixed-length':
      return new Float64Array(batch).fill(1 / (batch * options.maxCompletionLength));
    case 'prompt-token-mean': {
      const prompts = Math.ceil(batch / groupSize);
      const weights = new Float64Array(batch);
      for (let start = 0; start < batch; start += groupSize) {
        const tokens = sum(lengths.subarray(start, start + groupSize));
        weights.fill(1 / (prompts * Math.max(tokens, 1)), start, start + groupSize);
      }
      return weights;
    }
  }
}
