// The stage: one press asks the pinned prompts again and again, and shows what they are answered; larger type for a projector.

import type { Page } from '@playwright/test';
import type { PinnedEvent } from '../../src/protocol/messages.ts';
import { expect, test } from './fixtures.ts';

/** Keeps the newest answers that the train worker tells. */
function keepPinned(page: Page): Promise<void> {
  return page.evaluate(() => {
    window.cosmo?.subscribe(
      (events) => {
        const last = events.at(-1);
        if (last) Object.assign(window, { pinned: last });
      },
      ['pinned'],
    );
  });
}

/** Remembers every height that the stage of a run has from now on. */
function watchHeights(): void {
  const heights = new Set<number>();
  Object.assign(window, { heights });
  const look = () => {
    const stage = document.querySelector<HTMLElement>('.run-stage');
    if (stage) heights.add(stage.offsetHeight);
    requestAnimationFrame(look);
  };
  look();
}

/** What the card of the attack shows once it shows the newest answer, and that answer. */
async function attackCard(page: Page): Promise<{ shown: string; tone: string; event: PinnedEvent }> {
  const found = await page.waitForFunction(() => {
    const event = Reflect.get(window, 'pinned') as PinnedEvent | undefined;
    const card = document.querySelector('.run-stage .pinned.large');
    const named = card?.querySelector('.part')?.textContent;
    if (!event || !card || named !== `now, step ${event.step}`) return null;
    return { shown: card.querySelector('.said')?.textContent ?? '', tone: card.className, event };
  });
  return (await found.jsonValue()) as { shown: string; tone: string; event: PinnedEvent };
}

test('one press: the pinned attack is asked again and its card tells the verdict; figures and dot go with it', async ({
  newPage,
}) => {
  test.setTimeout(120_000);
  const page = await newPage();
  await page.locator('.opening .pinned.large.bad').waitFor();
  const request = await page.locator('.opening .pinned.large .request').textContent();
  await keepPinned(page);
  await page.getByRole('button', { name: 'Make it safe' }).click();
  const steps = new Set<number>();
  for (let asked = 0; asked < 3; asked++) {
    const { shown, tone, event } = await attackCard(page);
    const [answer] = event.answers;
    const words = answer?.response
      .slice(answer.response.indexOf('</think>') + 1)
      .filter((word) => word !== '<eos>');
    expect(shown).toBe(words?.join(' '));
    expect(/\bbad\b/.test(tone), `${answer?.oracle.verdict}: ${tone}`).toBe(
      ['unsafe', 'illogical_completion'].includes(answer?.oracle.verdict ?? ''),
    );
    steps.add(event.step);
    await page.waitForFunction(
      (step) => (Reflect.get(window, 'pinned') as PinnedEvent).step > step,
      event.step,
    );
  }
  expect(steps.size, 'it was asked again').toBe(3);
  expect(await page.locator('.run-stage .pinned.large .request').textContent()).toBe(request);
  expect(await page.locator('.run-stage .pinned .request').count()).toBe(3);
  expect(await page.locator('.run-stage .figure', { hasText: '%' }).count()).toBe(4);
  await page.getByRole('img', { name: /^Harmful requests met safely: from \d+ % to \d+ %/ }).waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('heading', { name: 'Before and after training' }).waitFor();

  // Opened again, the stored stages answer.
  await page.reload();
  await page.getByRole('link', { name: 'Runs', exact: true }).click();
  await page.getByRole('button', { name: /^Open/ }).first().click();
  await page.setViewportSize({ width: 1000, height: 600 });
  await page.evaluate(watchHeights);
  await page.getByRole('link', { name: 'Train', exact: true }).click();
  await page
    .locator('.run-stage .pinned-said', { hasText: /Stage 2, step \d+/ })
    .locator('.chip')
    .first()
    .waitFor();
  const heights = await page.evaluate(() => [...(Reflect.get(window, 'heights') as Set<number>)]);
  expect(heights, 'what stands below stays where it is while the answers come').toHaveLength(1);
});

/** The smallest type of all text in sight, in px of the screen. */
function smallestType(): number {
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let smallest = Number.POSITIVE_INFINITY;
  for (let node = nodes.nextNode(); node; node = nodes.nextNode()) {
    const element = node.parentElement;
    if (!element?.checkVisibility() || (node.textContent ?? '').trim() === '') continue;
    const drawn = element instanceof SVGGraphicsElement ? (element.getScreenCTM()?.d ?? 1) : 1;
    const turned =
      element instanceof SVGGraphicsElement ? Math.hypot(element.getScreenCTM()?.b ?? 0, drawn) : 1;
    smallest = Math.min(smallest, Number.parseFloat(getComputedStyle(element).fontSize) * turned);
  }
  return smallest;
}

test('F and ?stage=1 show everything in type 1.6 times as large, the stage in one screen, and change nothing else', async ({
  newPage,
}) => {
  const page = await newPage('?stage=1');
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.locator('.opening .pinned .chip').nth(3).waitFor();
  const type = () => page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
  const text = () => page.evaluate(() => document.body.innerText);
  const large = await text();
  expect(await type()).toBe('25.6px');
  expect(await page.evaluate(smallestType)).toBeGreaterThanOrEqual(20);
  const bottom = await page
    .locator('.stage-figures dl')
    .evaluate((figures) => figures.getBoundingClientRect().bottom);
  expect(bottom, 'attack, plane and figures are in sight').toBeLessThanOrEqual(1080);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1920);
  await page.keyboard.press('f');
  expect(await type()).toBe('16px');
  expect(await text()).toBe(large);
  await page.keyboard.press('F');
  expect(await type()).toBe('25.6px');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  const seed = page.getByLabel('Seed', { exact: true });
  await seed.fill('11');
  await seed.press('Tab');
  expect(new URL(page.url()).search).toMatch(/seed=11&stage=1$/);
  expect(await page.locator('.alert').count()).toBe(0);
});
