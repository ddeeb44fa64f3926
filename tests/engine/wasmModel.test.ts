// The fused engine as a whole: gradients against finite differences, cached decoding against the full pass, repeatability.

import { describe, expect, test } from 'vitest';
import type { EngineModel, TokenOutputs } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { RandomStream } from '../../src/random/philox.ts';
import {
  BACKBONE_NAMES,
  maxDifference,
  NO_STEP,
  predictedRows,
  REQUEST,
  SIMD,
  STEP,
  testBatch,
  testSpec,
  testWeights,
} from './support.ts';

const engine = await createWasmEngine({ simd: SIMD });

/** Central difference of `loss` along a random direction inside one slice, and the same from the gradient. */
async function alongDirection(
  model: EngineModel,
  slice: { offset: number; size: number },
  gradient: Float32Array,
  loss: () => Promise<number>,
  stream: RandomStream,
) {
  const start = await model.getParameters();
  const direction = Float32Array.from({ length: slice.size }, () => stream.normal());
  const step = 2e-3 / Math.sqrt(1 + slice.size / 50);
  const moved = async (sign: number) => {
    const point = start.slice();
    direction.forEach((value, i) => {
      point[slice.offset + i] += sign * step * value;
    });
    await model.setParameters(point);
    return loss();
  };
  const numeric = ((await moved(1)) - (await moved(-1))) / (2 * step);
  await model.setParameters(start);
  let exact = 0;
  let norm = 0;
  direction.forEach((value, i) => {
    exact += value * gradient[slice.offset + i];
    norm += gradient[slice.offset + i] ** 2;
  });
  return { numeric, exact, norm: Math.sqrt(norm) };
}

describe.each(BACKBONE_NAMES)('%s', (backbone) => {
  const spec = testSpec(backbone, 'small');

  test('token gradients along a direction in every slice', async () => {
    const model = await engine.createModel(spec, 1);
    const batch = testBatch(spec, 3, 9);
    const { rows, targets } = predictedRows(batch, 2);
    const n = rows.length;
    const small = testWeights(n);
    const weights = {
      logp: small.logp.map((w) => w * n),
      entropy: small.entropy.map((w) => w * n),
      values: small.values.map((w) => w * n),
    };
    const lossOf = ({ logp, entropy, values }: TokenOutputs) => {
      let total = 0;
      for (let i = 0; i < n; i++)
        total += weights.logp[i] * logp[i] + weights.entropy[i] * entropy[i] + weights.values[i] * values![i];
      return total;
    };
    await model.updateTokens(batch, rows, targets, 0.8, () => weights, NO_STEP);
    const gradient = await model.getGradients();
    const stream = new RandomStream(9, 'directions');
    const loss = async () => lossOf(await model.tokenOutputs(batch, rows, targets, 0.8));
    for (const slice of spec.layout.slices) {
      const { numeric, exact, norm } = await alongDirection(model, slice, gradient, loss, stream);
      if (slice.name.startsWith('output.classes')) expect(norm).toBe(0);
      else expect(Math.abs(numeric - exact) / (norm + 1e-2), slice.name).toBeLessThan(0.05);
    }
    model.dispose();
  });

  test('class gradients along a direction in every slice', async () => {
    const model = await engine.createModel(spec, 1);
    const batch = testBatch(spec, 3, 6);
    const rows = Int32Array.of(5, 9, 10, 15);
    const gradients = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    await model.updateClasses(batch, rows, () => gradients, NO_STEP);
    const gradient = await model.getGradients();
    const stream = new RandomStream(10, 'directions');
    const loss = async () =>
      (await model.classify(batch, rows)).reduce((sum, value, i) => sum + value * gradients[i], 0);
    for (const slice of spec.layout.slices) {
      if (slice.name.startsWith('output.value')) continue;
      const { numeric, exact, norm } = await alongDirection(model, slice, gradient, loss, stream);
      expect(Math.abs(numeric - exact) / (norm + 1e-2), slice.name).toBeLessThan(0.05);
    }
    model.dispose();
  });

  test('sampled log-probs are those of the full pass', async () => {
    const model = await engine.createModel(spec, 2);
    const prompts = { ...testBatch(spec, 3, 6), lengths: Int32Array.of(6, 3, 5) };
    const { tokens, logProbs } = await model.generate({
      ...REQUEST,
      prompts,
      groupSize: 3,
      maxNewTokens: 10,
      temperature: 0.9,
    });
    const values = spec.imageTokens * spec.patchValues;
    for (const [s, list] of tokens.entries()) {
      const prompt = Math.floor(s / 3);
      const length = prompts.lengths[prompt];
      const text = prompts.tokens.subarray(prompt * 6, prompt * 6 + length);
      const whole = Int32Array.of(...text, ...list);
      const one = {
        batch: 1,
        time: whole.length,
        tokens: whole,
        lengths: Int32Array.of(whole.length),
        patches: prompts.patches?.slice(prompt * values, (prompt + 1) * values) ?? null,
        hasImage: prompts.hasImage.slice(prompt, prompt + 1),
      };
      const rows = Int32Array.from(list, (_, i) => length - 1 + i);
      const { logp } = await model.tokenOutputs(one, rows, list, 0.9);
      expect(maxDifference(logp, logProbs[s])).toBeLessThan(1e-4);
    }
    model.dispose();
  });

  test('what stands after a row, or in a hidden picture, does not reach it', async () => {
    const model = await engine.createModel(spec, 2);
    const batch = testBatch(spec, 2, 6, 'none');
    const rows = Int32Array.of(2, 8);
    const before = await model.logits(batch, rows);
    const tokens = batch.tokens.map((token, i) => (i % 6 > 2 ? (token + 1) % 23 : token));
    const patches =
      spec.imageTokens > 0 ? new Float32Array(2 * spec.imageTokens * spec.patchValues).fill(0.7) : null;
    expect(await model.logits({ ...batch, tokens, patches }, rows)).toEqual(before);
    expect([...(await model.imageAttention(batch, rows))]).toEqual([0, 0]);
    model.dispose();
  });

  test('the attention on each patch adds up to the attention on the picture', async () => {
    const model = await engine.createModel(spec, 3);
    const batch = testBatch(spec, 3, 7, spec.imageTokens > 0 ? 'some' : 'none');
    const { rows } = predictedRows(batch);
    const map = await model.imageAttentionMap!(batch, rows);
    const shares = await model.imageAttention(batch, rows);
    expect(map).toHaveLength(rows.length * spec.imageTokens);
    rows.forEach((_, r) => {
      const part = map.subarray(r * spec.imageTokens, (r + 1) * spec.imageTokens);
      expect(part.reduce((sum, value) => sum + value, 0)).toBeCloseTo(shares[r], 5);
      expect(part.every((value) => value >= 0)).toBe(true);
    });
    model.dispose();
  });

  test('the same seed twice gives the same bits', async () => {
    const runs: { parameters: Float32Array; tokens: Int32Array[] }[] = [];
    for (let run = 0; run < 2; run++) {
      const model = await engine.createModel(spec, 4);
      const batch = testBatch(spec, 4, 7);
      const { rows, targets } = predictedRows(batch);
      for (let i = 0; i < 5; i++)
        await model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP);
      const { tokens } = await model.generate({ ...REQUEST, prompts: batch });
      runs.push({ parameters: await model.getParameters(), tokens });
      model.dispose();
    }
    expect(runs[1]).toEqual(runs[0]);
  });
});

test('a gradient that is not finite changes nothing and is reported', async () => {
  const spec = testSpec('qwen-mini');
  const model = await engine.createModel(spec, 1);
  const batch = testBatch(spec, 2, 5);
  const { rows, targets } = predictedRows(batch);
  const before = await model.getParameters();
  const weights = { ...testWeights(rows.length), logp: new Float32Array(rows.length).fill(Number.NaN) };
  const { gradNorm } = await model.updateTokens(batch, rows, targets, 1, () => weights, STEP);
  expect(Number.isFinite(gradNorm)).toBe(false);
  expect(await model.getParameters()).toEqual(before);
  expect((await model.getOptimizer()).step).toBe(0);
  await expect(model.logits(batch, Int32Array.of(10))).rejects.toThrow(RangeError);
  model.dispose();
});

test('an update after a checkpoint goes on as if there had been none', async () => {
  const spec = testSpec('internvl-mini');
  const batch = testBatch(spec, 2, 5);
  const { rows, targets } = predictedRows(batch);
  const train = async (model: EngineModel, steps: number) => {
    for (let i = 0; i < steps; i++)
      await model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP);
  };
  const straight = await engine.createModel(spec, 1);
  await train(straight, 6);
  const first = await engine.createModel(spec, 1);
  await train(first, 3);
  const second = await engine.createModel(spec, 99);
  await second.setParameters(await first.getParameters());
  await second.setOptimizer(await first.getOptimizer());
  await train(second, 3);
  expect(await second.getParameters()).toEqual(await straight.getParameters());
  for (const model of [straight, first, second]) model.dispose();
});
