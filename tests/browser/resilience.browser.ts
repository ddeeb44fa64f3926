// The page survives what happens to pages: reload, dead workers, a lost GPU, a second tab, a full disk.

import type { Page } from '@playwright/test';
import { engineText } from '../../src/terms/origin.ts';

import { expect, test } from './fixtures.ts';
import { plainHost } from './plainHost.ts';

/** Long enough that no test sees its end; a checkpoint every few iterations. */
const LONG_RUN = '?v=2&preset=smoke&sft_steps=20000';
/** The same on WebGPU, with batches that a software adapter can carry and kernels that are not measured first. */
const GPU_RUN = `${LONG_RUN}&sft_batch=2&checkpoint_every=4&engine=wgsl&gpu_kernels=portable`;
/** So many losses of the device, and the run goes on without one. */
const MAX_LOSSES = 3;
const PATIENCE_MS = 150_000;

function waitForPhase(page: Page, phase: string): Promise<unknown> {
  return page.waitForFunction((text) => document.querySelector('.phase')?.textContent === text, phase);
}

async function stepOf(page: Page): Promise<number> {
  return Number(await page.locator('.counter b').textContent());
}

function waitForStep(page: Page, step: number): Promise<unknown> {
  return page.waitForFunction(
    (wanted) => Number(document.querySelector('.counter b')?.textContent ?? 0) >= wanted,
    step,
  );
}

/** Starts a run by the keyboard and lets it get past its first checkpoints. */
async function startRun(page: Page, steps = 12): Promise<void> {
  await page.getByRole('button', { name: 'Start' }).waitFor();
  await page.keyboard.press('Space');
  await waitForPhase(page, 'running');
  await waitForStep(page, steps);
}

async function kill(page: Page, name: string): Promise<void> {
  const worker = page.workers().find((each) => each.url().includes(`${name}.worker`));
  if (!worker) throw new Error(`the page has no ${name} worker`);
  await worker.evaluate(() => self.close()).catch(() => undefined);
}

const message = (page: Page, text: RegExp) => page.locator('.alert strong', { hasText: text });

async function dismissAll(page: Page): Promise<void> {
  const buttons = page.getByRole('button', { name: 'Dismiss' });
  while ((await buttons.count()) > 0) await buttons.first().click();
}

/** Waits for the sentence that says that a run goes on by itself, and for steps beyond what was there. */
async function goesOn(page: Page, before: number): Promise<void> {
  await message(page, /resumed.*from its last checkpoint, step \d+/).waitFor();
  await waitForPhase(page, 'running');
  await waitForStep(page, before + 1);
  expect((await stepOf(page)) > before, 'it got further than before').toBeTruthy();
}

const runIds = (page: Page) =>
  page.evaluate(async () => (await window.cosmo?.listRuns())?.map(({ id }) => id) ?? []);

test('a run whose page was reloaded goes on by itself; a paused one stays paused; both can be told not to', async ({
  newPage,
}) => {
  const page = await newPage(LONG_RUN);
  await startRun(page);
  const ids = await runIds(page);
  const before = await stepOf(page);
  await page.reload();
  await goesOn(page, before);
  expect(await runIds(page)).toEqual(ids);
  await page.getByRole('button', { name: 'Pause' }).last().click();
  await waitForPhase(page, 'paused');
  // A paused run is kept where it is: a reload loses no iteration, and the key goes on with it.
  await page.getByText(/; kept at step \d+\./).waitFor();
  const paused = await stepOf(page);
  await page.reload();
  await message(page, new RegExp(`is paused again, at its last checkpoint, step ${paused}\\.`)).waitFor();
  await waitForPhase(page, 'paused');
  expect(await stepOf(page)).toEqual(paused);
  await page.locator('body').press('Space');
  await waitForPhase(page, 'running');
  await waitForStep(page, paused + 1);
  expect(await runIds(page)).toEqual(ids);
  await page.reload();
  await page.getByRole('button', { name: "Don't resume automatically" }).click();
  await message(page, /offered from now on/).waitFor();
  await waitForPhase(page, 'running');
  await page.reload();
  await message(page, /was interrupted/).waitFor();
  await waitForPhase(page, 'ready');
  await page.getByRole('button', { name: 'Always resume automatically' }).click();
  await page.getByRole('button', { name: 'Resume it' }).waitFor({ state: 'detached' });
});

test('a run whose train worker or store worker died goes on by itself', async ({
  newPage,
  allowPageErrors,
}) => {
  allowPageErrors(/worker/);
  const page = await newPage(LONG_RUN);
  await startRun(page);
  const before = await stepOf(page);
  await kill(page, 'train');
  await goesOn(page, before);
  await page.getByText(/training worker has stopped/).waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).first().click();
  await message(page, /resumed/).waitFor({ state: 'detached' });
  const later = await stepOf(page);
  await kill(page, 'store');
  await goesOn(page, later);
  expect((await runIds(page)).length).toBe(1);
  expect(await page.locator('.alert.error').count()).toBe(0);
});

test('a run goes on by itself though a worker dies while the page opens', async ({ newPage }) => {
  const page = await newPage(LONG_RUN);
  // One that dies before it has answered for its lifeline is missed after 30 s, as long as a step waits by default.
  page.setDefaultTimeout(PATIENCE_MS);
  await startRun(page);
  // In each document from now on the first worker of each kind dies soon after its first answer.
  await page.addInitScript(() => {
    const Real = window.Worker;
    const died = new Set<string>();
    window.Worker = class extends Real {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        const name = options?.name ?? '';
        if (name === 'inspector' || died.has(name)) return;
        died.add(name);
        this.addEventListener('message', () => setTimeout(() => this.terminate(), 100), { once: true });
      }
    };
  });
  for (let times = 1; times <= 2; times++) {
    const before = await stepOf(page);
    await page.reload();
    await goesOn(page, before);
    await dismissAll(page);
  }
  expect((await runIds(page)).length).toBe(1);
  expect(await page.locator('.alert.error').count()).toBe(0);
});

test('a run whose GPU process dies goes on by itself on a new device, and after further losses on wasm', async ({
  launch,
  watch,
  baseUrl,
}) => {
  test.setTimeout(360_000);
  // A browser of its own: the others would lose their devices too.
  const browser = await launch({ adapter: 'swiftshader' });
  const devTools = await browser.newBrowserCDPSession();
  // The browser answers only where the process lives on.
  const crashGpu = () => void devTools.send('Browser.crashGpuProcess').catch(() => undefined);
  const page = await browser.newPage();
  watch(page);
  // A software adapter compiles and computes for long where other programs run beside it.
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(baseUrl + GPU_RUN);
  await startRun(page, 5);
  const device = async () =>
    (await page.evaluate(async () => (await window.cosmo?.listRuns()) ?? []))[0].engine;
  expect(engineText(await device())).toMatch(/^wgsl .*swiftshader/i);
  let before = await stepOf(page);
  crashGpu();
  await goesOn(page, before);
  await page
    .getByText(/the device was lost/)
    .first()
    .waitFor();
  expect(engineText(await device())).toMatch(/^wgsl .*swiftshader/i);
  // A browser may refuse WebGPU to a page that lost it twice; where it does not, the page itself has enough of it.
  const onWasm = page.getByText(/It is computed with "wasm" from now on/);
  for (let losses = 2; losses <= MAX_LOSSES && (await onWasm.count()) === 0; losses++) {
    before = await stepOf(page);
    await dismissAll(page);
    crashGpu();
    await goesOn(page, before);
  }
  await onWasm.waitFor();
  expect(engineText(await device())).toMatch(/^wasm /);
  expect((await runIds(page)).length).toBe(1);
  expect(await page.locator('.alert.error').allTextContents()).toEqual([]);
});

test('gives up on a worker that dies again and again without getting further, and says what to do', async ({
  newPage,
  allowPageErrors,
}) => {
  allowPageErrors(/crashed on purpose/);
  const page = await newPage(LONG_RUN);
  await startRun(page);
  // From now on every train worker dies as it comes up.
  await page.evaluate(() => {
    const Real = window.Worker;
    const crash = new Blob(['throw new Error("crashed on purpose")'], { type: 'text/javascript' });
    window.Worker = class extends Real {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(options?.name === 'train' ? URL.createObjectURL(crash) : url, options);
      }
    };
  });
  await kill(page, 'train');
  await message(page, /stopped 3 times without getting further/).waitFor();
  await page.getByText(/smaller model or batch/).waitFor();
  await waitForPhase(page, 'failed');
  await page.getByRole('button', { name: 'Resume from the last checkpoint' }).waitFor();
});

test('a second tab on the same run watches, and takes over when the first is closed', async ({
  newPage,
  watch,
}) => {
  const first = await newPage(LONG_RUN);
  await startRun(first);
  const second = await first.context().newPage();
  watch(second);
  await second.goto(first.url());
  await message(second, /is in training in another tab/).waitFor();
  await second.getByRole('button', { name: 'Watch it', exact: true }).click();
  await waitForPhase(second, 'watching');
  await waitForStep(second, (await stepOf(first)) + 2);
  expect((await runIds(second)).length).toBe(1);
  const before = await stepOf(second);
  await first.close();
  await goesOn(second, before);
  expect((await runIds(second)).length).toBe(1);
});

test('CASES 28: on plain http, without Web Locks, a second tab watches too, and takes over', async ({
  launch,
}) => {
  const host = await plainHost();
  const browser = await launch({
    adapter: 'none',
    args: ['--host-resolver-rules=MAP plain.localtest 127.0.0.1'],
  });
  const context = await browser.newContext();
  const address = host.url.replace('127.0.0.1', 'plain.localtest');
  const first = await context.newPage();
  await first.goto(address + LONG_RUN);
  await startRun(first, 2);
  expect(await first.evaluate(() => [isSecureContext, 'locks' in navigator])).toEqual([false, false]);
  const second = await context.newPage();
  await second.goto(address + LONG_RUN);
  await message(second, /is in training in another tab/).waitFor();
  await second.getByRole('button', { name: 'Watch it', exact: true }).click();
  await waitForPhase(second, 'watching');
  const before = await stepOf(first);
  await first.close();
  await goesOn(second, before);
  await context.close();
  await host.close();
});

test('R ends a run, keeps it and clears the view; a stage is skipped by its button', async ({ newPage }) => {
  const page = await newPage(
    `${LONG_RUN}&heads_steps=2000&heads_examples=200&heads_holdout=20&eval_samples=10`,
  );
  await startRun(page, 3);
  await page.getByRole('button', { name: 'Skip SFT' }).click();
  await page.locator('.rail li.skipped', { hasText: 'SFT' }).waitFor();
  await page.getByRole('button', { name: /Skip (Heads|Test of SFT)/ }).waitFor();
  await page.locator('.counter', { hasText: 'Heads' }).waitFor();
  const step = await stepOf(page);
  expect(step < 20000, 'SFT was cut short').toBeTruthy();
  await page.locator('h1').click();
  await page.keyboard.press('r');
  await waitForPhase(page, 'ready');
  const [run] = await page.evaluate(async () => (await window.cosmo?.listRuns()) ?? []);
  expect(run.status).toBe('stopped');
  // What was skipped is part of the run: it goes on after it.
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: 'More' }).last().click();
  await page.getByRole('button', { name: /^Resume/ }).click();
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page.locator('.rail li.skipped', { hasText: 'SFT' }).waitFor();
});

test('a run that a full disk ended is resumed by one click, once there is room', async ({
  newPage,
  baseUrl,
}) => {
  test.setTimeout(180_000);
  const page = await newPage('about:blank');
  const devTools = await page.context().newCDPSession(page);
  const { origin } = new URL(baseUrl);
  // Before the first write, for Chromium asks how much room is left only every 30 s.
  await devTools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_600_000 });
  await page.goto(`${baseUrl}?v=2&preset=smoke&stages=sft&sft_steps=2&evaluate=false`);
  await page.getByRole('button', { name: 'Start' }).waitFor();
  await page.keyboard.press('Space');
  await waitForPhase(page, 'done');
  await page.goto(`${baseUrl}${LONG_RUN}&checkpoint_every=1`);
  await startRun(page, 2);
  await message(page, /storage is full/).waitFor({ timeout: 90_000 });
  await waitForPhase(page, 'failed');
  await devTools.send('Storage.overrideQuotaForOrigin', { origin });
  await page.getByRole('button', { name: 'See the runs' }).click();
  await page.getByRole('button', { name: 'More' }).last().click();
  await page.locator('.run-panel').getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: /^Empty the trash/ }).click();
  await page.getByRole('button', { name: 'Delete this run for good' }).click();
  await message(page, /There is room again/).waitFor();
  await page.getByRole('button', { name: 'Resume it' }).last().click();
  await waitForPhase(page, 'running');
  expect((await runIds(page)).length).toBe(1);
});

test('CASES 26: after a new deploy a view and a worker that are gone are told, a reload is offered, and the run goes on', async ({
  newPage,
}) => {
  const page = await newPage(LONG_RUN);
  await page.context().route(/SamplesView|inspector\.worker/, (route) => route.fulfill({ status: 404 }));
  // The charts ask the inspector for their references as soon as they are drawn.
  await page.reload();
  await startRun(page, 2);
  await page.getByRole('link', { name: 'Samples' }).click();
  await page.getByRole('heading', { name: 'The view Samples could not be loaded.' }).waitFor();
  await page.getByRole('link', { name: 'Probe' }).click();
  const alert = page.locator('.alert', {
    hasText: 'The program of the inspector worker could not be loaded.',
  });
  await alert.getByRole('button', { name: 'Reload' }).waitFor();
  await waitForStep(page, (await stepOf(page)) + 2);
  await page.context().unrouteAll();
  await alert.getByRole('button', { name: 'Reload' }).click();
  await message(page, /resumed/).waitFor();
});
