// Two engines, one model: the eager one in plain JavaScript and the fused one must say the same.

import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEagerEngine } from '../../src/engine/eager/engine.ts';
import type { Engine, EngineModel } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import {
  BACKBONE_NAMES,
  maxDifference,
  NO_STEP,
  predictedRows,
  relativeDistance,
  STEP,
  testBatch,
  testSpec,
  testWeights,
} from './support.ts';

let wasm: Engine;
let cpu: Engine;
beforeAll(async () => {
  wasm = await createWasmEngine();
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
    const [x, y] = [
      await a.tokenOutputs(batch, rows, targets, 0.8),
      await b.tokenOutputs(batch, rows, targets, 0.8),
    ];
    expect(maxDifference(x.logp, y.logp)).toBeLessThan(1e-4);
    expect(maxDifference(x.entropy, y.entropy)).toBeLessThan(1e-4);
    expect(maxDifference(x.values!, y.values!)).toBeLessThan(1e-4);
    expect(maxDifference(await a.logits(batch, rows), await b.logits(batch, rows))).toBeLessThan(1e-4);
    expect(maxDifference(await a.classify(batch, rows), await b.classify(batch, rows))).toBeLessThan(1e-4);
    const attention = await a.imageAttention(batch, rows);
    expect(maxDifference(attention, await b.imageAttention(batch, rows))).toBeLessThan(1e-5);
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

  test.each([false, true])('30 AdamW steps, frozen vision: %s', async (freezeVision) => {
    const [a, b] = await both(spec);
    const batch = testBatch(spec, 4, 8);
    const { rows, targets } = predictedRows(batch);
    const step = { ...STEP, freezeVision };
    for (let i = 0; i < 30; i++) {
      const weigh = () => ({
        ...testWeights(rows.length),
        logp: new Float32Array(rows.length).fill(-1 / rows.length),
      });
      for (const model of [a, b]) await model.updateTokens(batch, rows, targets, 1, weigh, step);
    }
    const [p, q] = [await a.getParameters(), await b.getParameters()];
    console.log(backbone, freezeVision, relativeDistance(q, p));
    expect(relativeDistance(q, p)).toBeLessThan(1e-3);
    for (const model of [a, b]) model.dispose();
  });
});
void tf;
