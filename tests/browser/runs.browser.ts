// The view Runs under its user's hands: names, tags, trash, files out and in, links, forks, comparison.

import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { unzipSync } from 'fflate';
// Brings the type of `window.cosmo`.
import type {} from '../../src/protocol/automation.ts';
import { decodeSafetensors } from '../../src/storage/safetensors.ts';
import { expect, test } from './fixtures.ts';

/** A whole run in seconds. */
const TINY =
  '?v=2&preset=smoke&sft_steps=20&heads_steps=5&heads_examples=100&heads_holdout=20&stage1_steps=2&stage2_steps=2&eval_samples=10';
/** No stage but the first, and that a short one. */
const SFT_ONLY = '?v=2&preset=smoke&stages=sft&sft_steps=5&evaluate=false';

/** Trains a run with the settings of the form and another seed, and waits for its end. */
async function train(page: Page, seed: number): Promise<string> {
  return await page.evaluate(async (wanted) => {
    const cosmo = window.cosmo;
    if (!cosmo) throw new Error('The page has no automation.');
    await cosmo.ready();
    const done = new Promise<void>((resolve, reject) => {
      cosmo.subscribe((events) => {
        for (const event of events) {
          if (event.kind === 'status' && event.phase === 'done') resolve();
          if (event.kind === 'error') reject(new Error(event.error.message));
        }
      });
    });
    const preset = new URLSearchParams(location.search).get('preset') ?? '';
    const { runId } = await cosmo.start({ settings: { ...cosmo.settings(), seed: wanted }, preset });
    await done;
    return runId;
  }, seed);
}

async function showRuns(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.locator('.runs tbody tr').first().waitFor();
}

function row(page: Page, name: string) {
  return page.locator('.runs tbody tr', { has: page.getByRole('rowheader', { name }) });
}

async function unfold(page: Page, name: string): Promise<void> {
  await row(page, name).getByRole('button', { name: 'More' }).click();
  await page.locator('.run-panel').waitFor();
}

/** The bytes and the name of the file that the button saves. */
async function saved(page: Page, button: string): Promise<{ name: string; bytes: Uint8Array; path: string }> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const file = await download;
  const path = await file.path();
  return { name: file.suggestedFilename(), bytes: readFileSync(path), path };
}

test('renames, tags, filters, deletes with undo, and loses nothing by a reload', async ({ newPage }) => {
  const page = await newPage(SFT_ONLY);
  await train(page, 1);
  await train(page, 2);
  await showRuns(page);
  await unfold(page, 'smoke, seed 1');
  const panel = page.locator('.run-panel');
  await panel.getByLabel('Name', { exact: true }).fill('Baseline');
  // A list that is read anew takes away nothing that is being typed.
  await page.evaluate(() => window.cosmo?.listRuns());
  await page.keyboard.press('Enter');
  await row(page, 'Baseline').waitFor();
  await panel.getByLabel('Add tags').fill('lesson 2, demo');
  await page.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Remove the tag demo' }).click();
  await panel.getByRole('button', { name: 'Remove the tag demo' }).waitFor({ state: 'detached' });
  await page.getByLabel('Filter').fill('lesson');
  await page.getByText('1 of 2 runs').waitFor();
  await page.getByLabel('Filter').fill('');

  await panel.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('“Baseline” is in the trash.').waitFor();
  expect(await row(page, 'Baseline').count()).toBe(0);
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('runs-title');
  await page.getByRole('button', { name: 'Undo' }).click();
  await row(page, 'Baseline').waitFor();

  await unfold(page, 'Baseline');
  await panel.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Trash (1)').waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Trash (1)' }).waitFor();
  expect(await row(page, 'Baseline').count()).toBe(0);
  await page.getByRole('button', { name: 'Restore Baseline' }).click();
  await row(page, 'Baseline').waitFor();
  expect((await row(page, 'Baseline').textContent()) ?? '').toMatch(/lesson 2/);

  await unfold(page, 'smoke, seed 2');
  await panel.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: /^Empty the trash/ }).click();
  await page.getByRole('button', { name: 'Delete this run for good' }).click();
  await page.getByRole('heading', { name: /^Trash/ }).waitFor({ state: 'detached' });
  expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
  const left = await page.evaluate(async () => (await window.cosmo?.listRuns())?.map(({ name }) => name));
  expect(left).toEqual(['Baseline']);
  await page.getByRole('button', { name: 'Keep this storage' }).click();
  await page.getByText(/The browser (keeps these runs|did not promise)/).waitFor();
});

test('saves every kind of file, and takes a bundle in by button and by drop', async ({ newPage }) => {
  const page = await newPage(TINY);
  const runId = await train(page, 3);
  await showRuns(page);
  const name = 'smoke, seed 3';
  await page.waitForFunction(() => /Stage 2/.test(document.querySelector('.runs tbody')?.textContent ?? ''));
  await unfold(page, name);

  const csv = await saved(page, 'Metrics (CSV)');
  expect(csv.name).toBe('smoke-seed-3-metrics.csv');
  const lines = new TextDecoder().decode(csv.bytes).trim().split('\n');
  expect(lines[0] ?? '').toMatch(/^step,stage,iteration,.*sft\/loss/);
  expect(lines.length).toEqual(1 + 20 + 5 + 2 + 2);
  const text = async (button: string) => new TextDecoder().decode((await saved(page, button)).bytes);
  const metrics = JSON.parse(await text('Metrics (JSON)'));
  expect([metrics.run.id, metrics.run.seed, metrics.metrics.length]).toEqual([runId, 3, 29]);
  const evaluation = JSON.parse(await text('Evaluation (JSON)'));
  expect(evaluation.evaluations.map(({ stage }: { stage: string }) => stage)).toEqual([
    'sft',
    'stage1',
    'stage2',
  ]);
  const report = await text('Report (Markdown)');
  expect(report).toMatch(/npm run train -- --preset smoke --seed 3/);
  expect(report).toMatch(/## Evaluation/);
  const weights = await saved(page, 'Weights after Stage 2 (safetensors)');
  expect(weights.name).toBe('smoke-seed-3-stage2.safetensors');
  const tensors = Object.entries(decodeSafetensors(weights.bytes));
  expect(tensors.length > 5, 'the policy has tensors').toBeTruthy();
  expect(
    tensors.every(([key]) => !/^(policy|reference|first|second)\./.test(key)),
    'nothing but the policy',
  ).toBeTruthy();
  const bundle = await saved(page, 'Bundle (.zip)');
  expect('manifest.json' in unzipSync(bundle.bytes), 'the bundle is one').toBeTruthy();

  const file = page.locator('input[type=file]');
  await file.setInputFiles(bundle.path);
  await page.getByText(`“${name} (2)” is imported.`).waitFor();
  expect(await row(page, name).count()).toBe(2);
  // As text: a list of numbers of this length takes the driver a minute.
  const dropped = await page.evaluateHandle((base64) => {
    const transfer = new DataTransfer();
    const bytes = Uint8Array.from(atob(base64), (each) => each.charCodeAt(0));
    transfer.items.add(new File([bytes], 'dropped.zip'));
    return transfer;
  }, Buffer.from(bundle.bytes).toString('base64'));
  await page.dispatchEvent('.drop', 'dragover', { dataTransfer: dropped });
  await page.dispatchEvent('.drop', 'drop', { dataTransfer: dropped });
  await expect
    .poll(async () => (await row(page, name).count()) === 3, 'the dropped bundle comes in')
    .toBeTruthy();
  await page.getByText(`“${name} (3)” is imported.`).waitFor();
  await file.setInputFiles(weights.path);
  await page.getByText(`“${name}: weights after stage2” is imported.`).waitFor();
  // CASES 23: a bad file is named, and those after it come in.
  const bad = { name: 'x.zip', mimeType: 'application/zip', buffer: Buffer.from('nonsense') };
  const again = { name: 'y.zip', mimeType: 'application/zip', buffer: Buffer.from(bundle.bytes) };
  await file.setInputFiles([bad, again]);
  await page.locator('.alert.error', { hasText: 'x.zip: The file is neither a bundle' }).waitFor();
  await page.getByText(`“${name} (4)” is imported.`).waitFor();
  expect(await row(page, name).count()).toBe(5);
  await page.getByRole('button', { name: 'Open it' }).first().click();
  await page.locator('main.train .rail', { hasText: 'Stage 2' }).waitFor();
  // CASES 24: a file dropped where nothing takes it does not replace the page.
  const prevented = await page.evaluate(
    (kinds) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(['x'], 'x.zip'));
      return kinds.map((kind) => {
        const drop = new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true });
        return !document.querySelector('main.train .rail')?.dispatchEvent(drop);
      });
    },
    ['dragover', 'drop'],
  );
  expect(prevented).toEqual([true, true]);
  await page.getByRole('figure', { name: 'Reward against gold reward' }).waitFor();
});

test('on a phone, the commands of a run stand where they first appear', async ({ newPage }) => {
  const page = await newPage(TINY);
  await page.setViewportSize({ width: 390, height: 800 });
  await train(page, 1);
  // A reload: nothing of the run is known from before.
  await page.reload();
  await page.waitForFunction(() => window.cosmo?.ready().then(() => true));
  const [first, last] = await page.evaluate(async () => {
    const placeOfOpen = (): number | null => {
      const button = document.querySelector('.runs-table .commands button');
      return button && button.getBoundingClientRect().top + scrollY;
    };
    document.querySelector<HTMLElement>('nav a[href="#runs"]')?.click();
    const places: number[] = [];
    // The stages come with the details, in the last frames.
    for (let after = 0; after < 30; ) {
      await new Promise(requestAnimationFrame);
      const place = placeOfOpen();
      if (place !== null) places.push(place);
      if (document.querySelector('.runs-table')?.textContent?.includes('Stage 2')) after += 1;
    }
    return [places[0], places.at(-1)];
  });
  expect(first).toBe(last);
});

test('compares runs: what differs, scores, curves over each other as SVG and PNG; links and forks', async ({
  newPage,
}) => {
  const page = await newPage(TINY);
  await train(page, 4);
  await train(page, 5);
  await showRuns(page);
  await page.getByRole('checkbox', { name: 'Compare smoke, seed 4' }).check();
  await page.getByText('Choose at least one more run').waitFor();
  await page.getByRole('checkbox', { name: 'Compare smoke, seed 5' }).check();
  const settings = page.getByRole('region', { name: 'Settings that differ' });
  expect(await settings.locator('tbody tr').count()).toBe(1);
  expect((await settings.locator('tbody').textContent()) ?? '').toMatch(/Seed.*seed.*4.*5/);
  const scores = page.getByRole('region', { name: 'Evaluation side by side' });
  await page.getByLabel('Scores after').selectOption('sft');
  expect((await scores.textContent()) ?? '').toMatch(/after SFT.*(better|worse|unclear)/s);

  await page.getByRole('combobox', { name: 'Metric', exact: true }).selectOption('sft/loss');
  const figure = page.getByRole('figure', { name: 'sft/loss compared' });
  // Curves are drawn while they are in sight.
  await figure.scrollIntoViewIfNeeded();
  await figure.locator('canvas').waitFor();
  await figure.locator('.u-legend', { hasText: /step20/ }).waitFor();
  expect((await figure.textContent()) ?? '').toMatch(
    /smoke, seed 4: .* at iteration 20, from .* at iteration 1;/,
  );
  await page.getByRole('combobox', { name: 'Metric', exact: true }).selectOption('reward');
  await page.getByRole('combobox', { name: 'Aligned', exact: true }).selectOption('stage2');
  const reward = page.getByRole('figure', { name: 'reward compared' });
  await reward.getByText('As a table').click();
  const values = reward.getByRole('table', { name: /rows, as measured/ });
  await values.waitFor();
  expect(await values.locator('tbody tr').count()).toBe(2);
  const name = 'Save the chart of reward compared as';
  const svg = await saved(page, `${name} SVG`);
  expect(new TextDecoder().decode(svg.bytes)).toMatch(/^<svg [\s\S]*>smoke, seed 4<[\s\S]*>smoke, seed 5</);
  const png = await saved(page, `${name} PNG`);
  expect([...png.bytes.subarray(1, 4)]).toEqual([0x50, 0x4e, 0x47]);
  expect(
    new DataView(png.bytes.buffer, png.bytes.byteOffset).getUint32(16) > 1000,
    'wide enough for print',
  ).toBeTruthy();

  await unfold(page, 'smoke, seed 4');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.getByRole('button', { name: /^Copy link/ }).click();
  await page.getByText('Copied.').waitFor();
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()));
  expect(link.searchParams.get('seed')).toBe('4');
  expect(link.searchParams.get('v')).toBe('2');

  await page.getByRole('button', { name: 'New run from after Stage 1 of smoke, seed 4' }).click();
  await page.getByRole('heading', { name: 'Begins after Stage 1' }).waitFor();
  const fieldOf = (label: string) => page.getByLabel(label, { exact: true });
  await fieldOf('Seed').fill('99');
  await fieldOf('Seed').press('Tab');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.locator('.alert.error', { hasText: /seed is 4 there and 99 here/ }).waitFor();
  await fieldOf('Seed').fill('4');
  await fieldOf('Seed').press('Tab');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'done');
  expect(new URL(page.url()).searchParams.get('from'), 'the form keeps its starting point').toMatch(
    /^run:.*@stage1$/,
  );
  const runs = await page.evaluate(async () => (await window.cosmo?.listRuns())?.map((run) => run.name));
  expect(runs?.[0]).toBe('smoke, seed 4, on from Stage 1');
});
