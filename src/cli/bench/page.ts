// `npm run bench -- --suite page`: first paint, size of what a user loads, long tasks of the page while it trains.

import type { Browser, Page } from 'playwright-core';
import { extent, sum } from '../../base/numbers.ts';
import { type Spread, spreadOf } from '../../bench/index.ts';
import { ensurePage } from '../../tooling/build.ts';
import { launchChromium } from '../../tooling/chromium.ts';
import { layoutShifts, watchShifts, wordsInSight } from '../../tooling/openingFigures.ts';
import { pageWeights, weightReport } from '../../tooling/pageWeight.ts';
import { type PageServer, servePage } from '../../tooling/serve.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';

/** What the page promises. */
const BUDGETS = {
  firstPaintMs: 1500,
  longTaskMs: 50,
  words: 120,
  shift: 0.05,
  firstFigureMs: 2000,
  demoMs: 60_000,
} as const;
/** Away from the ports of `npm start` and of the tests. */
const PORT = 4373;
/** A machine under load trains slowly. */
const LONGEST_MS = 600_000;
/** With each view on show. */
const TRAINING_MS = 6000;
/** The first second draws charts for the first time and compiles; it is told apart. */
const WARM_UP_MS = 1000;

type LoadFigures = { firstPaintMs: number; readyMs: number };
/**
 * Of the opening at 1280 x 800 px. `firstFigureMs` and `demoMs` count from the press of its button to the first figure, and to the end
 * of the tests; `demo` says what the stage shows then, before and after.
 */
type OpeningFigures = { words: number; shift: number; firstFigureMs: number; demoMs: number; demo: string[] };
type TaskFigures = { view: string; longest: number; over: number; longestInWarmUp: number };

export async function measurePage(json: string | null, repeats: number): Promise<number> {
  await ensurePage();
  const server = await servePage({ port: PORT });
  const browser = await launchChromium({ adapter: 'none', ownsSignals: true });
  try {
    const loads: LoadFigures[] = [];
    for (let i = 0; i < repeats; i++) loads.push(await load(browser, server));
    const paint = spread(loads.map(({ firstPaintMs }) => firstPaintMs));
    const ready = spread(loads.map(({ readyMs }) => readyMs));
    console.log(
      `First paint: median ${ms(paint.median)}, slowest ${ms(paint.max)} of ${loads.length} (budget ${BUDGETS.firstPaintMs} ms)`,
    );
    console.log(`Ready to start: median ${ms(ready.median)}, slowest ${ms(ready.max)}`);
    const weights = pageWeights();
    const { lines, over } = weightReport(weights);
    for (const line of lines) console.log(line);
    const opening = await open(browser, server);
    console.log(
      `Opening: ${opening.words} words in sight (budget ${BUDGETS.words}), layout shift ${opening.shift.toFixed(3)} (budget ${BUDGETS.shift}), first figure ${ms(opening.firstFigureMs)} after its button (budget ${BUDGETS.firstFigureMs} ms)`,
    );
    console.log(
      `“Make it safe”: ${(opening.demoMs / 1000).toFixed(0)} s with its tests (budget ${BUDGETS.demoMs / 1000} s); ${opening.demo.join('; ')}`,
    );
    const tasks = await train(browser, server);
    for (const { view, longest, over, longestInWarmUp } of tasks)
      console.log(
        `Training with ${view} on show: ${longest === 0 ? 'no task over 50 ms' : `${over} over 50 ms, longest ${ms(longest)}`}${longestInWarmUp > 0 ? `; in the first second ${ms(longestInWarmUp)}` : ''}`,
      );
    if (json !== null)
      writeWhole(
        json,
        `${JSON.stringify({ kind: 'page-benchmark', budgets: BUDGETS, loads, weights, opening, tasks }, null, 1)}\n`,
      );
    const kept =
      paint.median <= BUDGETS.firstPaintMs &&
      over === 0 &&
      opening.words <= BUDGETS.words &&
      opening.shift <= BUDGETS.shift &&
      opening.firstFigureMs <= BUDGETS.firstFigureMs &&
      opening.demoMs <= BUDGETS.demoMs &&
      tasks.every(({ longest }) => longest <= BUDGETS.longTaskMs);
    console.log(kept ? 'Every budget is kept.' : 'A budget is not kept.');
    return kept ? 0 : 1;
  } finally {
    await browser.close();
    await server.close();
  }
}

/** At least one load is made. */
const spread = (values: readonly number[]) => spreadOf(values) as Spread;
const ms = (value: number) => `${Math.round(value)} ms`;

/** Opens an address in a context with nothing in any cache. */
async function visit<Figures>(browser: Browser, url: string, measure: (page: Page) => Promise<Figures>) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    return await measure(page);
  } finally {
    await context.close();
  }
}

const startButton = (page: Page) => page.getByRole('button', { name: /^\W*Start/ }).first();

function load(browser: Browser, server: PageServer): Promise<LoadFigures> {
  return visit(browser, server.url, async (page) => {
    await startButton(page).waitFor();
    return await page.evaluate(() => {
      const [paint] = performance.getEntriesByName('first-contentful-paint');
      return { firstPaintMs: paint?.startTime ?? Number.NaN, readyMs: performance.now() };
    });
  });
}

function open(browser: Browser, server: PageServer): Promise<OpeningFigures> {
  return visit(browser, server.url, async (page) => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.addInitScript(watchShifts);
    await page.reload();
    await page.locator('.opening .pinned .chip').nth(3).waitFor();
    const [words, shifts] = [await page.evaluate(wordsInSight), await page.evaluate(layoutShifts)];
    const pressedAt = performance.now();
    await page.getByRole('button', { name: 'Make it safe' }).click();
    await page.locator('.run-stage .figure', { hasText: '%' }).first().waitFor();
    const firstFigureMs = performance.now() - pressedAt;
    await page.getByRole('heading', { name: 'Before and after training' }).waitFor({ timeout: LONGEST_MS });
    const demoMs = performance.now() - pressedAt;
    const demo = await page.locator('.run-stage .stage-figures dl > div').allInnerTexts();
    return { words, shift: sum(shifts), firstFigureMs, demoMs, demo: demo.map(inOneLine) };
  });
}

const inOneLine = (text: string) => text.replaceAll(/\s+/g, ' ').trim();

/** Tasks of the page over 50 ms while it is watched. */
async function longTasks(page: Page): Promise<{ late: number[]; early: number[] }> {
  const tasks = await page.evaluate(async (watchedMs) => {
    const found: { at: number; duration: number }[] = [];
    const start = performance.now();
    const observer = new PerformanceObserver((list) => {
      for (const { startTime, duration } of list.getEntries())
        found.push({ at: startTime - start, duration });
    });
    observer.observe({ type: 'longtask' });
    await new Promise((resolve) => setTimeout(resolve, watchedMs));
    observer.disconnect();
    return found;
  }, TRAINING_MS + WARM_UP_MS);
  const durations = (late: boolean) =>
    tasks.filter(({ at }) => at > WARM_UP_MS === late).map(({ duration }) => duration);
  return { late: durations(true), early: durations(false) };
}

const TRAINING_QUERY =
  '?v=2&preset=smoke&sft_steps=20&heads_steps=5&heads_examples=200&heads_holdout=20&eval_samples=4&stage1_steps=20000';

/** Trains the smoke model with each view on show. */
function train(browser: Browser, server: PageServer): Promise<TaskFigures[]> {
  return visit(browser, `${server.url}${TRAINING_QUERY}`, async (page) => {
    await startButton(page).click();
    await page.waitForFunction(
      () => /Stage 1/.test(document.querySelector('.counter')?.textContent ?? ''),
      null,
      { timeout: 120_000 },
    );
    const figures: TaskFigures[] = [];
    for (const link of await page.locator('nav.views a').all()) {
      const view = (await link.textContent()) ?? '';
      await link.click();
      const { late, early } = await longTasks(page);
      const [longest, longestInWarmUp] = [extent([0, ...late])[1], extent([0, ...early])[1]];
      figures.push({ view, over: late.length, longest, longestInWarmUp });
    }
    return figures;
  });
}
