// Two engines, one model: the eager one in plain JavaScript and the fused one must say the same.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEagerEngine } from '../../src/engine/eager/engine.ts';
import type { Engine, EngineModel, OptimizerStep } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { expectSameOutputs } from './sameOutputs.ts';
import {
  BACKBONE_NAMES,
  maxDifference,
  NO_STEP,
  predictedRows,
  REQUEST,
  relativeDistance,
  SIMD,
  STEP,
  testBatch,
  testSpec,
  testWeights,
} from './support.ts';

let wasm: Engine;
let cpu: Engine;
beforeAll(async () => {
  wasm = await createWasmEngine({ simd: SIMD });
  cpu = await createEagerEngine('cpu');
});
afterAll(() => {
  wasm.dispose();
  cpu.dispose();
});

async function both(spec: ReturnType<typeof testSpec>): Promise<[EngineModel, EngineModel]> {
  return [await wasm.createModel(spec, 3), await cpu.createModel(spec, 3)];
}

describe.each(BACKBONE_NAMES)('%s: eager cpu = fused wasm', (backbone) => {
  const spec = testSpec(backbone);
  const cases = spec.imageTokens > 0 ? (['all', 'some', 'none'] as const) : (['none'] as const);

  test.each(cases)('outputs and gradients, pictures: %s', async (pictures) => {
    const [a, b] = await both(spec);
    const batch = testBatch(spec, 3, 7, pictures);
    const { rows, targets } = predictedRows(batch);
    const attention = await expectSameOutputs(a, b, batch);
    if (pictures === 'all') expect(Math.min(...attention)).toBeGreaterThan(0.01);
    const weights = testWeights(rows.length);
    const reports = [a, b].map((model) =>
      model.updateTokens(batch, rows, targets, 0.8, () => weights, NO_STEP),
    );
    const [p, q] = await Promise.all(reports);
    expect(Math.abs(p.gradNorm - q.gradNorm) / q.gradNorm).toBeLessThan(1e-4);
    expect(relativeDistance(await b.getGradients(), await a.getGradients())).toBeLessThan(1e-4);
    for (const model of [a, b]) model.dispose();
  });

  /** Trains both on the same batch; how far their parameters are apart. */
  async function trainBoth(steps: number, step: OptimizerStep) {
    const [a, b] = await both(spec);
    const batch = testBatch(spec, 2, 5);
    const { rows, targets } = predictedRows(batch);
    const weights = {
      ...testWeights(rows.length),
      logp: new Float32Array(rows.length).fill(-1 / rows.length),
    };
    const start = await a.getParameters();
    for (let i = 0; i < steps; i++) {
      for (const model of [a, b]) await model.updateTokens(batch, rows, targets, 1, () => weights, step);
    }
    const [end, other] = [await a.getParameters(), await b.getParameters()];
    const [x, y] = [await a.getOptimizer(), await b.getOptimizer()];
    expect(y.step).toBe(steps);
    expect(relativeDistance(y.first, x.first)).toBeLessThan(1e-3);
    expect(relativeDistance(y.second, x.second)).toBeLessThan(1e-3);
    for (const model of [a, b]) model.dispose();
    return { start, end, other, distance: relativeDistance(other, end) };
  }

  test('30 AdamW steps', async () => {
    const { start, end, distance } = await trainBoth(30, STEP);
    expect(distance).toBeLessThan(1e-3);
    expect(relativeDistance(end, start)).toBeGreaterThan(1e-2);
  });

  if (spec.imageTokens === 0) return;

  test('frozen vision stays as it is on both', async () => {
    const { start, end, other, distance } = await trainBoth(4, { ...STEP, freezeVision: true });
    const { visionEnd } = spec.layout;
    expect(distance).toBeLessThan(1e-3);
    for (const result of [end, other]) {
      expect(result.slice(0, visionEnd)).toEqual(start.slice(0, visionEnd));
      expect(maxDifference(result.slice(visionEnd), start.slice(visionEnd))).toBeGreaterThan(1e-3);
    }
  });
});

test('a classifier learns the same on both', async () => {
  const spec = testSpec('qwen-mini', 'tiny', { lm: false, classes: 3, value: false });
  const [a, b] = await both(spec);
  const batch = testBatch(spec, 3, 5);
  const rows = Int32Array.of(4, 8, 12);
  const seen: Float32Array[] = [];
  for (let i = 0; i < 4; i++) {
    for (const model of [a, b]) {
      const gradients = (logits: Float32Array) => {
        seen.push(logits.slice());
        return logits.map((value, j) => value - (j % 3));
      };
      await model.updateClasses(batch, rows, gradients, STEP);
    }
  }
  expect(maxDifference(seen.at(-1)!, seen.at(-2)!)).toBeLessThan(1e-4);
  expect(relativeDistance(await b.getParameters(), await a.getParameters())).toBeLessThan(1e-4);
  for (const model of [a, b]) {
    await expect(model.tokenOutputs(batch, rows, rows, 1)).rejects.toThrow('language-model head');
    await expect(model.generate({ ...REQUEST, prompts: batch })).rejects.toThrow('cannot generate');
    model.dispose();
  }
});

test.each(BACKBONE_NAMES)('%s generates the same tokens on both', async (backbone) => {
  const spec = testSpec(backbone);
  const [a, b] = await both(spec);
  const prompts = { ...testBatch(spec, 3, 4), lengths: Int32Array.of(4, 2, 3) };
  for (const options of [{}, { temperature: 0 }, { temperature: 0.7, topK: 5, topP: 0.9 }]) {
    const request = { ...REQUEST, ...options, prompts };
    const [x, y] = [await a.generate(request), await b.generate(request)];
    expect(y.tokens).toEqual(x.tokens);
    y.logProbs.forEach((list, s) => {
      expect(maxDifference(list, x.logProbs[s])).toBeLessThan(1e-4);
    });
  }
  for (const model of [a, b]) model.dispose();
});
