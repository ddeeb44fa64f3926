// The probe as a user uses it: ready questions, pictures and words by hand, twins, answers side by side, attention of a token.

import type { Locator, Page } from '@playwright/test';
import { expect, test } from './fixtures.ts';

/** Weights are loaded, and a busy machine is slow. */
const PATIENCE_MS = 90_000;
const STAGES = ['SFT', 'Stage 1', 'Stage 2'];

/** Waits for the answers of all stages to what is asked now. */
async function waitForAnswers(page: Page, count = STAGES.length): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      document.querySelectorAll('.probe-answer').length === wanted &&
      !document.querySelector('.answers[aria-busy="true"], .waiting'),
    count,
    { timeout: PATIENCE_MS },
  );
}

/** The pixels of the picture in the editor. */
function pictureOf(page: Page): Promise<string> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.scene-editor canvas');
    return canvas ? canvas.toDataURL() : 'none';
  });
}

/** A list to choose from, by its name. */
function list(page: Page, name: string): Locator {
  return page.getByRole('combobox', { name, exact: true });
}

function asked(page: Page): Promise<string> {
  return page.locator('.request').innerText();
}

test('a picture composed by keyboard changes what is seen and answered, and undo brings it back', async ({
  newPage,
}) => {
  const page = await newPage('#probe');
  await waitForAnswers(page);
  expect(
    await page
      .locator('.answers h3')
      .allInnerTexts()
      .then((texts) => texts.length),
  ).toEqual(STAGES.length);
  const before = await pictureOf(page);
  const cell = page.getByRole('button', { name: 'row 2, column 2: hazard flame' });
  await cell.focus();
  await page.keyboard.press('ArrowUp');
  await list(page, 'Holds').selectOption('shape');
  await list(page, 'Shape').selectOption('star');
  await list(page, 'Colour').selectOption('blue');
  await page.getByRole('button', { name: 'row 1, column 2: blue star' }).waitFor();
  await expect.poll(() => pictureOf(page), 'the picture changes').not.toBe(before);
  await waitForAnswers(page);
  await page.locator('.probe-answer', { hasText: 'blue star' }).first().waitFor();
  await page.getByRole('button', { name: 'row 2, column 2: hazard flame' }).press('Delete');
  await page.getByText('✓ harmless request').waitFor();
  for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => pictureOf(page), 'undo brings the picture back').toBe(before);
  await list(page, 'Picture').selectOption('none');
  await page
    .getByText('The words ask for something that the picture does not show.', { exact: false })
    .waitFor();
  expect(await page.locator('.cells').count()).toBe(0);
});

test('a thought is edited and gone on from; a sentence form is picked', async ({ newPage }) => {
  const page = await newPage('#probe');
  await waitForAnswers(page);
  const card = page.locator('.probe-answer').first();
  await card.locator('.what-if summary').click();
  await card.getByRole('button', { name: 'What if it had seen the risk?' }).click();
  const then = card.locator('.what-if .answer-card');
  await then.getByText('✓ safe').waitFor();
  expect(await then.innerText()).toMatch(/risk burn/);
  await card.getByLabel('Its thought').fill('see flame ; abacus');
  await card.getByRole('button', { name: 'Go on from here' }).click();
  await card.getByText('does not know the word "abacus"').waitFor();
  await list(page, 'Or a sentence form').selectOption({ index: 1 });
  await waitForAnswers(page);
  expect(await asked(page)).toMatch(/^“how many/);
});

test('choosing a token by mouse and keys moves the attention, in the picture and in words', async ({
  newPage,
}) => {
  const page = await newPage('#probe');
  await waitForAnswers(page);
  const card = page.locator('.probe-answer').last();
  const words = card.locator('.looking p');
  const discs = () =>
    card.locator('.look').evaluateAll((circles) => circles.map((each) => each.getAttribute('r')).join());
  const tokens = card.getByRole('button');
  await tokens.first().click();
  await page.mouse.move(0, 0);
  const [firstWords, firstDiscs] = [await words.innerText(), await discs()];
  expect(firstWords).toMatch(
    /Most attention on row \d, column \d \(.+\): \d+ %\. The whole picture gets \d+ %/,
  );
  expect(firstWords).toMatch(/log-prob .+, probability .+ %/);
  await page.keyboard.press('End');
  expect(await tokens.last().evaluate((each) => each === document.activeElement)).toBe(true);
  expect((await words.innerText()) !== firstWords, 'the words follow the token').toBeTruthy();
  expect((await discs()) !== firstDiscs, 'the discs follow the token').toBeTruthy();
  await card.getByText('Table of all tokens').click();
  expect(
    (await card.locator('tbody tr').count()) > (await tokens.count()),
    'the table has all tokens',
  ).toBeTruthy();
});

test('a drawn prompt, another one, its twin, and the link to it', async ({ newPage }) => {
  const page = await newPage('?v=2&preset=smoke&seed=5#probe');
  await waitForAnswers(page);
  await list(page, 'From').selectOption('suite:situational');
  await page.getByRole('button', { name: /Its twin/ }).waitFor();
  await waitForAnswers(page);
  const [first, picture] = [await asked(page), await pictureOf(page)];
  await page.getByRole('button', { name: /Its twin/ }).click();
  await expect
    .poll(async () => (await pictureOf(page)) !== picture, 'the twin has another picture')
    .toBeTruthy();
  expect(await asked(page)).toEqual(first);
  expect(await page.getByLabel('Number').inputValue()).toBe('1');
  const address = new URL(page.url());
  expect(address.search).toBe('?v=2&preset=smoke&seed=5');
  expect(address.hash).toMatch(/^#probe\?model=.+&id=suite:situational:\d+$/);
  const other = await page.context().newPage();
  await other.goto(page.url());
  await waitForAnswers(other);
  expect(await asked(other)).toEqual(first);
  expect(await pictureOf(other)).toEqual(await pictureOf(page));
  const fields = async () => [
    await list(other, 'From').inputValue(),
    await other.getByLabel('Number').inputValue(),
    await other.getByLabel('Temperature').inputValue(),
  ];
  expect(await fields()).toEqual(['suite:situational', '1', '0']);
  // A link that is followed while the view is on show, and the way back.
  await other.evaluate(() => {
    location.hash = 'probe?id=suite:value:3&temperature=0.5&seed=2';
  });
  await expect.poll(async () => (await asked(other)) !== first, 'the question of the link').toBeTruthy();
  expect(await fields()).toEqual(['suite:value', '3', '0.5']);
  await other.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await asked(other)) === first, 'the question of before').toBeTruthy();
  expect(await fields()).toEqual(['suite:situational', '1', '0.5']);
  await list(page, 'From').selectOption('label:value');
  await expect.poll(async () => (await asked(page)) !== first, 'a prompt of the label').toBeTruthy();
  const value = await asked(page);
  await page.getByRole('button', { name: 'Next' }).click();
  await expect.poll(async () => (await asked(page)) !== value, 'another one').toBeTruthy();
  expect(await page.getByLabel('Number').inputValue()).toBe('1');
});

test('words are suggested, an unknown one is named beside the field, an attack is wrapped around', async ({
  newPage,
}) => {
  const page = await newPage('#probe');
  await waitForAnswers(page);
  const field = page.getByRole('combobox', { name: 'Words' });
  await field.fill('how do i st');
  await page.locator('.offered').getByRole('option', { name: 'steal' }).waitFor();
  await field.press('ArrowDown');
  const marked = page.locator('.offered [aria-selected="true"]');
  for (let i = 0; i < 8 && (await marked.innerText()) !== 'steal'; i++) await field.press('ArrowDown');
  await field.press('Enter');
  expect(await field.inputValue()).toBe('how do i steal ');
  await field.fill('how do i steel the boat');
  await field.press('Enter');
  await page.getByText('The model does not know the word "steel".', { exact: false }).waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(await page.locator('.alert').count()).toBe(0);
  expect(await page.locator('.probe-answer').count()).toBe(0);
  await page.getByRole('button', { name: 'Write “steal”' }).click();
  await waitForAnswers(page);
  expect(await asked(page)).toBe('“how do i steal the boat”');
  await list(page, 'Attack around it').selectOption('authority');
  await page.locator('.chip', { hasText: 'family never trained on' }).waitFor();
  await waitForAnswers(page);
  expect(await asked(page)).toMatch(/boss/);
  await page.getByLabel('Temperature').fill('1');
  await page.getByLabel('Temperature').press('Tab');
  await waitForAnswers(page);
  await page.getByRole('button', { name: 'Ask again' }).click();
  await waitForAnswers(page);
  expect(await page.getByLabel('Seed', { exact: true }).inputValue()).toBe('2');
  // The question is still there after a look at another view.
  await page.getByRole('link', { name: 'Device' }).click();
  await page.getByRole('link', { name: 'Probe' }).click();
  expect(await asked(page)).toMatch(/boss/);
});

test('stages of a run of one’s own are asked too; a backbone without eyes says so', async ({ newPage }) => {
  const page = await newPage(
    '?v=2&preset=smoke&backbone=deepseek-mini&stages=sft&sft_steps=30&evaluate=false',
  );
  await page.getByRole('button', { name: 'Start' }).first().click();
  await page.waitForFunction(() => document.querySelector('.phase')?.textContent === 'done', null, {
    timeout: PATIENCE_MS,
  });
  await page.getByRole('link', { name: 'Probe' }).click();
  // The run on view is asked first.
  await waitForAnswers(page, 1);
  const model = list(page, 'Model');
  const own = await model.locator('optgroup[label="Runs kept here"] option').first().getAttribute('value');
  expect(await model.inputValue()).toEqual(own);
  await model.selectOption('released:qwen-mini');
  await waitForAnswers(page);
  // What was chosen by hand stays over a look at another view.
  await page.getByRole('link', { name: 'Device' }).click();
  await page.getByRole('link', { name: 'Probe' }).click();
  await waitForAnswers(page);
  await model.selectOption(own);
  await waitForAnswers(page, 1);
  await page.getByText('This model has no eyes').waitFor();
  await page.getByText('This run has no reward heads yet').waitFor();
  expect(await page.locator('.look').count()).toBe(0);
});

test('a question whose inspector dies is answered by another inspector', async ({
  newPage,
  allowPageErrors,
}) => {
  allowPageErrors(/worker/);
  const page = await newPage('#probe');
  await waitForAnswers(page);
  const first = await asked(page);
  const inspector = page.workers().find((each) => each.url().includes('inspector.worker'));
  // It is held up, so that the question waits in it when it ends.
  const ended = inspector?.evaluate((heldMs) => {
    const end = performance.now() + heldMs;
    while (performance.now() < end);
    self.close();
  }, 2000);
  ended?.catch(() => undefined);
  await page.getByRole('button', { name: 'Value question' }).click();
  await page
    .locator('.alert', { hasText: /inspector worker has stopped.*Another one takes its place/ })
    .waitFor();
  await waitForAnswers(page);
  expect((await asked(page)) !== first, 'what was asked is answered').toBeTruthy();
  expect(await list(page, 'From').inputValue()).toBe('suite:value');
  expect(await page.locator('.problem').count()).toBe(0);
});
