// What a step leaves behind on the wasm executor: no garbage on the JavaScript heap, no growth of the linear memory.

import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Draws } from '../../src/engine/draws.ts';
import type { EngineModel, GenerateRequest } from '../../src/engine/types.ts';
import { createCore } from '../../src/engine/wasm/engine.ts';
import { WasmModel } from '../../src/engine/wasm/model.ts';
import { randoms } from './bench.ts';
import { sampleUniform, sortedSample } from './sortedSample.ts';
import { BACKBONE_NAMES, predictedRows, REQUEST, STEP, testBatch, testSpec, testWeights } from './support.ts';

/** Most bytes that an update may leave on the heap: its report and the promises around it. */
const UPDATE_BYTES = 1536;
/** Most bytes that one more token per sample may leave: its place in the arrays of the result. */
const DECODE_BYTES = 256;
const WARM_UP = 200;
const ROUNDS = 7;
const STEPS = 20;

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Bytes of new objects per call once the code is compiled: the median of several rounds, since a collection may fall into one. */
async function garbage(action: () => Promise<unknown>): Promise<number> {
  for (let i = 0; i < WARM_UP; i++) await action();
  // A full collection throws compiled code away, so the code gets warm again before anything is counted.
  collect();
  for (let i = 0; i < WARM_UP; i++) await action();
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const before = getHeapStatistics().used_heap_size;
    for (let i = 0; i < STEPS; i++) await action();
    rounds.push((getHeapStatistics().used_heap_size - before) / STEPS);
  }
  return rounds.sort((a, b) => a - b)[ROUNDS >> 1];
}

test('the measure of garbage sees what it shall see', async () => {
  let kept: number[] = [];
  const bytes = await garbage(async () => {
    kept = Array.from({ length: 500 }, (_, i) => i + kept.length);
  });
  expect(bytes).toBeGreaterThan(4000);
});

test.each(BACKBONE_NAMES)('%s: an update leaves nothing but its report', async (backbone) => {
  const spec = testSpec(backbone);
  const model = new WasmModel((await createCore()).shared, spec, 1);
  const batch = testBatch(spec, 2, 5);
  const { rows, targets } = predictedRows(batch);
  const weights = testWeights(rows.length);
  const gradients = new Float32Array(rows.length * 3).fill(0.01);
  const weighTokens = () => weights;
  const weighClasses = () => gradients;
  const tokens = () => model.updateTokens(batch, rows, targets, 0.9, weighTokens, STEP);
  expect(await garbage(tokens)).toBeLessThan(UPDATE_BYTES);
  expect(await garbage(() => model.updateClasses(batch, rows, weighClasses, STEP))).toBeLessThan(
    UPDATE_BYTES,
  );
  model.dispose();
});

test('an update on two threads leaves no more', async () => {
  const spec = testSpec('qwen-mini');
  const { shared, dispose, threads } = await createCore({ threads: 2 });
  expect(threads).toBe(2);
  const model = new WasmModel(shared, spec, 1);
  const batch = testBatch(spec, 8, 24);
  const { rows, targets } = predictedRows(batch);
  const weights = testWeights(rows.length);
  const weigh = () => weights;
  const bytes = await garbage(() => model.updateTokens(batch, rows, targets, 0.9, weigh, STEP));
  expect(bytes).toBeLessThan(UPDATE_BYTES);
  dispose();
});

test.each([
  ['free', {}],
  ['cut off', { topK: 9, topP: 0.7 }],
])('a decode step leaves nothing, %s', async (_, truncation) => {
  const spec = testSpec('qwen-mini');
  const model = new WasmModel((await createCore()).shared, spec, 1);
  const prompts = testBatch(spec, 2, 6);
  // No token is -1, so that every sample has its full length.
  const request = { ...REQUEST, ...truncation, prompts, groupSize: 2, eos: -1 };
  const [short, long] = [
    { ...request, maxNewTokens: 4 },
    { ...request, maxNewTokens: 36 },
  ];
  // What a step leaves is there each time; what the compiler leaves beside it, when the machine is busy, is not.
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 3; look++) {
    const more = (await garbage(() => model.generate(long))) - (await garbage(() => model.generate(short)));
    least = Math.min(least, more / (long.maxNewTokens - short.maxNewTokens));
  }
  expect(least).toBeLessThan(DECODE_BYTES);
  model.dispose();
});

/** Updates, forward passes and rollouts, each in another shape than the last. */
async function mixedStep(model: EngineModel, i: number): Promise<void> {
  const batch = testBatch(model.spec, 1 + (i % 4), 4 + (i % 9));
  const { rows, targets } = predictedRows(batch);
  if (i % 5 === 4) await model.generate({ ...REQUEST, prompts: batch, groupSize: 1 + (i % 3) });
  else if (i % 5 === 3) await model.logits(batch, rows);
  else if (i % 5 === 2) await model.imageAttention(batch, rows);
  else await model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP);
}

test('the linear memory stays as it is over 200 mixed steps, and disposed models give theirs back', async () => {
  const { shared } = await createCore();
  const spec = testSpec('internvl-mini');
  const models = [new WasmModel(shared, spec, 1), new WasmModel(shared, testSpec('qwen-mini'), 2)];
  const steps = async (count: number) => {
    for (let i = 0; i < count; i++) await mixedStep(models[i % 2], i);
  };
  await steps(360);
  const used = shared.memory.usedBytes;
  await steps(200);
  expect(shared.memory.usedBytes).toBe(used);
  const inUse = () => shared.memory.usedBytes - shared.memory.freeBytes;
  const before = inUse();
  for (let i = 0; i < 20; i++) {
    const model = new WasmModel(shared, spec, i);
    for (let j = 0; j < 5; j++) await mixedStep(model, j);
    model.dispose();
    expect(inUse()).toBe(before);
  }
  expect(shared.memory.usedBytes).toBeLessThan(2 * used);
});

test('views follow the memory when it grows and the arena when it moves', async () => {
  const { shared } = await createCore();
  const spec = testSpec('qwen-mini');
  const model = new WasmModel(shared, spec, 1);
  const small = testBatch(spec, 2, 6);
  const { rows, targets } = predictedRows(small);
  const before = await model.tokenOutputs(small, rows, targets, 1);
  const { growths } = shared.memory;
  shared.memory.allocate(1 << 20);
  expect(shared.memory.growths).toBeGreaterThan(growths);
  expect(await model.tokenOutputs(small, rows, targets, 1)).toEqual(before);
  const { generation } = shared.arena;
  await model.logits(testBatch(spec, 40, 40), Int32Array.of(0));
  expect(shared.arena.generation).toBeGreaterThan(generation);
  expect(await model.tokenOutputs(small, rows, targets, 1)).toEqual(before);
  model.dispose();
});

test.each([
  { temperature: 0, topK: 0, topP: 1 },
  { temperature: 1, topK: 0, topP: 1 },
  { temperature: 0.7, topK: 3, topP: 1 },
  { temperature: 1.4, topK: 0, topP: 0.6 },
  { temperature: 1, topK: 7, topP: 0.9 },
  { temperature: 1, topK: 100, topP: 1e-9 },
])('draws are those by sorted tokens: %o', (options) => {
  const vocabulary = 23;
  const [samples, maxNewTokens, seed, rollout] = [5, 40, 77, 3];
  const request = { ...REQUEST, ...options, eos: -1, seed, rollout, maxNewTokens };
  const draws = new Draws(request as unknown as GenerateRequest, samples, vocabulary);
  const expected: { token: number; logp: number }[][] = Array.from({ length: samples }, () => []);
  for (let k = 0; k < maxNewTokens; k++) {
    const logits = randoms(samples * vocabulary, k, 2);
    // Equal logits: the lower number goes first.
    if (k % 4 === 0) logits.set(logits.map(Math.round));
    for (let s = 0; s < samples; s++) {
      const uniform = sampleUniform(seed, rollout, s, k);
      expected[s].push(sortedSample(logits, s * vocabulary, vocabulary, options, uniform));
      expect(draws.draw(s, logits, s * vocabulary)).toBe(k + 1 < maxNewTokens);
    }
  }
  const { tokens, logProbs } = draws.generation();
  for (let s = 0; s < samples; s++) {
    expect([...tokens[s]]).toEqual(expected[s].map(({ token }) => token));
    expect(logProbs[s]).toEqual(Float32Array.from(expected[s], ({ logp }) => logp));
  }
});
