// Normalisation over the whole batch, the last step of GDPO's normalise-then-sum.

import { isFlat, mean, standardDeviation } from '../base/numbers.ts';
import { sequenceResult } from './groups.ts';
import { type AdvantageDefinition, BASE_ADVANTAGE_OPTIONS } from './types.ts';

/** (x - mean) / (std + epsilon) over all values, unbiased std, [B]; exactly 0 where all are equal. */
export function normalizeBatch(values: ArrayLike<number>, epsilon: number): Float64Array {
  if (isFlat(values)) return new Float64Array(values.length);
  const center = mean(values);
  const scale = standardDeviation(values) + epsilon;
  return Float64Array.from(values, (value) => (value - center) / scale);
}

export const batchNorm: AdvantageDefinition = {
  name: 'Batch-normalised',
  description:
    'Reward normalised over the batch; with rewards that were normalised per term and group: GDPO.',
  source: 'GDPO, arXiv 2601.05242; TRL `multi_objective_aggregation`',
  knobs: ['epsilon'],
  defaults: BASE_ADVANTAGE_OPTIONS,
  compute: (input, options) => sequenceResult(input, normalizeBatch(input.rewards, options.epsilon)),
};
