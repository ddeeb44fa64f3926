// Training in the built page with its workers: whole runs, death and resume, steering, engines, a full disk.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { WireError } from '../../src/base/errors.ts';
import {
  resolvePreset,
  type Settings,
  type SettingsInput,
  validateSettings,
} from '../../src/config/index.ts';
import { WIRE_ERROR_MARK } from '../../src/protocol/automation.ts';
import type { TrainEvent } from '../../src/protocol/messages.ts';
import { engineText } from '../../src/terms/origin.ts';

import { type Outcome, outcomeOf } from '../chaos/outcome.ts';
import { expect, test } from './fixtures.ts';

declare global {
  interface Window {
    /** What the run has said since `listen`. */
    heard?: TrainEvent[];
  }
}

/** All stages in a few steps; long enough in stage 1 to be killed there. */
const TINY: SettingsInput = {
  ...resolvePreset('smoke').layers[0].overrides,
  engine: 'wasm',
  eval_samples: 10,
  checkpoint_every: 4,
  sft_steps: 20,
  sft_batch: 8,
  sft_learning_rate: 0.01,
  heads_steps: 6,
  heads_examples: 64,
  heads_holdout: 10,
  stage1_steps: 15,
  stage2_steps: 3,
  max_response_tokens: 20,
  recipe: 'safework',
  score_mode: 'soft',
  filter_groups: false,
  replay: 'recent',
};

const tiny = (overrides: SettingsInput = {}) => validateSettings({ ...TINY, ...overrides });

/** Waits for the workers and begins to listen. */
async function listen(page: Page): Promise<void> {
  await page.waitForFunction(() => window.cosmo !== undefined);
  await page.evaluate(async () => {
    await window.cosmo?.ready();
    const heard: TrainEvent[] = [];
    window.heard = heard;
    window.cosmo?.subscribe((events) => void heard.push(...events));
  });
}

/** Starts a run, or goes on with one. @throws the error of the page */
async function start(page: Page, settings: Settings, resumeRunId?: string): Promise<string> {
  const request = { settings, preset: 'smoke', name: 'A browser test', resumeRunId };
  const { runId } = await page.evaluate(async (asked) => {
    if (!window.cosmo) throw new Error('the page offers no automation');
    return window.cosmo.start(asked);
  }, request);
  return runId;
}

/** The phases in order; a phase that is told again with another message counts once. */
const phasesOf = (page: Page) =>
  page.evaluate(() =>
    (window.heard ?? [])
      .flatMap((event) => (event.kind === 'status' ? [event.phase] : []))
      .filter((phase, i, all) => phase !== all[i - 1]),
  );

const errorsOf = (page: Page) =>
  page.evaluate(() => (window.heard ?? []).flatMap((event) => (event.kind === 'error' ? [event.error] : [])));

const iterationsOf = (page: Page) =>
  page.evaluate(() => (window.heard ?? []).filter(({ kind }) => kind === 'metrics').length);

async function reach(page: Page, phase: string, timeoutMs = 60_000): Promise<void> {
  await page.waitForFunction(
    (wanted) => (window.heard ?? []).some((event) => event.kind === 'status' && event.phase === wanted),
    phase,
    { timeout: timeoutMs },
  );
}

/** Waits until so many iterations of a stage are done. */
async function reachStage(page: Page, stage: string, iteration: number): Promise<void> {
  await page.waitForFunction(
    ([name, done]) =>
      (window.heard ?? []).some(
        (event) => event.kind === 'progress' && event.stage === name && event.iteration >= done,
      ),
    [stage, iteration] as const,
    { timeout: 60_000 },
  );
}

async function killTrainer(page: Page): Promise<void> {
  const worker = page.workers().find((each) => each.url().includes('train.worker'));
  if (!worker) throw new Error('there is no training worker');
  await worker.evaluate(() => self.close()).catch(() => undefined);
}

const runsOf = (page: Page) => page.evaluate(async () => (await window.cosmo?.listRuns()) ?? []);

/** What a run has left, part by part. */
async function outcome(page: Page, runId: string): Promise<Outcome> {
  const base64 = await page.evaluate(async (id) => {
    if (!window.cosmo) throw new Error('the page offers no automation');
    const bundle = await window.cosmo.openBundle(id);
    const text = await window.cosmo.readBundle(bundle.id, 0, bundle.sizeBytes);
    await window.cosmo.closeBundle(bundle.id);
    return text;
  }, runId);
  return outcomeOf(new Uint8Array(Buffer.from(base64, 'base64')));
}

/** The error that a command of the page rejects with. */
async function refusal(command: Promise<unknown>): Promise<WireError> {
  try {
    await command;
  } catch (error) {
    const text = (error as Error).message;
    const at = text.indexOf(WIRE_ERROR_MARK);
    if (at < 0) throw error;
    return JSON.parse(text.slice(at + WIRE_ERROR_MARK.length).split('\n')[0]) as WireError;
  }
  throw new Error('it was expected to be refused, and was not');
}

async function isUnfinished(page: Page): Promise<void> {
  const [run] = await runsOf(page);
  expect(run.status !== 'done' && run.status !== 'failed', `the run is ${run.status} too early`).toBeTruthy();
}

test('a run that was killed with its worker, and one closed with its browser, go on to exactly the run that was left alone', async ({
  newPage,
  launch,
  watch,
  baseUrl,
  allowPageErrors,
}) => {
  test.setTimeout(240_000);
  const whole = await newPage();
  await listen(whole);
  const wholeId = await start(whole, tiny());
  await reach(whole, 'done');
  expect(await phasesOf(whole)).toEqual(['running', 'done']);
  expect(await errorsOf(whole)).toEqual([]);
  expect(await iterationsOf(whole)).toEqual(20 + 6 + 15 + 3);
  const [record] = await runsOf(whole);
  expect([record.status, record.seed]).toEqual(['done', 7]);
  expect(record.engine.backend).toBe('wasm');
  expect(['fused', 'plain']).toContain(record.engine.simd);
  const expected = await outcome(whole, wholeId);
  await whole.close();

  allowPageErrors(/training worker/);
  const killed = await newPage();
  await listen(killed);
  const killedId = await start(killed, tiny());
  await reachStage(killed, 'stage1', 6);
  await killTrainer(killed);
  await reach(killed, 'failed');
  expect((await errorsOf(killed)).map(({ code }) => code)).toEqual(['worker-died']);
  await isUnfinished(killed);
  expect(await start(killed, tiny(), killedId)).toEqual(killedId);
  await reach(killed, 'done');
  expect(await outcome(killed, killedId)).toEqual(expected);
  await killed.close();

  const persistentDir = mkdtempSync(join(tmpdir(), 'cosmo-profile-'));
  try {
    const before = await launch({ adapter: 'swiftshader', persistentDir });
    const first = await before.newPage();
    watch(first);
    await first.goto(baseUrl);
    await listen(first);
    const closedId = await start(first, tiny());
    await reachStage(first, 'stage1', 6);
    await before.close();
    const after = await launch({ adapter: 'swiftshader', persistentDir });
    const second = await after.newPage();
    watch(second);
    await second.goto(baseUrl);
    await listen(second);
    await isUnfinished(second);
    await start(second, tiny(), closedId);
    await reach(second, 'done');
    expect(await outcome(second, closedId)).toEqual(expected);
    await after.close();
  } finally {
    rmSync(persistentDir, { recursive: true, force: true });
  }
});

test('a program pauses, steps, goes on and stops; a second run has to wait', async ({ newPage }) => {
  const page = await newPage();
  await listen(page);
  const settings = tiny({ sft_steps: 5000, stages: ['sft'], evaluate: false });
  const runId = await start(page, settings);
  await page.evaluate(() => window.cosmo?.pause());
  await reach(page, 'paused');
  await page.waitForTimeout(300);
  const before = await iterationsOf(page);
  expect((await refusal(start(page, settings))).code).toBe('busy');
  for (const steps of [1, 2]) {
    await page.evaluate(() => window.cosmo?.step());
    await expect.poll(async () => (await iterationsOf(page)) === before + steps, 'a step').toBeTruthy();
    await page.waitForTimeout(300);
    expect(await iterationsOf(page)).toEqual(before + steps);
  }
  await page.evaluate(() => window.cosmo?.resume());
  await expect.poll(async () => (await iterationsOf(page)) > before + 5, 'the run to go on').toBeTruthy();
  await page.evaluate(() => window.cosmo?.stop());
  expect((await phasesOf(page)).at(-1)).toBe('stopped');
  const [run] = await runsOf(page);
  expect([run.id, run.status]).toEqual([runId, 'stopped']);
});

test('trains on WebGPU where that is asked for', async ({ newPage }) => {
  test.setTimeout(180_000);
  const page = await newPage();
  await listen(page);
  const device = await page.evaluate(() => window.cosmo?.describeDevice('wgsl'));
  expect([device?.backend, device?.tier]).toEqual(['wgsl', 'fused']);
  const settings = tiny({
    engine: 'wgsl',
    gpu_kernels: 'portable',
    evaluate: false,
    stages: ['sft', 'heads', 'stage1'],
    sft_steps: 2,
    sft_batch: 2,
    heads_steps: 2,
    heads_batch: 2,
    heads_examples: 32,
    heads_policy_share: 0,
    stage1_steps: 1,
    prompts_per_step: 2,
    group_size: 2,
    max_response_tokens: 8,
  });
  await start(page, settings);
  await reach(page, 'done', 150_000);
  expect(await errorsOf(page)).toEqual([]);
  expect(await iterationsOf(page)).toBe(5);
  expect(engineText((await runsOf(page))[0].engine)).toMatch(/^wgsl .*swiftshader/i);
});

test('says in one sentence that WebGPU is missing where it is asked for by name, and changes nothing', async ({
  launch,
  watch,
  baseUrl,
}) => {
  const page = await (await launch({ adapter: 'none' })).newPage();
  watch(page);
  await page.goto(baseUrl);
  await listen(page);
  const short = { stages: ['sft'] as const, evaluate: false, sft_steps: 3 };
  const kept = await start(page, tiny(short));
  await reach(page, 'done');
  const before = [await runsOf(page), await outcome(page, kept)];
  const error = await refusal(start(page, tiny({ ...short, engine: 'wgsl' })));
  expect(error.code).toBe('no-device');
  expect(error.message).toMatch(/^[^.]*WebGPU[^.]*\.$/);
  expect(error.hint).toMatch(/"wasm"/);
  expect([await runsOf(page), await outcome(page, kept)]).toEqual(before);
  // The next run may begin.
  await start(page, tiny(short));
  await expect
    .poll(async () => (await runsOf(page)).every(({ status }) => status === 'done'), 'done')
    .toBeTruthy();
});

test('a full disk ends the run with a sentence; what was stored stays, and with room again the run goes on', async ({
  newPage,
  baseUrl,
}) => {
  test.setTimeout(180_000);
  const page = await newPage();
  await listen(page);
  const settings = tiny({
    stage1_steps: 300,
    stages: ['sft', 'heads', 'stage1'],
    evaluate: false,
    checkpoint_every: 1,
  });
  const devTools = await page.context().newCDPSession(page);
  const { origin } = new URL(baseUrl);
  await devTools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 3_000_000 });
  const runId = await start(page, settings);
  await reach(page, 'failed', 90_000);
  expect((await errorsOf(page))[0].code).toBe('disk-full');
  const done = await iterationsOf(page);
  expect(done > 0, 'nothing was done before the disk was full').toBeTruthy();
  await devTools.send('Storage.overrideQuotaForOrigin', { origin });
  const parts = [...(await outcome(page, runId)).keys()];
  const rows = parts.filter((part) => part.startsWith('metrics'));
  expect(rows.length >= done - 1, `${rows.length} rows are stored of ${done}`).toBeTruthy();
  expect(done < 20 || parts.includes('weights after sft'), 'no checkpoint is stored').toBeTruthy();
  await page.evaluate(() => {
    window.heard?.splice(0);
  });
  await start(page, settings, runId);
  await expect.poll(async () => (await iterationsOf(page)) > 2, 'the run to go on').toBeTruthy();
  await page.evaluate(() => window.cosmo?.stop());
  expect((await runsOf(page))[0].status).toBe('stopped');
});
