// The wgsl executor as a whole, on Dawn in Node: it says what the wasm executor says, and says it twice the same.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine, EngineModel, OptimizerStep } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { createWgslEngine, PARALLEL, PORTABLE, type WgslEngine } from '../../src/engine/wgsl/engine.ts';
import { type DawnDevice, openDawn } from './dawn.ts';
import { expectSameInAnyRoom, expectSharedAsAlone } from './packedModels.ts';
import { expectSameOutputs } from './sameOutputs.ts';
import {
  BACKBONE_NAMES,
  copyWeights,
  maxDifference,
  NO_STEP,
  predictedRows,
  REQUEST,
  relativeDistance,
  STEP,
  testBatch,
  testSpec,
  testWeights,
} from './support.ts';

let wasm: Engine;
const engines = new Map<string, WgslEngine>();
const opened: DawnDevice[] = [];

beforeAll(async () => {
  wasm = await createWasmEngine();
  for (const [name, variants] of Object.entries({ portable: PORTABLE, parallel: PARALLEL })) {
    const dawn = await openDawn();
    opened.push(dawn);
    const device = { device: dawn.device, description: dawn.adapter };
    // Few rows a plane, so that small batches have several.
    engines.set(name, await createWgslEngine({ device, variants: { ...variants, rowsPerPlane: 8 } }));
  }
});

afterAll(() => {
  for (const engine of engines.values()) engine.dispose();
  for (const { errors } of opened) expect(errors, 'WebGPU reported an error').toEqual([]);
});

describe.each(['portable', 'parallel'])('%s kernels', (kind) => {
  const gpu = () => engines.get(kind)!;

  async function both(spec: ReturnType<typeof testSpec>): Promise<[EngineModel, EngineModel]> {
    const [a, b] = [await wasm.createModel(spec, 3), await gpu().createModel(spec, 3)];
    await copyWeights(a, b);
    return [a, b];
  }

  describe.each(BACKBONE_NAMES)('%s: wgsl = wasm', (backbone) => {
    const spec = testSpec(backbone, 'small');
    const cases = spec.imageTokens > 0 ? (['all', 'some', 'none'] as const) : (['none'] as const);

    test.each(cases)('outputs and gradients, pictures: %s', async (pictures) => {
      const [a, b] = await both(spec);
      const batch = testBatch(spec, 3, 7, pictures);
      const { rows, targets } = predictedRows(batch);
      await expectSameOutputs(a, b, batch);
      const weights = testWeights(rows.length);
      const p = await a.updateTokens(batch, rows, targets, 0.8, () => weights, NO_STEP);
      const q = await b.updateTokens(batch, rows, targets, 0.8, () => weights, NO_STEP);
      expect(Math.abs(p.gradNorm - q.gradNorm) / q.gradNorm).toBeLessThan(1e-4);
      const [g, h] = [await a.getGradients(), await b.getGradients()];
      for (const { name, offset, size } of spec.layout.slices) {
        const [from, to] = [g.subarray(offset, offset + size), h.subarray(offset, offset + size)];
        if (from.every((value) => value === 0))
          expect(
            to.every((value) => value === 0),
            name,
          ).toBe(true);
        else expect(relativeDistance(to, from), name).toBeLessThan(1e-3);
      }
      expect(relativeDistance(h, g)).toBeLessThan(1e-4);
      for (const model of [a, b]) model.dispose();
    });

    /** Trains both on the same batches; the last losses and parameters. */
    async function trainBoth(steps: number, step: OptimizerStep) {
      const [a, b] = await both(spec);
      const start = await a.getParameters();
      const loss = [0, 0];
      for (let i = 0; i < steps; i++) {
        const batch = testBatch(spec, 2, 5 + (i % 3), 'some', i % 4);
        const { rows, targets } = predictedRows(batch);
        for (const [m, model] of [a, b].entries()) {
          await model.updateTokens(
            batch,
            rows,
            targets,
            1,
            ({ logp }) => {
              loss[m] = -logp.reduce((sum, value) => sum + value, 0) / rows.length;
              return {
                ...testWeights(rows.length),
                logp: new Float32Array(rows.length).fill(-1 / rows.length),
              };
            },
            step,
          );
        }
      }
      const [end, other] = [await a.getParameters(), await b.getParameters()];
      const [x, y] = [await a.getOptimizer(), await b.getOptimizer()];
      expect(y.step).toBe(steps);
      expect(relativeDistance(y.first, x.first)).toBeLessThan(1e-3);
      expect(relativeDistance(y.second, x.second)).toBeLessThan(1e-3);
      for (const model of [a, b]) model.dispose();
      return { start, end, other, loss };
    }

    test('30 AdamW steps: loss within 1e-4, parameters within 1e-3', async () => {
      const { start, end, other, loss } = await trainBoth(30, STEP);
      expect(Math.abs(loss[1] - loss[0])).toBeLessThan(1e-4);
      expect(relativeDistance(other, end)).toBeLessThan(1e-3);
      expect(relativeDistance(end, start)).toBeGreaterThan(1e-2);
    });

    test('a frozen vision encoder stays as it is', async () => {
      if (spec.imageTokens === 0) return;
      const { start, end, other } = await trainBoth(3, { ...STEP, freezeVision: true });
      const { visionEnd } = spec.layout;
      expect(relativeDistance(other, end)).toBeLessThan(1e-3);
      expect(other.slice(0, visionEnd)).toEqual(start.slice(0, visionEnd));
    });

    test('one prefix for a group gives what its items give by themselves', () =>
      expectSharedAsAlone(gpu(), spec));

    test('the same rollouts', async () => {
      const [a, b] = await both(spec);
      const prompts = { ...testBatch(spec, 3, 6), lengths: Int32Array.of(6, 3, 5) };
      const cases = [{}, { temperature: 0 }, { temperature: 0.7, topK: 5, topP: 0.9 }];
      for (const [i, options] of cases.entries()) {
        // More than one submit of tokens, and samples that end early.
        const request = { ...REQUEST, ...options, prompts, groupSize: 3, maxNewTokens: 35, rollout: i };
        const [x, y] = [await a.generate(request), await b.generate(request)];
        expect(y.tokens).toEqual(x.tokens);
        y.logProbs.forEach((list, s) => {
          expect(maxDifference(list, x.logProbs[s])).toBeLessThan(1e-4);
        });
      }
      for (const model of [a, b]) model.dispose();
    });
  });

  test('a classifier learns the same, and refuses what it has no head for', async () => {
    const spec = testSpec('qwen-mini', 'tiny', { lm: false, classes: 3, value: false });
    const [a, b] = await both(spec);
    const batch = testBatch(spec, 3, 5);
    const rows = Int32Array.of(4, 8, 12);
    const seen: Float32Array[] = [];
    for (let i = 0; i < 4; i++) {
      for (const model of [a, b]) {
        await model.updateClasses(
          batch,
          rows,
          (logits) => {
            seen.push(logits.slice());
            return logits.map((value, j) => value - (j % 3));
          },
          STEP,
        );
      }
    }
    expect(maxDifference(seen.at(-1)!, seen.at(-2)!)).toBeLessThan(1e-4);
    expect(relativeDistance(await b.getParameters(), await a.getParameters())).toBeLessThan(1e-4);
    await expect(b.tokenOutputs(batch, rows, rows, 1)).rejects.toThrow('language-model head');
    await expect(b.generate({ ...REQUEST, prompts: batch })).rejects.toThrow('cannot generate');
    for (const model of [a, b]) model.dispose();
  });

  test('results do not depend on the room that larger batches left', () => expectSameInAnyRoom(gpu()));

  test('the same seed gives the same bits, beside another model at work', async () => {
    const spec = testSpec('internvl-mini', 'tiny');
    const run = async (company: boolean) => {
      const model = await gpu().createModel(spec, 5);
      const other = await gpu().createModel(testSpec('qwen-mini', 'small'), 6);
      const noise: Promise<unknown>[] = [];
      for (let i = 0; i < 6; i++) {
        const batch = testBatch(spec, 4, 9, 'some', i);
        const { rows, targets } = predictedRows(batch);
        if (company) {
          const bigger = testBatch(other.spec, 6, 20);
          const picked = predictedRows(bigger);
          noise.push(other.tokenOutputs(bigger, picked.rows, picked.targets, 1));
        }
        await model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP);
      }
      await Promise.all(noise);
      const rollout = await model.generate({ ...REQUEST, prompts: testBatch(spec, 2, 5), maxNewTokens: 20 });
      const result = { parameters: await model.getParameters(), rollout };
      for (const each of [model, other]) each.dispose();
      return result;
    };
    const first = await run(false);
    expect(await run(false)).toEqual(first);
    expect(await run(true)).toEqual(first);
  });

  test('weights and moments come back as they were set; a gradient that is no number changes nothing', async () => {
    const spec = testSpec('qwen-mini', 'tiny');
    const model = await gpu().createModel(spec, 1);
    const batch = testBatch(spec, 2, 6);
    const { rows, targets } = predictedRows(batch);
    await model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP);
    const [parameters, state] = [await model.getParameters(), await model.getOptimizer()];
    const bad = { ...testWeights(rows.length), logp: new Float32Array(rows.length).fill(Number.NaN) };
    const { gradNorm } = await model.updateTokens(batch, rows, targets, 1, () => bad, STEP);
    expect(gradNorm).toBeNaN();
    expect(await model.getParameters()).toEqual(parameters);
    expect(await model.getOptimizer()).toEqual(state);
    const copy = await gpu().createModel(spec, 2);
    await copy.setParameters(parameters);
    await copy.setOptimizer(state);
    expect(await copy.getParameters()).toEqual(parameters);
    for (const each of [model, copy]) {
      await each.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP);
    }
    expect(await copy.getParameters()).toEqual(await model.getParameters());
    await expect(copy.setParameters(new Float32Array(3))).rejects.toThrow(/3 values/);
    await expect(copy.tokenOutputs(batch, Int32Array.of(99), Int32Array.of(0), 1)).rejects.toThrow('outside');
    for (const each of [model, copy]) each.dispose();
  });
});
