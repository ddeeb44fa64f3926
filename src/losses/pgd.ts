// PGD: CPGD without its clip; policy drift alone holds the policy.

import { logProbPolicy } from './logProbPolicy.ts';
import { COMMON_KNOBS, DRIFT_KNOBS, type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const pgd: LossDefinition = {
  name: 'PGD',
  description: 'CPGD without the clip: the plain policy gradient with policy drift.',
  source: 'CPGD, arXiv 2505.12504, ablation',
  advantage: 'cpgd',
  knobs: [...DRIFT_KNOBS, ...COMMON_KNOBS],
  defaults: { ...NEUTRAL_OPTIONS, policyDriftCoef: 0.01 },
  compute: logProbPolicy,
};
