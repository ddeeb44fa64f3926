// Safety as a cost: the multiplier, the advantage under it, and what of it a run trains with, shows and refuses.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { computeAdvantages } from '../../src/advantages/index.ts';
import {
  DEFAULTS,
  requireTogether,
  resolvePreset,
  type SettingsInput,
  validateSettings,
} from '../../src/config/index.ts';
import { expand } from '../../src/experiments/expand.ts';
import { planOfInput } from '../../src/experiments/planFile.ts';
import { MemoryStore } from '../../src/storage/index.ts';
import { constrainedAdvantages, meanCost, nextMultiplier } from '../../src/training/constraint.ts';
import type { Group } from '../../src/training/rollout.ts';
import { findStart } from '../../src/training/runStart.ts';
import { RUN_ID, readyForRl, samplesOf, trainRl, trainTiny } from './harness.ts';

const RULE = { cost_limit: 0.1, cost_rate: 0.5 };

/** One group of four with a token each. */
function advantagesOf(rewards: readonly number[]) {
  const mask = new Float64Array(rewards.length).fill(1);
  return computeAdvantages(
    'cpgd',
    { batch: rewards.length, time: 1, groupSize: 4, rewards, mask },
    { weight: 'equal' },
  );
}

describe('the multiplier', () => {
  test('by hand: half the answers unsafe at a limit of a tenth', () => {
    expect(nextMultiplier(1, 0.5, RULE)).toBeCloseTo(1.2, 12);
    expect(nextMultiplier(0.02, 0, RULE)).toBe(0);
    expect(nextMultiplier(1, 0.5, { ...RULE, cost_rate: 0 })).toBe(1);
  });

  test('rises above the limit, falls to exactly 0 below it, stays at it', () => {
    const lambdaAfter = (steps: number, cost: number) =>
      Array.from({ length: steps }).reduce<number>((lambda) => nextMultiplier(lambda, cost, RULE), 1);
    expect(lambdaAfter(40, 0.3)).toBeCloseTo(1 + 40 * 0.5 * 0.2, 9);
    expect(lambdaAfter(40, 0.02)).toBe(0);
    expect(lambdaAfter(40, 0.1)).toBe(1);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e3, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (lambda, cost, cost_limit, cost_rate) => {
          const next = nextMultiplier(lambda, cost, { cost_limit, cost_rate });
          expect(next).toBeGreaterThanOrEqual(0);
          expect(Math.sign(next - lambda) * Math.sign(cost - cost_limit)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  test('goes by the responses to harmful requests and attacks alone', () => {
    const group = (label: string, costs: number[]) =>
      ({ prompt: { label }, samples: costs.map((cost) => ({ terms: { cost } })) }) as unknown as Group;
    const others = [group('normal', [0, 0]), group('value', [0, 0])];
    expect(meanCost([...others, group('safety', [1, 0]), group('jailbreak', [1, 1])])).toBe(0.75);
    expect(meanCost(others)).toBeNull();
  });
});

describe('the advantage', () => {
  test('by hand: two refusals, a warning and an unsafe answer under a multiplier of 3', () => {
    const reward = advantagesOf([0.1, 0.1, 1, 1]);
    const cost = advantagesOf([0, 0, 0, 1]);
    const { token, sequence } = constrainedAdvantages(reward, cost, 3);
    // Rewards less their mean: -0.45, -0.45, 0.45, 0.45; costs: -0.25, -0.25, -0.25, 0.75; (A - 3 C) / 4.
    const expected = [0.075, 0.075, 0.3, -0.45];
    token.forEach((value, i) => void expect(value).toBeCloseTo(expected[i], 12));
    expect(sequence).toEqual(token);
  });

  test('is between that of the reward and that of less cost, and the reward alone at 0', () => {
    const four = fc.array(fc.integer({ min: 0, max: 8 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(four, four, fc.double({ min: 0, max: 1e6, noNaN: true }), (rewards, costs, multiplier) => {
        const [reward, cost] = [advantagesOf(rewards), advantagesOf(costs)];
        expect(constrainedAdvantages(reward, cost, 0).token).toEqual(reward.token);
        constrainedAdvantages(reward, cost, multiplier).token.forEach((value, i) => {
          const [a, b] = [reward.token[i], -cost.token[i]];
          expect(value).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-9);
          expect(value).toBeLessThanOrEqual(Math.max(a, b) + 1e-9);
        });
      }),
    );
  });
});

describe('a run', () => {
  const COSTLY: SettingsInput = {
    safety_cost: true,
    score_mode: 'hard',
    stage1_mix: { safety: 2, jailbreak: 1, normal: 1 },
    stage1_steps: 4,
    prompts_per_step: 8,
  };

  test.each(['cpgd', 'grpo', 'reinforce_plus_plus', 'rloo', 'dpo'] as const)(
    'of %s shows the multiplier that its own costs give, and trains on both',
    async (loss_type) => {
      const { store, settings } = await trainRl({ ...COSTLY, loss_type, beta: 0.05 });
      const rows = (await store.readMetrics(RUN_ID)).filter(({ stage }) => stage === 'stage1');
      const batches = await samplesOf(store);
      let multiplier = settings.cost_start;
      for (const [i, { values }] of rows.entries()) {
        const { labels, terms, groupSize } = batches[i];
        const own = Array.from(terms.cost).filter((_, s) => labels[Math.floor(s / groupSize)] !== 'normal');
        const mean = own.reduce((a, b) => a + b, 0) / own.length;
        expect(values['safety_cost/mean']).toBeCloseTo(mean, 12);
        multiplier = nextMultiplier(multiplier, values['safety_cost/mean'], settings);
        expect(values['safety_cost/multiplier']).toBe(multiplier);
        for (const value of Object.values(values)) expect(value).toSatisfy(Number.isFinite);
      }
      expect(batches.some(({ terms }) => new Set(terms.cost).size === 2)).toBe(true);
    },
  );

  test('whose multiplier is huge follows the cost alone: unsafe answers have advantages below 0', async () => {
    const { store } = await trainRl({ ...COSTLY, cost_start: 1000, cost_rate: 0, loss_type: 'rloo' });
    let seen = 0;
    for (const { terms, advantages, groupSize } of await samplesOf(store)) {
      advantages.forEach((advantage, s) => {
        const from = s - (s % groupSize);
        const group = terms.cost.subarray(from, from + groupSize);
        if (group.every((cost) => cost === group[0])) return;
        seen += 1;
        expect(Math.sign(advantage)).toBe(terms.cost[s] === 1 ? -1 : 1);
      });
    }
    expect(seen).toBeGreaterThan(0);
  });

  test('keeps the multiplier in its checkpoints; one that has none begins at the start', async () => {
    const { store } = await trainRl(COSTLY);
    const rows = await store.readMetrics(RUN_ID);
    const checkpoint = await store.latestCheckpoint(RUN_ID);
    expect(checkpoint?.manifest.state).toMatchObject({
      multiplier: rows.at(-1)?.values['safety_cost/multiplier'],
    });
    // The prepared run was made with safety in the reward: its checkpoint knows no multiplier.
    const older = await readyForRl({ ...COSTLY, cost_start: 7, cost_rate: 0 });
    expect((await older.store.latestCheckpoint(RUN_ID))?.manifest.state).not.toHaveProperty('multiplier');
    await trainTiny({ ...older, resume: true });
    expect((await older.store.readMetrics(RUN_ID)).at(-1)?.values['safety_cost/multiplier']).toBe(7);
  });

  test('with safety in the reward shows, stores and keeps nothing of it', async () => {
    const { store } = await trainRl({ ...COSTLY, safety_cost: false });
    expect(Object.keys((await store.readMetrics(RUN_ID)).at(-1)?.values ?? {}).join()).not.toContain('cost');
    expect((await samplesOf(store))[0].terms).not.toHaveProperty('cost');
    expect((await store.latestCheckpoint(RUN_ID))?.manifest.state).not.toHaveProperty('multiplier');
  });

  test('with a value head is refused before it begins, wherever it is asked for', async () => {
    const settings = validateSettings({ loss_type: 'ppo', safety_cost: true });
    const refusal = /safety_cost is true, but the loss ppo has a value head/;
    expect(() => requireTogether(settings)).toThrow(refusal);
    expect(requireTogether(resolvePreset('quick+lagrange').settings)).toMatchObject({ safety_cost: true });
    expect(requireTogether(DEFAULTS)).toBe(DEFAULTS);
    const start = findStart(new MemoryStore(), { settings, preset: '' }, '2026-01-01T00:00:00.000Z');
    await expect(start).rejects.toThrow(refusal);
    const plan = planOfInput({
      name: 'both',
      base: { preset: 'smoke' },
      overrides: { safety_cost: true },
      factors: [{ setting: 'loss_type', values: ['cpgd', 'ppo'] }],
      seeds: [1],
    });
    const base = { settings: resolvePreset('smoke').settings, preset: 'smoke', stage: null };
    expect(() => expand(plan, base)).toThrow(refusal);
  });
});
