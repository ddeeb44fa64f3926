// Divergence and collapse end a run with a clear sentence, and leave a checkpoint that it can go on from.

import { describe, expect, test } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import type { Engine, EngineModel } from '../../src/engine/types.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { MemoryStore } from '../../src/storage/index.ts';
import { DivergedError, guardIteration } from '../../src/training/guard.ts';
import {
  alteredEngine,
  endAfter,
  failureOf,
  RUN_ID,
  readyForRl,
  samplesOf,
  tinySettings,
  trainTiny,
} from './harness.ts';

/** An engine whose language model gives gradients that are no numbers from its update number `nth` on. */
async function poisoned(nth: number): Promise<Engine> {
  return alteredEngine(await createWasmEngine(), (model, spec) => {
    if (!spec.config.outputs.lm) return {};
    let updates = 0;
    const updateTokens: EngineModel['updateTokens'] = (batch, rows, targets, temperature, weigh, step) =>
      model.updateTokens(
        batch,
        rows,
        targets,
        temperature,
        (outputs) => {
          const weights = weigh(outputs);
          return ++updates < nth
            ? weights
            : { ...weights, logp: new Float32Array(rows.length).fill(Number.NaN) };
        },
        step,
      );
    return { updateTokens };
  });
}

describe('gradients that are no numbers', () => {
  test('end SFT; its last checkpoint is sound, and the run goes on from it', async () => {
    const settings = tinySettings({ stages: ['sft'], evaluate: false });
    const store = new MemoryStore();
    const error = await failureOf(trainTiny({ settings, store, engine: await poisoned(12) }));
    expect(error).toBeInstanceOf(DivergedError);
    expect(error).toMatchObject({ code: 'diverged', details: { stage: 'sft', iteration: 12 } });
    expect((error as PlaygroundError).text).toMatch(
      /stopped at iteration 12 of sft: .* is no number\. .*lower sft_learning_rate/,
    );
    expect((await store.readMetrics(RUN_ID)).length).toBe(11);
    const last = await store.latestCheckpoint(RUN_ID);
    expect(last?.manifest.step).toBe(10);
    expect(Object.values(last?.tensors ?? {}).every(({ data }) => data.every(Number.isFinite))).toBe(true);
    expect((await trainTiny({ settings, store, resume: true })).result).toBe('done');
    expect((await store.readMetrics(RUN_ID)).length).toBe(25);
  });

  test('end an RL stage the same way', async () => {
    const { settings, store } = await readyForRl();
    // Two optimiser steps an iteration: the third iteration breaks.
    const dying = trainTiny({ settings, store, engine: await poisoned(5), resume: true });
    expect(await failureOf(dying)).toMatchObject({
      code: 'diverged',
      details: { stage: 'stage1', iteration: 3 },
    });
    expect((await store.latestCheckpoint(RUN_ID))?.manifest.nextIteration).toBeLessThan(3);
    expect((await trainTiny({ settings, store, resume: true })).result).toBe('done');
    expect((await samplesOf(store)).length).toBe(4);
  });

  test('end the stage of the heads the same way', async () => {
    const engine = alteredEngine(await createWasmEngine(), (model) => ({
      updateClasses: async (...step) => ({
        ...(await model.updateClasses(...step)),
        gradNorm: Number.POSITIVE_INFINITY,
      }),
    }));
    const store = new MemoryStore();
    expect(await failureOf(trainTiny({ store, engine }))).toMatchObject({
      code: 'diverged',
      details: { stage: 'heads', iteration: 1 },
      // CASES 17: the advice is that of the phase.
      hint: expect.stringContaining('heads_learning_rate'),
    });
    expect((await store.latestCheckpoint(RUN_ID))?.manifest.kind).toBe('stage-end');
  });
});

test('weights that are no numbers are never stored, even where the metrics of the step were sound', async () => {
  const settings = tinySettings({ stages: ['sft'], evaluate: false });
  const store = new MemoryStore();
  let updates = 0;
  const engine = alteredEngine(await createWasmEngine(), (model) => ({
    updateTokens: (...step) => {
      updates++;
      return model.updateTokens(...step);
    },
    getParameters: async () => {
      const parameters = await model.getParameters();
      if (updates === 4) parameters[7] = Number.NaN;
      return parameters;
    },
  }));
  const error = await failureOf(trainTiny({ settings, store, engine }));
  expect(error).toMatchObject({ code: 'diverged', details: { stage: 'sft', iteration: 4 } });
  expect((error as Error).message).toMatch(/policy\.\S+ holds a value that is no number/);
  expect((await store.listCheckpoints(RUN_ID)).map(({ step }) => step)).toEqual([2]);
});

describe('the bounds', () => {
  const settings = tinySettings({ guard_max_kl: 2, guard_min_entropy: 0.5, guard_patience: 3 });
  const sound = { kl: 1, entropy: 1, reward: 0, loss: 0, grad_norm: 1 };

  test('strikes count up while outside, and a sound iteration clears them', () => {
    const strike = (metrics: { [name: string]: number }, strikes: number) =>
      guardIteration(settings, 'stage1', 9, { ...sound, ...metrics }, strikes);
    expect(strike({}, 2)).toBe(0);
    expect(strike({ kl: 2.5 }, 0)).toBe(1);
    expect(strike({ entropy: 0.1 }, 1)).toBe(2);
    expect(() => strike({ kl: 2.5 }, 2)).toThrow(
      /iteration 9 of stage1: the KL .* 2\.50, above guard_max_kl 2/,
    );
    expect(() => strike({ entropy: 0.1 }, 2)).toThrow(
      /guard_min_entropy 0\.5 at temperature 1: the policy has collapsed/,
    );
  });

  test.each(['reward', 'grad_norm', 'entropy', 'kl', 'loss'])('%s that is no number ends at once', (name) => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => guardIteration(settings, 'stage2', 1, { ...sound, [name]: value }, 0)).toThrow(
        `${name} is no number`,
      );
    }
  });

  test('an iteration that trained nothing passes, unless its own samples show a collapse', () => {
    expect(guardIteration(settings, 'stage1', 1, { reward: 0, 'entropy/rollout': 1 }, 2)).toBe(0);
    expect(guardIteration(settings, 'stage1', 1, { reward: 0, 'entropy/rollout': 0 }, 1)).toBe(2);
  });

  test('end a run once patience is out, also when it was interrupted in between', async () => {
    const collapsing = { guard_min_entropy: 10, guard_patience: 3, checkpoint_every: 1 };
    const expected = { code: 'diverged', details: { stage: 'stage1', iteration: 3 } };
    const whole = await readyForRl(collapsing);
    const error = await failureOf(trainTiny({ ...whole, resume: true }));
    expect(error).toMatchObject(expected);
    expect(error).toBeInstanceOf(PlaygroundError);
    const parts = await readyForRl(collapsing);
    await trainTiny({ ...parts, resume: true, control: endAfter(2, 'stop') });
    expect(await failureOf(trainTiny({ ...parts, resume: true }))).toMatchObject(expected);
  });
});
