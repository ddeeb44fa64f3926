// The weight `clip_filter` of CPGD as it is trained: over all groups that an iteration sampled.

import { expect, test } from 'vitest';
import type { SettingsInput } from '../../src/config/index.ts';
import type { SampleBatch } from '../../src/storage/index.ts';
import { samplesOf, trainRl } from './harness.ts';

const FILTERED: SettingsInput = {
  advantage_weight: 'clip_filter',
  filter_groups: true,
  score_mode: 'hard',
  prompts_per_step: 12,
  stage1_steps: 4,
};

/** Totals and advantages of each group. */
function groupsOf({ terms, advantages, promptIds }: SampleBatch) {
  const size = advantages.length / promptIds.length;
  return promptIds.map((_, g) => ({
    rewards: Array.from(terms.total.slice(g * size, (g + 1) * size)),
    advantages: Array.from(advantages.slice(g * size, (g + 1) * size)),
  }));
}

const spreads = (values: readonly number[]) => values.some((value) => value !== values[0]);

test.each([
  ['', {}],
  [', with those that dynamic sampling discarded', { dynamic_sampling: true }],
])('CASES 34: clip_filter counts all sampled groups%s', async (_, more: SettingsInput) => {
  const { store } = await trainRl({ ...FILTERED, ...more });
  let leftOut = 0;
  for (const batch of await samplesOf(store)) {
    const groups = groupsOf(batch);
    const alive = groups.filter(({ rewards }) => spreads(rewards)).length;
    const weight = Math.min(3, groups.length / Math.max(1, alive));
    for (const { rewards, advantages } of groups) {
      const mean = rewards.reduce((sum, value) => sum + value, 0) / rewards.length;
      if (advantages.every((advantage) => advantage === 0)) {
        leftOut++;
        continue;
      }
      advantages.forEach((advantage, i) => {
        expect(advantage).toBeCloseTo(weight * (rewards[i] - mean), 5);
      });
      expect(weight).toBeGreaterThan(1);
    }
  }
  expect(leftOut).toBeGreaterThan(0);
});
