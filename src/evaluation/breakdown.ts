// Scores by attack or by task family: which ones the policy masters, and on which it fails.

import type { Suite, SuiteScore } from '../terms/suites.ts';
import type { World } from '../world/index.ts';
import { type ScoredItem, scoreSuite } from './score.ts';

/**
 * The first metric of each suite per group, with its Wilson interval; `metric` is the group. Prompts in no group are left out, and so is
 * the suite `attacker`, whose own scores name the families.
 */
export function scoreBy(
  grouping: 'attack' | 'family',
  suites: readonly { readonly suite: Suite; readonly items: readonly ScoredItem[] }[],
  world: Pick<World, 'judge'>,
): SuiteScore[] {
  return suites.flatMap(({ suite, items }) => {
    if (suite === 'attacker') return [];
    const groups = [...new Set(items.flatMap(({ prompt }) => prompt[grouping] ?? []))].sort();
    return groups.map((group) => {
      const own = items.filter(({ prompt }) => prompt[grouping] === group);
      return { ...scoreSuite(suite, own, world)[0], metric: group };
    });
  });
}
