// PG: neither clip nor drift; what CPGD is when both are off.

import { logProbPolicy } from './logProbPolicy.ts';
import { COMMON_KNOBS, type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const pg: LossDefinition = {
  name: 'PG',
  description: 'The plain policy gradient with a group baseline: no clip, no drift.',
  source: 'CPGD, arXiv 2505.12504, ablation',
  advantage: 'cpgd',
  knobs: COMMON_KNOBS,
  defaults: NEUTRAL_OPTIONS,
  compute: (input, options) => logProbPolicy(input, { ...options, policyDriftCoef: 0 }),
};
