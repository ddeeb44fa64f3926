// PGD: CPGD without its clip; policy drift alone holds the policy.

import { logProbLoss } from './logProbPolicy.ts';
import { DRIFT_KNOBS } from './types.ts';

export const pgd = logProbLoss({
  name: 'PGD',
  description: 'CPGD without the clip: the plain policy gradient with policy drift.',
  source: 'CPGD, arXiv 2505.12504, ablation',
  advantage: 'cpgd',
  knobs: DRIFT_KNOBS,
  defaults: { policyDriftCoef: 0.01 },
});
