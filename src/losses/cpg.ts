// CPG: CPGD without its policy drift (alpha = 0); the loss of the public SafeWork-T1 runs.

import { CLIP_KNOBS, clippedPolicyGradientDrift } from './cpgd.ts';
import { COMMON_KNOBS, type LossDefinition, NEUTRAL_OPTIONS } from './types.ts';

export const cpg: LossDefinition = {
  name: 'CPG',
  description: 'CPGD without policy drift: only the clip on the log-prob.',
  source: 'CPGD, arXiv 2505.12504, ablation; opendilab/LightRFT `--use_cpg_loss`',
  advantage: 'cpgd',
  knobs: [...CLIP_KNOBS, ...COMMON_KNOBS],
  defaults: NEUTRAL_OPTIONS,
  compute: (input, options) => clippedPolicyGradientDrift(input, { ...options, policyDriftCoef: 0 }),
};
