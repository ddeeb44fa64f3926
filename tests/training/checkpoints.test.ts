// Checkpoints: tensors there and back, weights of another shape refused by name, rolling ones thinned, stage ends kept.

import { describe, expect, test } from 'vitest';
import type { PlaygroundError } from '../../src/base/errors.ts';
import type { SettingsInput } from '../../src/config/index.ts';
import { MemoryStore } from '../../src/storage/index.ts';
import { fromTensors, toTensors } from '../../src/training/checkpoints.ts';
import { copySharedSlices, modelSpecs } from '../../src/training/rewardModel.ts';
import { endAfter, failureOf, RUN_ID, snapshot, tinySettings, trainTiny } from './harness.ts';

const specOf = (overrides: SettingsInput = {}) => modelSpecs(tinySettings(overrides)).policy;

describe('tensors of a model', () => {
  test.each(['qwen-mini', 'internvl-mini', 'deepseek-mini'] as const)(
    'of %s come back bit for bit',
    (backbone) => {
      const spec = specOf({ backbone });
      // Slices begin on aligned places: what lies between them belongs to no tensor and is 0.
      const flat = new Float32Array(spec.layout.size);
      for (const { offset, size } of spec.layout.slices) {
        for (let i = offset; i < offset + size; i++) flat[i] = Math.sin(i);
      }
      const tensors = toTensors(spec, flat, 'policy.');
      expect(fromTensors(spec, tensors, 'policy.')).toEqual(flat);
      expect(Object.keys(tensors).every((name) => name.startsWith('policy.'))).toBe(true);
      for (const { shape, data } of Object.values(tensors)) {
        expect(data.length).toBe(shape.reduce((a, b) => a * b, 1));
      }
      // Copies: what happens to the model later does not reach them.
      flat.fill(0);
      expect(fromTensors(spec, tensors, 'policy.')).not.toEqual(flat);
    },
  );

  test('of another shape are refused by the name of the first that does not fit', () => {
    const spec = specOf();
    const small = specOf({ size: 'small' });
    const zeros = toTensors(small, new Float32Array(small.layout.size), 'policy.');
    const { name, shape } = spec.layout.slices[0];
    const error = (() => {
      try {
        fromTensors(spec, zeros, 'policy.');
      } catch (thrown) {
        return thrown as PlaygroundError;
      }
    })();
    expect(error).toMatchObject({ code: 'shape-mismatch', details: { tensor: `policy.${name}` } });
    expect(error?.message).toContain(`policy.${name} should be [${shape.join(', ')}], found [`);
    expect(() => fromTensors(spec, {}, '')).toThrow(`${name} should be [${shape.join(', ')}], found nothing`);
  });

  test('that two models share are copied, the others stay', () => {
    const { policy, reward } = modelSpecs(tinySettings());
    const from = new Float32Array(policy.layout.size).fill(2);
    const parameters = new Float32Array(reward.layout.size).fill(1);
    copySharedSlices({ spec: policy, parameters: from }, { spec: reward, parameters });
    const shared = new Set(policy.layout.slices.map(({ name }) => name));
    for (const { name, offset, size } of reward.layout.slices) {
      const values = new Set(parameters.subarray(offset, offset + size));
      expect(values, name).toEqual(new Set([shared.has(name) ? 2 : 1]));
    }
  });
});

describe('the checkpoints of a run', () => {
  const settings = tinySettings({ evaluate: false, sft_steps: 9, stage1_steps: 5, stage2_steps: 5 });

  test('stage ends are kept, rolling ones thinned to the two newest', async () => {
    const { store } = await trainTiny({ settings });
    const manifests = await store.listCheckpoints(RUN_ID);
    const ends = manifests.filter(({ kind }) => kind === 'stage-end');
    expect(ends.map(({ stage, step, stageIndex }) => [stage, step, stageIndex])).toEqual([
      ['sft', 9, 1],
      ['heads', 14, 2],
      ['stage1', 19, 3],
      ['stage2', 24, 4],
    ]);
    const rolling = manifests.filter(({ kind }) => kind === 'rolling');
    expect(rolling.map(({ stage, step }) => [stage, step])).toEqual([
      ['stage2', 20],
      ['stage2', 22],
    ]);
    for (const { id } of manifests) {
      const tensors = Object.values((await store.getCheckpoint(RUN_ID, id))?.tensors ?? {});
      expect(tensors.length).toBeGreaterThan(0);
      expect(tensors.every(({ data }) => data.every(Number.isFinite))).toBe(true);
    }
  });

  test.each([
    ['size', { size: 'small' }, /^policy\./],
    ['backbone', { backbone: 'internvl-mini' }, /^policy\./],
    ['picture size', { image_size_px: 48, backbone: 'internvl-mini' }, /^policy\./],
    ['loss with a value head', { loss_type: 'ppo' }, /^policy\.output\.value/],
  ] as [string, SettingsInput, RegExp][])(
    'of another %s are refused, and nothing stored is changed',
    async (_, overrides, tensor) => {
      const store = new MemoryStore();
      const kept = { ...settings, stages: ['sft'] as const };
      await trainTiny({ settings: kept, store, control: endAfter(5, 'stop') });
      const before = await snapshot(store);
      const manifests = await store.listCheckpoints(RUN_ID);
      const other = tinySettings({ ...kept, ...overrides });
      const error = await failureOf(trainTiny({ settings: other, store, resume: true }));
      expect(error).toMatchObject({
        code: 'shape-mismatch',
        details: { tensor: expect.stringMatching(tensor) },
      });
      expect(await snapshot(store)).toEqual(before);
      expect(await store.listCheckpoints(RUN_ID)).toEqual(manifests);
    },
  );
});
