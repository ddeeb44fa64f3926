// The budgets of the wgsl executor, on a device that counts: dispatches, submits, writes, and nothing created after warm-up.

import { describe, expect, test } from 'vitest';
import { createWgslEngine } from '../../src/engine/wgsl/engine.ts';
import { TOKENS_PER_SUBMIT } from '../../src/engine/wgsl/rolloutLoop.ts';
import { PARALLEL, PORTABLE } from '../../src/engine/wgsl/variants.ts';
import type { ModelSpec } from '../../src/model/graph.ts';
import { modelSpec } from '../../src/model/graph.ts';
import type { Backbone } from '../../src/terms/model.ts';
import { mockDevice } from './mockDevice.ts';
import { BACKBONE_NAMES, predictedRows, REQUEST, STEP, testBatch } from './support.ts';

function policy(backbone: Backbone, value = false): ModelSpec {
  return modelSpec({
    backbone,
    size: 'base',
    imageSizePx: 32,
    vocabularySize: 300,
    outputs: { lm: true, classes: 0, value },
  });
}

async function start(spec: ModelSpec, variants = PORTABLE) {
  const { device, counts } = mockDevice();
  const engine = await createWgslEngine({ device: { device, description: 'counting mock' }, variants });
  const model = await engine.createModel(spec, 1);
  return { model, counts };
}

describe.each([
  ['portable', PORTABLE],
  ['parallel', PARALLEL],
] as const)('%s kernels', (_, variants) => {
  test('an update step of the 4-layer base model', async () => {
    const spec = policy('qwen-mini');
    const { model, counts } = await start(spec, variants);
    const batch = testBatch(spec, 32, 80);
    const { rows, targets } = predictedRows(batch, 60);
    const weights = { logp: new Float32Array(rows.length).fill(-1), entropy: null, values: null };
    const update = () => model.updateTokens(batch, rows, targets, 1, () => weights, STEP);
    // Two steps fill the ring of read-back buffers.
    for (let i = 0; i < 2; i++) await update();
    const before = { ...counts };
    await update();
    const used = {
      dispatches: counts.dispatches - before.dispatches,
      submits: counts.submits - before.submits,
      writes: counts.writes - before.writes,
      buffers: counts.buffers - before.buffers,
      bindGroups: counts.bindGroups - before.bindGroups,
      pipelines: counts.pipelines - before.pipelines,
    };
    expect(used.dispatches).toBeLessThanOrEqual(120);
    expect(used).toEqual({
      dispatches: used.dispatches,
      submits: 2,
      writes: 3,
      buffers: 0,
      bindGroups: 0,
      pipelines: 0,
    });
  });

  test('AdamW with clip takes three dispatches', async () => {
    const spec = policy('internvl-mini', true);
    const { model, counts } = await start(spec, variants);
    const batch = testBatch(spec, 4, 16);
    const { rows, targets } = predictedRows(batch);
    const zeros = new Float32Array(rows.length);
    const weights = { logp: zeros, entropy: zeros, values: zeros };
    await model.updateTokens(batch, rows, targets, 1, () => weights, STEP);
    const optimizer = [...counts.byLabel].filter(([label]) => label.startsWith('optimizer'));
    expect(optimizer.map(([, count]) => count)).toEqual([1, 1, 1]);
  });
});

test('a rollout makes at least 16 tokens per submit and reads once per submit', async () => {
  const spec = policy('qwen-mini');
  const { model, counts } = await start(spec);
  const prompts = testBatch(spec, 8, 40);
  const maxNewTokens = 40;
  const request = { ...REQUEST, prompts, groupSize: 8, maxNewTokens };
  for (let i = 0; i < 2; i++) await model.generate(request);
  const before = { ...counts };
  await model.generate(request);
  expect(TOKENS_PER_SUBMIT).toBeGreaterThanOrEqual(16);
  expect(counts.submits - before.submits).toBe(Math.ceil(maxNewTokens / TOKENS_PER_SUBMIT));
  expect(counts.maps - before.maps).toBe(counts.submits - before.submits);
  expect(counts.buffers - before.buffers).toBe(0);
  expect(counts.bindGroups - before.bindGroups).toBe(0);
});

test('a rollout keeps the keys and values of a prompt once, however many samples it has', async () => {
  const spec = policy('qwen-mini');
  const { width, layers } = spec.dimensions;
  const prompts = testBatch(spec, 8, 40);
  const bytesWith = async (groupSize: number) => {
    const { model, counts } = await start(spec);
    await model.generate({ ...REQUEST, prompts, groupSize, maxNewTokens: 4 });
    return counts.liveBytes;
  };
  // What sixteen times the samples take: rows for their tokens, and little for decoding them.
  const tokens = layers * 8 * 15 * 4 * 2 * width * 4;
  expect((await bytesWith(16)) - (await bytesWith(1))).toBeLessThan(2 * tokens);
});

test('one plan serves every batch that it has room for', async () => {
  const spec = policy('qwen-mini');
  const { model, counts } = await start(spec);
  const step = async (items: number, time: number, pictures: 'all' | 'some' | 'none') => {
    const batch = testBatch(spec, items, time, pictures);
    const { rows, targets } = predictedRows(batch);
    const weights = { logp: new Float32Array(rows.length), entropy: null, values: null };
    await model.updateTokens(batch, rows, targets, 1, () => weights, STEP);
    await model.generate({ ...REQUEST, prompts: batch, groupSize: items, maxNewTokens: 2 + items });
  };
  for (let i = 0; i < 3; i++) await step(8, 40, 'all');
  const { buffers, bindGroups, pipelines } = counts;
  for (const [items, time] of [
    [1, 4],
    [8, 39],
    [5, 17],
    [3, 40],
  ] as const) {
    for (const pictures of ['all', 'some', 'none'] as const) await step(items, time, pictures);
  }
  expect([counts.buffers, counts.bindGroups, counts.pipelines]).toEqual([buffers, bindGroups, pipelines]);
});

test.each(BACKBONE_NAMES)('%s: buffers and bytes stay flat over 200 mixed calls', async (backbone) => {
  const spec = policy(backbone);
  const { model, counts } = await start(spec);
  const rows = (time: number) => predictedRows(testBatch(spec, 8, time));
  const calls = async (i: number) => {
    const time = 16 + 8 * (i % 3);
    const batch = testBatch(spec, 8, time);
    const picked = rows(time);
    const weights = { logp: new Float32Array(picked.rows.length), entropy: null, values: null };
    if (i % 4 === 3) await model.generate({ ...REQUEST, prompts: batch, maxNewTokens: 20 });
    else if (i % 4 === 2) await model.tokenOutputs(batch, picked.rows, picked.targets, 1);
    else await model.updateTokens(batch, picked.rows, picked.targets, 1, () => weights, STEP);
  };
  for (let i = 0; i < 24; i++) await calls(i);
  const { liveBuffers, liveBytes } = counts;
  for (let i = 0; i < 200; i++) await calls(i);
  expect([counts.liveBuffers, counts.liveBytes]).toEqual([liveBuffers, liveBytes]);
  model.dispose();
});
