// Every loss, backbone and visual focus trains; the metrics have their promised names; losses keep their own conventions.

import { describe, expect, test } from 'vitest';
import { ADVANTAGES } from '../../src/advantages/index.ts';
import { DEFAULTS, PRESETS, type SettingsInput, TABLE } from '../../src/config/index.ts';
import { computeLoss, LOSS_KEYS, LOSSES, resolveLossOptions } from '../../src/losses/index.ts';
import { advantageKey, advantageOptions, lossOptions } from '../../src/training/lossSettings.ts';
import { modelSpecs } from '../../src/training/rewardModel.ts';
import { SequenceEncoder } from '../../src/training/sequences.ts';
import { worldOf } from '../../src/world/index.ts';
import { RUN_ID, samplesOf, tinySettings, trainRl } from './harness.ts';

/** The names that users of TRL and verl know. */
const METRICS = [
  'reward',
  'reward_std',
  'frac_reward_zero_std',
  ...['format', 'visual_focus', 'helpful', 'task'].flatMap((term) => [
    `rewards/${term}/mean`,
    `rewards/${term}/std`,
  ]),
  'rewards/format/safety/mean',
  'rewards/format/safety/std',
  'entropy/rollout',
  'rewards/task/value/mean',
  'rewards/helpful/normal/mean',
  'completions/mean_length',
  'completions/min_length',
  'completions/max_length',
  'completions/clipped_ratio',
  'kl',
  'policy_drift/k3',
  'policy_drift/exact',
  'entropy',
  'clip_ratio/low_mean',
  'clip_ratio/high_mean',
  'ratio/max',
  'grad_norm',
  'learning_rate',
  'refusal_rate/benign',
  'refusal_rate/harmful',
  ...['safety', 'value', 'knowledge', 'helpful'].flatMap((head) => [
    `heads/${head}/accuracy`,
    `heads/${head}/ece`,
  ]),
  'gold_reward',
  'tokens_per_second/rollout',
  'tokens_per_second/update',
  'staleness/mean',
];

const EVERY_LABEL: SettingsInput = {
  stage1_mix: { safety: 1, jailbreak: 1, value: 1, normal: 1, knowledge: 1 },
  prompts_per_step: 12,
  stage1_steps: 1,
};

/** One RL iteration: its metrics, all finite. */
async function iterate(overrides: SettingsInput): Promise<{ [name: string]: number }> {
  const { store, result } = await trainRl({ ...EVERY_LABEL, ...overrides });
  expect(result).toBe('done');
  const { values } = (await store.readMetrics(RUN_ID)).at(-1) ?? { values: {} };
  for (const [name, value] of Object.entries(values)) expect(value, name).toSatisfy(Number.isFinite);
  return { ...values };
}

describe('one iteration', () => {
  test.each(LOSS_KEYS)('of %s', async (loss_type) => {
    const preset = PRESETS.find(({ name }) => name === loss_type.replaceAll('_', '-'));
    const values = await iterate({ ...preset?.overrides, loss_type });
    expect(METRICS.filter((name) => !(name in values))).toEqual([]);
    expect(values.grad_norm).toBeGreaterThan(0);
    expect(values['policy_drift/exact']).toBeGreaterThan(0);
    expect('value/loss' in values).toBe(LOSSES[loss_type].needsValueHead);
  });

  test.each([
    ['dpo', true],
    ['grpo', false],
  ] as const)('of %s samples from the policy at the start of the stage: %s', async (loss_type, isOffline) => {
    const responses = async (rate: number) => {
      const { store } = await trainRl({
        ...EVERY_LABEL,
        loss_type,
        stage1_steps: 3,
        stage1_learning_rate: rate,
        warmup_fraction: 0,
      });
      return (await samplesOf(store)).map(({ responseTokens }) => responseTokens.join());
    };
    const [slow, fast] = [await responses(1e-6), await responses(0.05)];
    expect(slow).toHaveLength(3);
    expect(slow[0]).toBe(fast[0]);
    expect(slow[2] === fast[2]).toBe(isOffline);
  });

  test.each(['grounded', 'dependency', 'attention', 'off'] as const)(
    'of visual focus %s',
    async (visual_focus) => {
      const { store } = await trainRl({ ...EVERY_LABEL, visual_focus });
      const [batch] = await samplesOf(store);
      const world = worldOf(tinySettings());
      const { visual_focus: term } = batch.terms;
      term.forEach((value, s) => {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
        if (world.promptById(batch.promptIds[s >> 2]).scene === null) expect(value).toBe(0);
      });
      expect(new Set(term).size > 3).toBe(visual_focus !== 'off');
    },
  );

  test.each(['internvl-mini', 'deepseek-mini'] as const)('of %s', async (backbone) => {
    const values = await iterate({ backbone, stage1_mix: { general: 1, knowledge_rule: 2, safety: 2 } });
    expect(values.grad_norm).toBeGreaterThan(0);
  });

  test('of deepseek-mini with a visual focus that needs a picture gives 0 for it', async () => {
    const { store } = await trainRl({
      ...EVERY_LABEL,
      backbone: 'deepseek-mini',
      visual_focus: 'dependency',
    });
    expect(new Set((await samplesOf(store))[0].terms.visual_focus)).toEqual(new Set([0]));
  });

  test('whose groups are all alike trains nothing and says so', async () => {
    const values = await iterate({
      w_task: 1,
      filter_groups: true,
      score_mode: 'hard',
      stage1_mix: { general: 1 },
      max_response_tokens: 8,
    });
    expect(values['groups/trained']).toBe(0);
    expect(values).not.toHaveProperty('grad_norm');
  });
});

test('deepseek-mini reads the scene in words, and its batches hold no picture', () => {
  const settings = tinySettings({ backbone: 'deepseek-mini' });
  const world = worldOf(settings);
  const encoder = new SequenceEncoder(world, modelSpecs(settings).policy);
  const prompts = Array.from({ length: 20 }, (_, index) => world.prompt('train', 'safety', index));
  const prompt = prompts.find(({ scene }) => scene !== null) ?? prompts[0];
  expect(prompt.scene).not.toBeNull();
  const tokens = encoder.promptTokens(prompt);
  expect(tokens.length).toBe(prompt.tokens.length + world.describe(prompt.scene).length + 2);
  expect(encoder.prompts([prompt]).patches).toBeNull();
  expect(encoder.seesPicture(prompt)).toBe(false);
});

test('every loss can be chosen, and its estimator is there', () => {
  expect(TABLE.loss_type.choices).toEqual(LOSS_KEYS);
  expect(LOSS_KEYS.filter((key) => !(LOSSES[key].advantage in ADVANTAGES))).toEqual([]);
  expect(LOSS_KEYS.filter((key) => LOSSES[key].needsValueHead)).toEqual(['ppo']);
  expect(LOSS_KEYS.filter((key) => LOSSES[key].klIn === 'reward')).toEqual(['reinforce_plus_plus']);
  const withoutRatio = LOSS_KEYS.filter((key) => !LOSSES[key].usesRatio);
  expect(withoutRatio).toEqual(['cpgd', 'cpg', 'pgd', 'pg', 'reinforce']);
});

describe('loss options', () => {
  const resolved = (overrides: SettingsInput) => {
    const settings = tinySettings(overrides);
    return resolveLossOptions(settings.loss_type, lossOptions(settings));
  };

  test.each(LOSS_KEYS)('%s keeps its own range and aggregation unless they are set', (loss_type) => {
    const own = LOSSES[loss_type].defaults;
    const plain = resolved({ loss_type });
    const high = loss_type === 'cispo' ? 4 : (own.epsilonHigh ?? own.epsilon);
    expect(plain).toMatchObject({
      epsilon: own.epsilon,
      lossAggMode: own.lossAggMode,
      importanceSamplingLevel: own.importanceSamplingLevel,
    });
    if ((LOSSES[loss_type].knobs as readonly string[]).includes('epsilonHigh'))
      expect(plain.epsilonHigh).toBe(high);
    if ((LOSSES[loss_type].knobs as readonly string[]).includes('epsilonHigh')) {
      const set = resolved({ loss_type, epsilon: 0.1, epsilon_high: 0.7 });
      expect([set.epsilon, set.epsilonHigh]).toEqual([0.1, 0.7]);
    }
  });

  test('the ranges of the papers', () => {
    expect(resolved({ loss_type: 'gspo' })).toMatchObject({
      epsilon: 3e-4,
      epsilonHigh: 4e-4,
      importanceSamplingLevel: 'sequence',
    });
    expect(resolved({ loss_type: 'gmpo' })).toMatchObject({ epsilon: 0.4 });
    // 0 <= r <= 5.
    const cispo = { epsilon: 1, epsilonHigh: 4, cispoBounds: 'band' };
    expect(resolved({ loss_type: 'cispo' })).toMatchObject(cispo);
    expect(resolved({ loss_type: 'cispo', epsilon: 0.3 })).toMatchObject({ ...cispo, epsilon: 0.3 });
    expect(resolved({ loss_type: 'cispo', epsilon_high: 0.3 })).toMatchObject({ ...cispo, epsilonHigh: 0.3 });
    expect(resolved({ loss_type: 'dapo' })).toMatchObject({ epsilon: 0.2, epsilonHigh: 0.28 });
  });

  test.each(LOSS_KEYS)(
    'CASES 35: %s trains the clip range and the scaling that the settings show',
    (loss_type) => {
      const { knobs } = LOSSES[loss_type];
      const settings = tinySettings({ loss_type, epsilon: 0.2, epsilon_high: 0.2, scale_rewards: 'batch' });
      const options = resolveLossOptions(loss_type, lossOptions(settings));
      if ((knobs as readonly string[]).includes('epsilon'))
        expect([options.epsilon, options.epsilonHigh]).toEqual([0.2, 0.2]);
      expect(advantageOptions(settings).scaleRewards).toBe('batch');
    },
  );

  // DPO has no ratio, and trains two responses of a group alone.
  test.each(LOSS_KEYS.filter((key) => key !== 'dpo'))(
    'CASES 36: without the clip no ratio is clipped by %s',
    (loss_type) => {
      const settings = tinySettings({ loss_type, clip: false });
      const logRatios = [-30, -3, -0.1, 0, 0.1, 3, 30];
      const oldLogp = Float64Array.from(logRatios, () => -31);
      const result = computeLoss(
        loss_type,
        {
          batch: logRatios.length,
          time: 1,
          groupSize: logRatios.length,
          logp: Float64Array.from(logRatios, (ratio) => -31 + ratio),
          oldLogp,
          refLogp: null,
          advantage: Float64Array.from(logRatios, (ratio) => (ratio > 0 ? 1 : -1)),
          mask: Float64Array.from(logRatios, () => 1),
        },
        lossOptions(settings),
      );
      expect(result.metrics).toMatchObject({ clipLow: 0, clipHigh: 0 });
      for (const gradient of result.gradLogp) expect(Math.abs(gradient)).toBeGreaterThan(0);
      expect(Array.from(result.gradLogp).every(Number.isFinite)).toBe(true);
    },
  );

  test.each(LOSS_KEYS)('%s has the policy drift by definition or by wish', (loss_type) => {
    const byDefinition = loss_type === 'cpgd' || loss_type === 'pgd';
    const drift = (policy_drift: 'auto' | 'on' | 'off') =>
      resolved({ loss_type, policy_drift }).policyDriftCoef;
    expect(drift('auto')).toBe(byDefinition ? DEFAULTS.policy_drift_coef : 0);
    expect(drift('off')).toBe(0);
    const knows = (LOSSES[loss_type].knobs as readonly string[]).includes('policyDriftCoef');
    expect(drift('on')).toBe(knows ? DEFAULTS.policy_drift_coef : 0);
  });

  test('optional terms are off at 0 and carried over otherwise', () => {
    expect(resolved({ loss_type: 'ppo' })).toMatchObject({ dualClip: null, beta: 0 });
    expect(resolved({ loss_type: 'ppo', dual_clip: 3 }).dualClip).toBe(3);
    expect(resolved({ loss_type: 'grpo', delta: 4, beta: 0.04 })).toMatchObject({ delta: 4, beta: 0.04 });
    expect(resolved({ loss_type: 'dr_grpo' }).maxCompletionLength).toBe(20);
    expect(resolved({ tight_to_loose: 0.5 }).tightToLooseLambda).toBe(0.5);
    expect(resolved({ loss_agg_mode: 'prompt-token-mean' }).lossAggMode).toBe('prompt-token-mean');
  });

  test('each loss has its estimator', () => {
    const keys = Object.fromEntries(
      LOSS_KEYS.map((loss_type) => [loss_type, advantageKey(tinySettings({ loss_type }))]),
    );
    expect(keys).toEqual({
      cpgd: 'cpgd',
      cpg: 'cpgd',
      pgd: 'cpgd',
      pg: 'cpgd',
      reinforce: 'raw',
      rloo: 'rloo',
      reinforce_plus_plus: 'reinforce_plus_plus',
      ppo: 'gae',
      grpo: 'group',
      bnpo: 'group',
      dr_grpo: 'group',
      dapo: 'group',
      gspo: 'group',
      gmpo: 'group',
      cispo: 'group',
      dpo: 'group',
    });
  });
});
