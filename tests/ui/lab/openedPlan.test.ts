// What a plan says of itself before it is started.

import { expect, test } from 'vitest';
import { resolvePreset } from '../../../src/config/index.ts';
import { planOfInput } from '../../../src/experiments/plans.ts';
import { openPlan, trainedText } from '../../../src/ui/state/lab/openedPlan.ts';

const { settings } = resolvePreset('quick');
const model = { name: 'm', preset: 'quick', settings } as never;
const said = (values: string[], overrides = {}) => {
  const factors = [{ setting: 'loss_type', values }];
  const plan = planOfInput({
    name: 'x',
    base: { model: 'm', after: 'heads' },
    overrides,
    factors,
    seeds: [1],
  });
  return trainedText(openPlan(plan, { releases: [model], runs: [] }));
};

test('stages that are left after the base, and the losses', () => {
  expect(said(['cpgd'])).toBe('Each trains Stage 1 (80 steps), Stage 2 (160 steps), RL by cpgd.');
  const short = { stages: ['sft', 'heads', 'stage2'], stage2_steps: 40 };
  expect(said(['cpgd', 'rloo'], short)).toBe('Each trains Stage 2 (40 steps), RL by cpgd, rloo.');
});
