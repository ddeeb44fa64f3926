// DPO: a preference loss on the best and the worst response of each group, as the reward heads rank them.

import { exp, log1p } from '../base/exactMath.ts';
import { extent } from '../base/numbers.ts';
import { composeLoss } from './compose.ts';
import { defineLoss, type LossFunction, type TokenLossInput } from './types.ts';

/**
 * -log sigma(beta (d_chosen - d_rejected)), d = sum over the tokens of log p - log p_ref; mean over prompts. Groups of equal advantages
 * hold no pair. Source: DPO, arXiv 2305.18290 Eq. 7.
 * @throws Error without reference log-probs.
 */
const preference: LossFunction = (input, options) => {
  if (input.refLogp === null) throw new Error('DPO needs reference log-probs: keep a reference policy.');
  const result = composeLoss(input, options, () => ({ value: 0, clipped: 0 }));
  const { breakdown } = result;
  const { objective } = breakdown;
  const { batch, groupSize, mask } = input;
  const prompts = Math.ceil(batch / groupSize);
  const beta = options.preferenceBeta;
  for (let start = 0; start < batch; start += groupSize) {
    const rows = Array.from({ length: Math.min(groupSize, batch - start) }, (_, i) => start + i);
    const advantages = rows.map((row) => advantageOf(input, row));
    const [worst, best] = extent(advantages);
    const chosen = rows[advantages.indexOf(best)];
    const rejected = rows[advantages.indexOf(worst)];
    if (chosen === rejected) continue;
    const distance = distanceOf(input, chosen) - distanceOf(input, rejected);
    const margin = beta * distance;
    const value = Math.max(0, -margin) + log1p(exp(-Math.abs(margin)));
    result.loss += value / prompts;
    const pull = (beta * (margin > 0 ? exp(-margin) / (1 + exp(-margin)) : 1 / (1 + exp(margin)))) / prompts;
    const own = [chosen, rejected].flatMap((row) => positionsOf(input, row)).filter((i) => mask[i] !== 0);
    for (const i of own) {
      const gradient = Math.floor(i / input.time) === chosen ? -pull : pull;
      result.gradLogp[i] += gradient;
      // The pair has one loss: its tokens have equal shares of it.
      const weight = 1 / (prompts * own.length);
      objective.gradLogp[i] = gradient;
      objective.loss[i] = weight * value;
      breakdown.weights[i] = weight;
      breakdown.values[i] = value;
      breakdown.logRatios[i] = distance;
    }
  }
  return result;
};

const positionsOf = ({ time }: TokenLossInput, row: number): number[] =>
  Array.from({ length: time }, (_, t) => row * time + t);

/** The advantage of a response: that of its first token. */
function advantageOf(input: TokenLossInput, row: number): number {
  const at = positionsOf(input, row).find((i) => input.mask[i] !== 0);
  return at === undefined ? 0 : input.advantage[at];
}

/** log p - log p_ref of a whole response, nats. */
function distanceOf(input: TokenLossInput, row: number): number {
  const { logp, refLogp, mask } = input;
  let distance = 0;
  for (const i of positionsOf(input, row)) if (mask[i] !== 0) distance += logp[i] - refLogp![i];
  return distance;
}

export const dpo = defineLoss({
  name: 'DPO',
  description:
    'An offline preference loss: the reference samples, the heads rank, and the best response of a group is preferred to the worst.',
  source: 'DPO, arXiv 2305.18290 Eq. 7',
  advantage: 'group',
  usesRatio: true,
  formula: () => '-log(sigmoid(b * l))',
  samplesFrom: 'reference',
  knobs: ['preferenceBeta'],
  defaults: { lossAggMode: 'prompt-token-mean' },
  compute: preference,
});
