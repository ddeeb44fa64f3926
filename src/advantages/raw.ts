// The reward itself as the advantage: REINFORCE without a baseline.

import { sequenceResult } from './groups.ts';
import { type AdvantageDefinition, BASE_ADVANTAGE_OPTIONS } from './types.ts';

export const raw: AdvantageDefinition = {
  name: 'Raw reward',
  description: 'A = R, no baseline.',
  source: 'Williams (1992)',
  knobs: [],
  defaults: BASE_ADVANTAGE_OPTIONS,
  compute: (input) => sequenceResult(input, Float64Array.from(input.rewards)),
};
