// CPG: CPGD without its policy drift (alpha = 0); the loss of the public SafeWork-T1 runs.

import { CLIP_KNOBS, clippedLogProbFormula, clippedPolicyGradientDrift } from './cpgd.ts';
import { defineLoss } from './types.ts';

export const cpg = defineLoss({
  name: 'CPG',
  description: 'CPGD without policy drift: only the clip on the log-prob.',
  source: 'CPGD, arXiv 2505.12504, ablation; opendilab/LightRFT `--use_cpg_loss`',
  advantage: 'cpgd',
  usesRatio: false,
  formula: clippedLogProbFormula,
  knobs: CLIP_KNOBS,
  compute: clippedPolicyGradientDrift,
});
