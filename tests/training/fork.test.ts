// A run that begins after a stage of another one is the run that was trained whole, bit for bit; and what must be equal for that.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/train/command.ts';
import { forkWords, runCommandOf } from '../../src/cli/train/flags.ts';
import { forkSource, readForkBase } from '../../src/cli/train/fork.ts';
import {
  forkIndex,
  SETTING_KEYS,
  SETTINGS,
  type SettingsInput,
  settingsReadBy,
  validateSettings,
} from '../../src/config/index.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import type { TrainEvent } from '../../src/protocol/messages.ts';
import { MemoryStore, type RunStore, readBundle, stageBundle, stageEnds } from '../../src/storage/index.ts';
import { RunController } from '../../src/training/controller.ts';
import { stagePlan } from '../../src/training/stages.ts';
import { testFolder } from '../support/testFolder.ts';
import { failingStore, failureOf, snapshot, tinySettings } from './harness.ts';

type Trained = { store: RunStore; runId: string; events: TrainEvent[] };

function controllerOf(store: RunStore, events: TrainEvent[] = []): RunController {
  return new RunController({
    store,
    emit: (event) => void events.push(event),
    chooseEngine: async () => ({ engine: await createWasmEngine(), reason: 'Of the test.', measuredMs: {} }),
    yieldThread: () => new Promise((resolve) => setImmediate(resolve)),
    now: () => performance.now(),
    timestamp: () => '2026-11-23T22:45:01.000Z',
    lock: async () => () => undefined,
  });
}

async function train(overrides: SettingsInput, store: RunStore = new MemoryStore(), fork?: Fork) {
  const events: TrainEvent[] = [];
  const controller = controllerOf(store, events);
  const request = { settings: tinySettings(overrides), preset: '', ...(fork && { fork }) };
  const { runId } = await controller.start(request);
  await controller.finished();
  expect(await store.getRun(runId)).toMatchObject({ status: 'done' });
  return { store, runId, events };
}
type Fork = { runId: string; stage: string };

/** All of a run, whatever its id; of the checkpoints those that end a stage from `stage` on. */
async function contents({ store, runId }: Trained, stage: string): Promise<unknown> {
  const { checkpoints, ...rest } = await snapshot(store, runId);
  // A bundle keeps the report of an evaluation alone.
  const records = (await store.listEvaluations(runId)).map(({ step, report }) => ({ step, report }));
  const list = checkpoints as { manifest: { stage: string } }[];
  const kept = list.slice(list.findIndex(({ manifest }) => manifest.stage === stage));
  return JSON.parse(
    JSON.stringify({ ...rest, evaluations: records, checkpoints: kept }).replaceAll(runId, 'ID'),
  );
}

describe('a fork is the run trained whole', () => {
  let base: Trained;
  let full: Trained;
  beforeAll(async () => {
    base = await train({ stages: ['sft', 'heads'] });
    full = await train({ replay: 'ssr', replay_fraction: 0.5 });
  });

  test('after the heads, with another task and another loss', async () => {
    const settings: SettingsInput = {
      stages: ['sft', 'heads', 'stage2'],
      stage2_mix: { safety: 4, jailbreak: 3 },
      loss_type: 'grpo',
      beta: 0.04,
    };
    const fork = await train(settings, base.store, { runId: base.runId, stage: 'heads' });
    const whole = await train(settings);
    expect(await contents(fork, 'heads')).toEqual(await contents(whole, 'heads'));
    const kinds = fork.events.map((event) => (event.kind === 'evaluation' ? event.stage : event.kind));
    expect(kinds.slice(0, 3)).toEqual(['status', 'heads', 'sft']);
    expect(fork.events.find(({ kind }) => kind === 'progress')).toMatchObject({ stage: 'stage2' });
    // The run that was forked is as it was.
    expect((await base.store.listCheckpoints(base.runId)).map(({ stage }) => stage)).toContain('sft');
  });

  test('after stage 1, whose samples are replayed', async () => {
    const settings: SettingsInput = { replay: 'ssr', replay_fraction: 0.5, stage2_learning_rate: 1e-3 };
    const fork = await train(settings, full.store, { runId: full.runId, stage: 'stage1' });
    expect(await contents(fork, 'stage1')).toEqual(await contents(await train(settings), 'stage1'));
    // The scores of stage 1 were taken over, not made again.
    const stages = fork.events.flatMap((event) =>
      event.kind === 'progress' && !event.kept ? [event.stage] : [],
    );
    expect(stages).not.toContain('evaluation-stage1');
    expect(stages).toContain('evaluation-stage2');
  });

  test('after SFT, with other heads and another evaluation', async () => {
    const settings: SettingsInput = {
      stages: ['sft', 'heads', 'stage1'],
      heads_label_noise: 0.3,
      eval_samples: 12,
    };
    const fork = await train(settings, full.store, { runId: full.runId, stage: 'sft' });
    expect(await contents(fork, 'sft')).toEqual(await contents(await train(settings), 'sft'));
  });

  test('with another seed has random numbers of its own from there on, and scores of its own prompts', async () => {
    const settings: SettingsInput = { seed: 8, stages: ['sft', 'heads', 'stage1'] };
    const first = await train(settings, base.store, { runId: base.runId, stage: 'heads' });
    const again = await train(settings, base.store, { runId: base.runId, stage: 'heads' });
    expect(await contents(first, 'heads')).toEqual(await contents(again, 'heads'));
    const other = { ...settings, seed: 9 };
    const second = await train(other, base.store, { runId: base.runId, stage: 'heads' });
    expect(await contents(second, 'stage1')).not.toEqual(await contents(first, 'stage1'));
    expect(await first.store.getRun(first.runId)).toMatchObject({ seed: 8 });
  });

  test('out of a bundle, stopped at once and resumed', async () => {
    const settings: SettingsInput = { stage1_learning_rate: 1e-3 };
    const bundle = readBundle(await base.store.exportBundle(base.runId));
    expect(stageEnds(bundle)).toEqual(['sft', 'heads']);
    const store = new MemoryStore();
    const imported = await store.importBundle(await stageBundle(bundle, 'heads', false));
    expect((await store.listCheckpoints(imported)).map(({ stage }) => stage)).toEqual(['heads']);
    const controller = controllerOf(store);
    const request = { settings: tinySettings(settings), preset: '' };
    const { runId } = await controller.start({ ...request, fork: { runId: imported, stage: 'heads' } });
    await controller.stop();
    expect(await store.getRun(runId)).toMatchObject({ status: 'stopped' });
    await controller.start({ ...request, resumeRunId: runId });
    await controller.finished();
    const whole = await train(settings);
    expect(await contents({ store, runId, events: [] }, 'heads')).toEqual(await contents(whole, 'heads'));
  });

  test.each(['appendMetrics', 'putHeads', 'putCheckpoint'] as const)(
    'killed at %s while it takes over its base, and resumed',
    async (method) => {
      const settings: SettingsInput = { stages: ['sft', 'heads', 'stage1'], stage1_learning_rate: 1e-3 };
      const store = new MemoryStore();
      const base = await train({ stages: ['sft', 'heads'] }, store);
      const fork = { runId: base.runId, stage: 'heads' };
      // Whoever is killed clears nothing away.
      const killed = controllerOf(failingStore(failingStore(store, method, 1), 'deleteRun', 1));
      const request = { settings: tinySettings(settings), preset: '' };
      await expect(killed.start({ ...request, runId: 'cut', fork })).rejects.toThrow();
      expect(await store.getRun('cut')).toMatchObject({ status: 'running', fork });
      const controller = controllerOf(store);
      await controller.start({ ...request, resumeRunId: 'cut' });
      await controller.finished();
      const whole = await train(settings, store, fork);
      expect(await contents({ store, runId: 'cut', events: [] }, 'heads')).toEqual(
        await contents(whole, 'heads'),
      );
    },
  );

  test('is refused by the command line before a browser is started', async () => {
    const path = join(testFolder('fork'), 'base.zip');
    writeFileSync(path, await base.store.exportBundle(base.runId));
    const source = async (stage: string | null, overrides: SettingsInput = {}) =>
      forkSource(await readForkBase(path, stage), tinySettings(overrides));
    expect(await source(null, { loss_type: 'rloo' })).toMatchObject({ path, stage: 'heads' });
    await expect(source(null, { size: 'small' })).rejects.toMatchObject({
      name: 'UsageError',
      text: expect.stringMatching(
        /^A run cannot begin after heads of that one: size is tiny there and small here/,
      ),
    });
    await expect(source('stage1')).rejects.toMatchObject({ hint: 'Choose --at out of: sft, heads.' });
  });

  test('CASES 5: takes the settings of that run, but for flags and what only later stages read', async () => {
    const folder = testFolder('fork');
    writeFileSync(join(folder, 'bundle.zip'), await base.store.exportBundle(base.runId));
    const from = await readForkBase(folder, null);
    const command = (...words: string[]) => {
      const found = runCommandOf(main.read(['--from', folder, ...words]), from);
      if (found.kind !== 'start') throw new Error('It is a start.');
      return found;
    };
    const own = tinySettings({ stages: ['sft', 'heads'] });
    expect(command().settings).toEqual(own);
    expect(command('--beta', '3').settings).toEqual({ ...own, beta: 3 });
    const later = command('--preset', 'quick+grpo', '--epochs', '2');
    expect(later.settings).toMatchObject({ sft_steps: own.sft_steps, size: own.size, seed: own.seed });
    expect(later.settings).toMatchObject({
      loss_type: 'grpo',
      epochs: 2,
      stages: ['sft', 'heads', 'stage1', 'stage2'],
    });
    expect(later.taken).toContain(`sft_steps ${own.sft_steps}`);
    expect(await forkSource(from, later.settings)).toMatchObject({ path: folder, stage: 'heads' });
    // A flag is what was meant, and is refused where it does not fit.
    const other = command('--preset', 'quick', '--sft-steps', '9').settings;
    await expect(forkSource(from, other)).rejects.toThrow(/sft_steps is \d+ there and 9 here/);
    await expect(forkSource(from, command().settings)).rejects.toThrow(
      'Nothing is left to train after heads: --stages is sft,heads.',
    );
  });

  test.each(['qwen-mini', 'public/models/deepseek-mini'])(
    'CASES 5: begins from the released model %s',
    async (path) => {
      const released = await readForkBase(path, 'heads');
      const words = ['--from', path, '--at', 'heads', '--preset', 'quick+grpo'];
      const command = runCommandOf(main.read(words), released);
      if (command.kind !== 'start') throw new Error('It is a start.');
      expect(command.settings).toMatchObject({
        seed: 11,
        loss_type: 'grpo',
        backbone: released.settings.backbone,
      });
      const { bundle } = await forkSource(released, command.settings);
      const contents = readBundle(bundle);
      expect(stageEnds(contents)).toEqual(['heads']);
      expect(contents.heads).not.toBeNull();
      await expect(readForkBase('public/models/none', null)).rejects.toThrow(/There is no bundle/);
    },
  );

  test.each<[string, SettingsInput, string]>([
    ['its own settings', { beta: 3, loss_type: 'grpo' }, 'quick'],
    ['the seed that is the default', { seed: 7 }, 'quick'],
    ['a setting at its default', { stage1_steps: 12, policy_drift_coef: 0.01 }, 'quick'],
    ['another preset', { beta: 3, seed: 7 }, 'quick+grpo'],
    ['no preset', { beta: 3 }, ''],
  ])('is written as words that give it again: %s', async (_, overrides, preset) => {
    const base = await readForkBase('qwen-mini', 'heads');
    const settings = validateSettings(overrides, base.settings);
    const words = forkWords(base, settings, preset);
    expect(runCommandOf(main.read(words), base)).toMatchObject({ settings, preset });
  });

  test('that cannot be copied leaves no run', async () => {
    const broken = failingStore(base.store, 'putEvaluation', 1, new Error('no'));
    const before = (await base.store.listRuns()).length;
    const fork = { runId: base.runId, stage: 'heads' };
    const start = controllerOf(broken).start({ settings: tinySettings(), preset: '', fork });
    expect(await failureOf(start)).toMatchObject({ message: 'no' });
    expect(await base.store.listRuns()).toHaveLength(before);
  });

  test('of what is not stored is refused', async () => {
    const start = (runId: string, stage: string, overrides: SettingsInput = {}) =>
      failureOf(
        controllerOf(base.store).start({
          settings: tinySettings(overrides),
          preset: '',
          fork: { runId, stage },
        }),
      );
    expect(await start('gone', 'heads')).toMatchObject({ code: 'not-found' });
    expect(await start(base.runId, 'stage2')).toMatchObject({
      code: 'not-found',
      hint: 'Choose one of: sft, heads.',
    });
    expect(await start(base.runId, 'heads', { size: 'small' })).toMatchObject({ code: 'bad-setting' });
  });
});

describe('settings that must be equal', () => {
  const source = tinySettings();

  test.each<[string, SettingsInput, string]>([
    ['sft', { size: 'small' }, 'size'],
    ['stage1', { seed: 8 }, 'seed'],
    ['sft', { noise: 0.1 }, 'noise'],
    ['sft', { sft_steps: 26 }, 'sft_steps'],
    ['sft', { weight_decay: 0.5 }, 'weight_decay'],
    ['sft', { loss_type: 'ppo' }, 'loss_type'],
    ['heads', { heads_label_noise: 0.1 }, 'heads_label_noise'],
    ['heads', { eval_samples: 11 }, 'eval_samples'],
    ['heads', { evaluate: false }, 'evaluate'],
    ['heads', { stages: ['sft', 'stage1'] }, 'stages'],
    ['stage1', { beta: 1 }, 'beta'],
    ['stage1', { stage1_steps: 5 }, 'stage1_steps'],
  ])('after %s refuse %j', (stage, overrides, setting) => {
    const attempt = () => forkIndex(source, tinySettings(overrides), stage);
    expect(attempt).toThrow(
      new RegExp(`cannot begin after ${stage} of that one: ${setting} is .* there and`),
    );
  });

  test.each<[string, SettingsInput, number]>([
    ['heads', { seed: 8 }, 3],
    ['sft', { heads_steps: 9, eval_samples: 11, beta: 1, checkpoint_every: 7, wasm_threads: 3 }, 1],
    ['sft', { evaluate: false, stages: ['sft', 'stage1'] }, 1],
    ['heads', { loss_type: 'rloo', stage1_learning_rate: 0.1, stages: ['sft', 'heads', 'mixed'] }, 3],
    ['stage1', { stage2_steps: 9, freeze_vision: false, stages: ['sft', 'heads', 'stage1'] }, 4],
    ['stage1', { exact_drift_every: 2 }, 4],
  ])('after %s let %j be', (stage, overrides, index) => {
    expect(forkIndex(source, tinySettings(overrides), stage)).toBe(index);
  });

  test('cover every setting', () => {
    const stages = ['sft', 'heads', 'stage1', 'stage2', 'mixed'] as const;
    const read = new Set(stagePlan(tinySettings({ stages: [...stages] })).flatMap(settingsReadBy));
    const always = SETTINGS.filter(({ group }) => ['engine', 'world', 'model'].includes(group));
    const unread = SETTING_KEYS.filter((key) => !read.has(key) && always.every((row) => row.key !== key));
    expect(unread).toEqual(['seed', 'stages', 'evaluate', 'checkpoint_every', 'exact_drift_every']);
  });
});
