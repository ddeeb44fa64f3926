// The eager engine's own duties: no leaks, guarded updates, copies, and the same answers from tfjs-wasm.

import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createEagerEngine } from '../../src/engine/eager/engine.ts';
import { headGradient, headLogProbs } from '../../src/engine/eager/head.ts';
import { randoms } from './bench.ts';
import { dot, head, numericGradient } from './float64.ts';
import {
  maxDifference,
  predictedRows,
  REQUEST,
  relativeDistance,
  STEP,
  testBatch,
  testSpec,
  testWeights,
} from './support.ts';

test('no call leaves tensors behind, and dispose frees the model', async () => {
  const engine = await createEagerEngine('tfjs-wasm');
  const spec = testSpec('internvl-mini');
  const empty = tf.memory().numTensors;
  const model = await engine.createModel(spec, 1);
  const batch = testBatch(spec, 2, 4);
  const { rows, targets } = predictedRows(batch);
  const everything = async () => {
    await model.tokenOutputs(batch, rows, targets, 1);
    await model.logits(batch, rows);
    await model.classify(batch, rows);
    await model.imageAttention(batch, rows);
    await model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP);
    await model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), {
      ...STEP,
      freezeVision: true,
    });
    await model.updateClasses(batch, rows, (logits) => logits, STEP);
    await model.generate({ ...REQUEST, prompts: batch, maxNewTokens: 2 });
    await model.setParameters(await model.getParameters());
    await model.setOptimizer(await model.getOptimizer());
    await model.getGradients();
    await model.logits(batch, Int32Array.of(99)).catch(() => undefined);
    const failing = () => {
      throw new Error('the loss fails');
    };
    await model.updateTokens(batch, rows, targets, 1, failing, STEP).catch(() => undefined);
    await model.logits(batch, rows);
  };
  await everything();
  const { numTensors } = tf.memory();
  await everything();
  expect(tf.memory().numTensors).toBe(numTensors);
  model.dispose();
  expect(tf.memory().numTensors).toBe(empty);
  engine.dispose();
});

test('a gradient that is not finite changes nothing; results are copies; wrong sizes are refused', async () => {
  const engine = await createEagerEngine('cpu');
  const spec = testSpec('deepseek-mini');
  const model = await engine.createModel(spec, 1);
  const batch = testBatch(spec, 2, 4);
  const { rows, targets } = predictedRows(batch);
  const before = await model.getParameters();
  const weights = { logp: new Float32Array(rows.length).fill(Number.NaN), entropy: null, values: null };
  const { gradNorm } = await model.updateTokens(batch, rows, targets, 1, () => weights, STEP);
  expect(Number.isFinite(gradNorm)).toBe(false);
  expect(await model.getParameters()).toEqual(before);
  expect((await model.getOptimizer()).step).toBe(0);
  (await model.getParameters()).fill(5);
  expect(await model.getParameters()).toEqual(before);
  await expect(model.logits(batch, Int32Array.of(8))).rejects.toThrow(RangeError);
  await expect(model.setParameters(new Float32Array(3))).rejects.toThrow(RangeError);
  model.dispose();
  engine.dispose();
});

test('the head gives log-probs, entropy and their gradient; rows asked for twice count twice', async () => {
  await createEagerEngine('cpu');
  await tf.setBackend('cpu');
  const [rows, vocabulary, temperature] = [5, 23, 0.7];
  const logits = randoms(rows * vocabulary, 1, 2);
  const targets = Int32Array.of(0, 22, 3, 3, 7);
  const [w, e] = [randoms(rows, 2), randoms(rows, 3)];
  const z = tf.tensor2d(logits, [rows, vocabulary]);
  const index = tf.tensor1d(targets, 'int32');
  const found = headLogProbs(tf, z, index, temperature);
  const expected = head(logits, targets, vocabulary, 1 / temperature);
  expect(maxDifference(await found.logp.data(), expected.logp)).toBeLessThan(1e-5);
  expect(maxDifference(await found.entropy.data(), expected.entropy)).toBeLessThan(1e-5);
  const gradient = headGradient(tf, z, index, temperature, tf.tensor1d(w), tf.tensor1d(e));
  const loss = (values: Float64Array) => {
    const { logp, entropy } = head(values, targets, vocabulary, 1 / temperature);
    return dot(logp, w) + dot(entropy, e);
  };
  expect(maxDifference(await gradient.data(), numericGradient(loss, logits))).toBeLessThan(1e-5);
  const engine = await createEagerEngine('cpu');
  const spec = testSpec('qwen-mini');
  const model = await engine.createModel(spec, 1);
  const batch = testBatch(spec, 1, 4);
  const step = async (list: number[], weight: number) => {
    const weights = { logp: new Float32Array(list.length).fill(weight), entropy: null, values: null };
    await model.updateTokens(batch, Int32Array.from(list), new Int32Array(list.length), 1, () => weights, {
      ...STEP,
      learningRate: 0,
      weightDecay: 0,
    });
    return model.getGradients();
  };
  const [twice, doubled] = [await step([1, 1], 1), await step([1], 2)];
  expect(relativeDistance(twice, doubled)).toBeLessThan(1e-5);
  model.dispose();
});

test('tfjs-wasm = cpu, both engines in one process', async () => {
  const engines = [await createEagerEngine('tfjs-wasm'), await createEagerEngine('cpu')];
  for (const backbone of ['qwen-mini', 'internvl-mini'] as const) {
    const spec = testSpec(backbone);
    const batch = testBatch(spec, 2, 5);
    const { rows, targets } = predictedRows(batch);
    const models = await Promise.all(engines.map((engine) => engine.createModel(spec, 1)));
    // Interleaved on purpose: each call must enter its own backend.
    const norms = await Promise.all(
      models.map((model) =>
        model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP),
      ),
    );
    expect(norms[0].gradNorm / norms[1].gradNorm).toBeCloseTo(1, 3);
    const gradients = await Promise.all(models.map((model) => model.getGradients()));
    expect(relativeDistance(gradients[0], gradients[1])).toBeLessThan(1e-4);
    const [x, y] = await Promise.all(models.map((model) => model.generate({ ...REQUEST, prompts: batch })));
    expect(x.tokens).toEqual(y.tokens);
    for (const model of models) model.dispose();
  }
});
