// The plain policy gradient term -A logp, shared by REINFORCE, PG and PGD.

import { composeLoss } from './compose.ts';
import { importanceRatio } from './ratio.ts';
import { defineLoss, type LossDefinition, type LossFacts, type LossFunction } from './types.ts';

/** A loss that is -A logp under its own defaults and advantage; `knobs` beside those of every loss. */
export function logProbLoss(facts: LossFacts & Partial<Pick<LossDefinition, 'knobs'>>): LossDefinition {
  return defineLoss({
    knobs: [],
    ...facts,
    usesRatio: false,
    formula: () => '-A * logp',
    compute: logProbPolicy,
  });
}

/** L = -A logp: no ratio, no clip. Source: Williams (1992), REINFORCE. */
const logProbPolicy: LossFunction = (input, options) => {
  const { logp, advantage } = input;
  return composeLoss(
    input,
    options,
    (i) => ({ value: -advantage[i] * logp[i], gradLogp: -advantage[i], clipped: 0 }),
    importanceRatio(input, 'token'),
  );
};
