// DAPO's dynamic sampling: which groups have anything to teach.

import { groupsOf } from './groups.ts';

/**
 * For each group, whether its scores vary, [B / groupSize]; groups where they do not give zero advantages.
 *
 * Give the *task-aware* scores, not the total reward: noise in the format term keeps dead groups alive otherwise.
 * Source: DAPO, arXiv 2503.14476 Eq. 11.
 */
export function groupsToKeep(scores: ArrayLike<number>, groupSize: number): boolean[] {
  return groupsOf(scores, groupSize).map((group) => !group.flat);
}
