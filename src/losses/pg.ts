// PG: neither clip nor drift; what CPGD is when both are off.

import { logProbLoss } from './logProbPolicy.ts';

export const pg = logProbLoss({
  name: 'PG',
  description: 'The plain policy gradient with a group baseline: no clip, no drift.',
  source: 'CPGD, arXiv 2505.12504, ablation',
  advantage: 'cpgd',
});
