// Metrics that mean what they say: the exact KL, means over minibatches, one deviation, and no step where nothing is learnt.

import { expect, test } from 'vitest';
import { standardDeviation } from '../../src/base/numbers.ts';
import type { SettingsInput } from '../../src/config/index.ts';
import type { EngineModel, SequenceBatch } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { k3, rewardMetrics } from '../../src/losses/index.ts';
import { dependencyScore } from '../../src/rewards/index.ts';
import { metricsToCsv } from '../../src/storage/index.ts';
import type { MetricRow } from '../../src/storage/types.ts';
import { METRICS } from '../../src/terms/metrics/index.ts';
import { referenceKl } from '../../src/training/exactKl.ts';
import { guardIteration } from '../../src/training/guard.ts';
import { pictureKl } from '../../src/training/logProbRows.ts';
import { modelSpecs } from '../../src/training/rewardModel.ts';
import { SequenceEncoder } from '../../src/training/sequences.ts';
import { untrainedText } from '../../src/training/untrained.ts';
import { worldOf } from '../../src/world/index.ts';
import { fingerprint, RUN_ID, samplesOf, snapshot, tinySettings, trainRl } from './harness.ts';

async function rowsOf(overrides: SettingsInput) {
  const { store, settings } = await trainRl(overrides);
  const rows = (await store.readMetrics(RUN_ID)).filter(({ stage }) => stage === 'stage1');
  return { rows: rows.map(({ values }) => values), store, settings };
}

test('CASES 37: kl is exact, and no single token rules it', async () => {
  const settings = tinySettings();
  const { policy: spec } = modelSpecs(settings);
  const encoder = new SequenceEncoder(worldOf(settings), spec);
  const { vocabularySize: size } = spec.config;
  // Both prefer token 0; the reference all but rules out token 1, of which the policy has one in 10,000.
  const modelOf = (rare: number) =>
    ({
      spec,
      logits: async (_batch: unknown, rows: Int32Array) =>
        Float32Array.from({ length: rows.length * size }, (_, i) =>
          i % size === 0 ? 0 : i % size === 1 ? rare : -12,
        ),
    }) as unknown as EngineModel;
  const [policy, reference] = [modelOf(Math.log(1e-4)), modelOf(Math.log(1e-6))];
  const prompt = worldOf(settings).prompt('train', 'knowledge', 0);
  const items = [
    { prompt, response: [0, 1, 0] },
    { prompt, response: [0] },
  ];
  const how = { time: 3, temperature: 1, probes: 2 };
  const { logp, kl } = await referenceKl({ policy, encoder }, reference, items, how);

  const logProbs = (rare: number) => {
    const logits = Array.from({ length: size }, (_, j) => (j === 0 ? 0 : j === 1 ? rare : -12));
    const all = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0));
    return logits.map((logit) => logit - all);
  };
  const [p, q] = [logProbs(Math.log(1e-4)), logProbs(Math.log(1e-6))];
  const expected = p.reduce((sum, each, j) => sum + Math.exp(each) * (each - q[j]), 0);
  expect(kl).toBeCloseTo(expected, 8);
  expect(Array.from(logp).map((value) => value.toFixed(4))).toEqual(
    [q[0], q[1], q[0], q[0], 0, 0].map((value) => value.toFixed(4)),
  );
  // The other way round the one token's k3 alone is far above the whole KL.
  const swapped = await referenceKl({ policy: reference, encoder }, policy, items, how);
  expect(k3(q[1], p[1]) / 4).toBeGreaterThan(20);
  expect(swapped.kl).toBeLessThan(1e-3);
});

test('CASES 37: a large batch costs the policy one pass, over responses that lie evenly in it', async () => {
  const settings = tinySettings();
  const { policy: spec } = modelSpecs(settings);
  const encoder = new SequenceEncoder(worldOf(settings), spec);
  const { vocabularySize: size } = spec.config;
  const calls: string[] = [];
  // A picture of the tokens: the log-prob of every target is that of token 0, which is all but certain.
  const modelOf = (name: string) =>
    ({
      spec,
      logits: async ({ batch }: SequenceBatch, rows: Int32Array) => {
        calls.push(`${name}: logits of ${batch}`);
        return Float32Array.from({ length: rows.length * size }, (_, i) => (i % size === 0 ? 30 : 0));
      },
      tokenOutputs: async ({ batch }: SequenceBatch, rows: Int32Array) => {
        calls.push(`${name}: log-probs of ${batch}`);
        return { logp: new Float32Array(rows.length), entropy: new Float32Array(rows.length), values: null };
      },
    }) as unknown as EngineModel;
  const prompt = worldOf(settings).prompt('train', 'knowledge', 0);
  const items = Array.from({ length: 130 }, (_, i) => ({ prompt, response: i % 2 === 0 ? [0, 0] : [0] }));
  const how = { time: 2, temperature: 1, probes: 16 };
  const { logp, before } = await referenceKl(
    { policy: modelOf('policy'), encoder },
    modelOf('reference'),
    items,
    how,
  );
  expect(calls).toEqual([
    'policy: logits of 44',
    'reference: logits of 44',
    'reference: log-probs of 64',
    'reference: log-probs of 22',
  ]);
  expect(before.items).toEqual(
    [...items.keys()]
      .filter((i) => i % 3 === 0)
      .slice(0, 16)
      .map((i) => items[i]),
  );
  expect(before.logProbs).toHaveLength(24 * size);
  for (const value of logp) expect(value).toBeCloseTo(0, 6);
});

test('CASES 37: a word that contradicts the picture does not earn the visual focus `dependency`', async () => {
  const settings = tinySettings();
  const { policy: spec } = modelSpecs(settings);
  const { vocabularySize: size } = spec.config;
  // With the picture token 1 has 1 in 10,000, without it 1 in 2; every other token shares the rest.
  const rowOf = (p: number) =>
    Float32Array.from({ length: size }, (_, j) => Math.log(j === 1 ? p : (1 - p) / (size - 1)));
  const policy = {
    spec,
    logits: async (batch: SequenceBatch) => rowOf(batch.time),
  } as unknown as EngineModel;
  const asked = (p: number) => ({ batch: { time: p } as SequenceBatch, rows: new Int32Array(1) });
  const [kl] = await pictureKl(policy, asked(1e-4), asked(0.5));
  expect(kl).toBeCloseTo(1e-4 * Math.log(1e-4 / 0.5) + (1 - 1e-4) * Math.log((1 - 1e-4) / 0.5), 4);
  // Its k3, where it is what was said, would saturate the term.
  expect(dependencyScore(k3(Math.log(1e-4), Math.log(0.5)))).toBe(1);
  expect(dependencyScore(kl)).toBeLessThan(0.51);
});

test('CASES 37: a run logs that KL: 0 where a stage begins, above it afterwards', async () => {
  const { rows } = await rowsOf({ stage1_learning_rate: 0.01 });
  expect(rows[0].kl).toBe(0);
  for (const { kl } of rows.slice(1)) expect(kl).toBeGreaterThan(0);
});

test.each([
  ['token-mean', {}],
  ['seq-mean-token-mean', { loss_agg_mode: 'seq-mean-token-mean' }],
  ['prompt-token-mean', { loss_agg_mode: 'prompt-token-mean' }],
  ['the fixed length of dr_grpo', { loss_type: 'dr_grpo' }],
  ['ppo with its value loss', { loss_type: 'ppo' }],
] as const)(
  'CASES 14: one and four minibatches have the same metrics: %s',
  async (_, more: SettingsInput) => {
    // Such steps move nothing, so that all minibatches see the same policy.
    const still = { stage1_learning_rate: 1e-12, stage1_steps: 1, prompts_per_step: 7, ...more };
    const [one, four] = [
      await rowsOf({ ...still, minibatches: 1 }),
      await rowsOf({ ...still, minibatches: 4 }),
    ];
    for (const name of [
      'loss',
      'entropy',
      'policy_drift/k3',
      'policy_drift/loss',
      'kl',
      'value/loss',
      'ratio/max',
    ]) {
      const [a, b] = [one.rows[0][name] ?? 0, four.rows[0][name] ?? 0];
      expect(Math.abs(a - b), `${name}: ${a} and ${b}`).toBeLessThan(1e-5);
    }
    expect(one.rows[0].loss).not.toBe(0);
  },
);

test('CASES 15: reward_std is the mean of the groups, divided by n - 1 as the advantages are', async () => {
  const { rows, store, settings } = await rowsOf({ stage1_steps: 2 });
  const size = settings.group_size;
  for (const [i, { terms, promptIds }] of (await samplesOf(store)).entries()) {
    const groups = promptIds.map((_, g) => Array.from(terms.total.slice(g * size, (g + 1) * size)));
    const stds = groups.map((rewards) => standardDeviation(rewards));
    expect(rows[i].reward_std).toBeCloseTo(stds.reduce((a, b) => a + b, 0) / stds.length, 5);
  }
  expect(
    rewardMetrics([
      [0, 1],
      [2, 2],
    ]).reward_std,
  ).toBeCloseTo(Math.SQRT1_2 / 2, 12);
  const about = (name: string) => METRICS.get(name)?.about;
  expect(about('reward_std')).toMatch(/Mean over groups .*n - 1/);
  expect(about('rewards/format/std')).toContain('n - 1');
  expect(about('rewards/format/safety/std')).toContain('n - 1');
});

test('CASES 13: where nothing is to be learnt no step is done, and the run says so', async () => {
  const engine = await createWasmEngine();
  const { store } = await trainRl({ top_k: 1, filter_groups: false, stage1_steps: 3 }, { engine });
  const rows = (await store.readMetrics(RUN_ID)).filter(({ stage }) => stage === 'stage1');
  expect(rows.map(({ values }) => values.frac_reward_zero_std)).toEqual([1, 1, 1]);
  for (const { values } of rows) {
    expect(values).toMatchObject({ policy_version: 0, 'groups/trained': 0, kl: 0 });
    expect(values).not.toHaveProperty('grad_norm');
  }
  const weightsOf = async (stage: string) => {
    const manifest = (await store.listCheckpoints(RUN_ID)).find(
      (each) => each.stage === stage && each.kind === 'stage-end',
    );
    const tensors = (await store.getCheckpoint(RUN_ID, manifest!.id))?.tensors ?? {};
    const policy = Object.entries(tensors).filter(([name]) => /^policy\.(?!first|second)/.test(name));
    return policy.map(([name, { data }]) => `${name} ${fingerprint(data)}`);
  };
  expect((await weightsOf('stage1')).length).toBeGreaterThan(5);
  expect(await weightsOf('stage1')).toEqual(await weightsOf('heads'));
  expect(untrainedText(await store.readMetrics(RUN_ID))).toMatch(/^ Nothing was trained in stage1: /);
});

test('CASES 13: a KL that has something to pull back still makes its steps', async () => {
  const flat = { w_format: 0, w_visual: 0, w_helpful: 0, w_task: 0, filter_groups: false } as const;
  const { rows } = await rowsOf({ ...flat, beta: 1 });
  // The policy is its reference: there is nothing to pull back, but rounding.
  expect(rows.map((row) => row.policy_version)).toEqual([0, 0, 0, 0]);
  const { rows: bonus } = await rowsOf({ ...flat, beta: 1, entropy_coef: 0.1 });
  expect(bonus.map((row) => row.policy_version)).toEqual([1, 2, 3, 4]);
});

test('CASES 13: the sentence names each RL stage without an update, and no other', () => {
  const row = (stage: string, version?: number): MetricRow => ({
    ...{ step: 1, stage, iteration: 1 },
    values: version === undefined ? { 'sft/loss': 1 } : { policy_version: version },
  });
  expect(untrainedText([row('sft'), row('stage1', 0), row('stage1', 1), row('stage2', 2)])).toBe('');
  expect(untrainedText([row('stage1', 1), row('stage2', 1), row('stage2', 1)])).toContain(' in stage2: ');
  expect(untrainedText([row('stage1', 0), row('stage2', 0)])).toContain(' in stage1 and stage2: ');
  expect(untrainedText([row('sft')])).toBe('');
});

test('CASES 16: what top-k and top-p do to the two entropies is said', () => {
  for (const name of ['entropy', 'entropy/rollout'])
    expect(METRICS.get(name)?.about).toContain('top-k or top-p');
});

test('CASES 17: a collapse names the temperature, and a KL beyond all sense ends at once', () => {
  const settings = tinySettings({ guard_min_entropy: 0.5, guard_patience: 3, temperature: 0.1 });
  const strike = (metrics: { [name: string]: number }, strikes: number) =>
    guardIteration(settings, 'stage1', 9, { kl: 1, entropy: 1, ...metrics }, strikes);
  expect(() => strike({ entropy: 0.1 }, 2)).toThrow(/at temperature 0\.1/);
  expect(() => strike({ kl: 2.5e24 }, 0)).toThrow(/above guard_max_kl/);
  expect(strike({ kl: 30 }, 0)).toBe(1);
  expect(() => tinySettings({ temperature: 1e-5 })).toThrow(/temperature is 0\.00001/);
});

test('the exact drift is measured in the first iteration of a stage and every n-th after it, and is no zero between', async () => {
  const measured = async (exact_drift_every: number) => {
    const { rows, store } = await rowsOf({ stage1_steps: 5, exact_drift_every });
    expect(rows.every(({ kl }) => Number.isFinite(kl))).toBe(true);
    const { checkpoints: weights } = await snapshot(store);
    const csv = metricsToCsv(await store.readMetrics(RUN_ID));
    return { drifts: rows.map((row) => row['policy_drift/exact']), weights, csv };
  };
  const always = await measured(1);
  expect(always.drifts.every((drift) => drift !== undefined && drift > 0)).toBe(true);
  const [first, , third, , fifth] = always.drifts;
  const others = await measured(2);
  expect(others.drifts).toEqual([first, undefined, third, undefined, fifth]);
  expect(others.weights).toEqual(always.weights);
  const [head, ...lines] = others.csv
    .trim()
    .split('\n')
    .map((line) => line.split(','));
  const cells = lines.slice(-5).map((line) => line[head.indexOf('policy_drift/exact')]);
  expect(cells.map((cell) => cell === '')).toEqual([false, true, false, true, false]);
});
