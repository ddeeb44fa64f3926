// Safety under a constraint: the advantage of the reward less that of the cost, weighed by a multiplier that follows the mean cost.

import type { AdvantageResult } from '../advantages/index.ts';
import { mean } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import { bearsCost } from '../rewards/index.ts';
import type { Group } from './rollout.ts';

/** Mean cost of the responses to prompts that can cost anything; null where there is none. */
export function meanCost(groups: readonly Group[]): number | null {
  const costs = groups
    .filter(({ prompt }) => bearsCost(prompt.label))
    .flatMap(({ samples }) => samples.map(({ terms }) => terms.cost));
  return costs.length === 0 ? null : mean(costs);
}

/**
 * lambda <- max(0, lambda + rate (mean cost - limit)), once an iteration before its update, as in Safe RLHF (arXiv 2310.12773 Eq. 31,
 * and its public code). There the step is taken on ln lambda, which never comes to 0; here lambda itself is stepped and kept from
 * falling below 0, so that a constraint that holds ends in the reward alone.
 */
export function nextMultiplier(
  multiplier: number,
  cost: number,
  { cost_limit, cost_rate }: Pick<Settings, 'cost_limit' | 'cost_rate'>,
): number {
  return Math.max(0, multiplier + cost_rate * (cost - cost_limit));
}

/** A = (A_reward - lambda A_cost) / (1 + lambda), both by the same estimator on the same groups. Source: the code of Safe RLHF. */
export function constrainedAdvantages(
  reward: AdvantageResult,
  cost: AdvantageResult,
  multiplier: number,
): Pick<AdvantageResult, 'token' | 'sequence'> {
  const weighed = (of: Float64Array, costs: Float64Array) =>
    of.map((value, i) => (value - multiplier * costs[i]) / (1 + multiplier));
  return {
    token: weighed(reward.token, cost.token),
    sequence: reward.sequence && cost.sequence && weighed(reward.sequence, cost.sequence),
  };
}
