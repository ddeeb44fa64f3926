// The plain policy gradient term -A logp, shared by REINFORCE and PG.

import { composeLoss } from './compose.ts';
import { importanceRatio } from './ratio.ts';
import type { LossOptions, TokenLossInput, TokenLossResult } from './types.ts';

/** L = -A logp: no ratio, no clip. Source: Williams (1992), REINFORCE. */
export function logProbPolicy(input: TokenLossInput, options: LossOptions): TokenLossResult {
  const { logp, advantage } = input;
  return composeLoss(
    input,
    options,
    (i) => ({ value: -advantage[i] * logp[i], gradLogp: -advantage[i], clipped: 0 }),
    importanceRatio(input, 'token'),
  );
}
