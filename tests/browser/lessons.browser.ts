// Each lesson as a student walks it: look, predict, run, compare, why, quiz, puzzle; by mouse and by keyboard, wide and narrow, light and dark.

import type { Page } from '@playwright/test';
import { LESSONS } from '../../src/lessons/table.ts';
import { loadAxe, violations } from './axe.ts';
import { expect, test } from './fixtures.ts';

type Walk = { by: 'mouse' | 'keyboard'; width: 1280 | 390; colorScheme: 'light' | 'dark' };

/** By number of the lesson, from 1. */
const WALKS: readonly Walk[] = [
  { by: 'mouse', width: 1280, colorScheme: 'light' },
  { by: 'keyboard', width: 1280, colorScheme: 'dark' },
  { by: 'mouse', width: 390, colorScheme: 'light' },
  { by: 'keyboard', width: 390, colorScheme: 'light' },
  { by: 'mouse', width: 1280, colorScheme: 'dark' },
  { by: 'keyboard', width: 390, colorScheme: 'dark' },
];

/** What axe finds wrong here, and whether the page is wider than its window. */
async function check(page: Page, where: string): Promise<void> {
  expect(await violations(page), where).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(overflow, where).toBeLessThanOrEqual(0);
}

async function press(page: Page, name: string | RegExp, by: Walk['by']): Promise<void> {
  const button = page.getByRole('button', { name, exact: typeof name === 'string' });
  if (by === 'mouse') return await button.click();
  await button.focus();
  await expect(button).toBeEnabled();
  await page.keyboard.press('Enter');
}

async function predict(page: Page, by: Walk['by']): Promise<void> {
  for (const slider of await page.getByRole('slider').all()) {
    if (by === 'mouse') {
      const box = await slider.boundingBox();
      await slider.click({ position: { x: (box?.width ?? 0) * 0.7, y: (box?.height ?? 0) / 2 } });
    } else {
      await slider.focus();
      for (let times = 0; times < 5; times++) await page.keyboard.press('ArrowRight');
    }
    expect(await slider.getAttribute('aria-valuetext')).toMatch(/percent$/);
  }
}

LESSONS.forEach((lesson, index) => {
  const { by, width, colorScheme } = WALKS[index] as Walk;
  test(`lesson ${index + 1}, by ${by}, ${width} px, ${colorScheme}`, async ({ newPage }) => {
    test.setTimeout(180_000);
    const beginMs = performance.now();
    const page = await newPage(`?lesson=${index + 1}`);
    await page.setViewportSize({ width, height: width === 390 ? 844 : 800 });
    await page.emulateMedia({ colorScheme });
    await loadAxe(page);
    await page.getByRole('heading', { name: lesson.question }).waitFor();
    expect(await page.getByRole('toolbar', { name: 'Run' }).count(), 'what it does not need is hidden').toBe(
      0,
    );
    await expect(page.locator('.answer-card')).toHaveCount(lesson.look.prompts.length);
    await check(page, 'look');
    await press(page, 'Next: Predict', by);
    expect(await page.evaluate(() => document.activeElement?.id), 'the focus moves on').toBe('lesson-title');
    await expect(page.getByRole('button', { name: 'Next: Run and compare' })).toBeDisabled();
    await expect(page.getByRole('button', { name: 'Keep my prediction' })).toBeDisabled();
    await predict(page, by);
    await check(page, 'predict');
    await press(page, 'Keep my prediction', by);

    const runMs = performance.now();
    for (const { title } of lesson.runs) {
      await press(page, `▶ Run ${title}`, by);
      await page
        .locator('.lesson-runs li', { hasText: title })
        .getByText('✓ done')
        .waitFor({ timeout: 120_000 });
    }
    const table = page.getByRole('region', { name: 'Prediction and measurement' }).first();
    await table.waitFor();
    const machineS = (performance.now() - runMs) / 1000;
    expect(await table.locator('tbody tr').count()).toBe(lesson.figures.length);
    await page.getByText('✓ Holds in your runs:').waitFor();
    await check(page, 'run');

    await press(page, 'Next: Why', by);
    await page.locator('p.lesson-text', { hasText: lesson.explain[0] ?? '' }).waitFor();
    await press(page, 'Next: Quiz', by);
    for (const { asks, choices } of lesson.quiz) {
      const question = page.getByRole('group', { name: asks });
      const [right, wrong] = choices;
      for (const choice of [wrong, right]) {
        const radio = question.getByRole('radio', { name: choice?.says });
        if (by === 'mouse') await radio.click();
        else {
          await radio.focus();
          await page.keyboard.press('Space');
        }
        await question.getByText(choice?.why ?? '').waitFor();
      }
    }
    await check(page, 'quiz');
    // All of it comes back.
    expect(page.url()).toMatch(new RegExp(`\\?lesson=${index + 1}&at=quiz$`));
    await page.reload();
    await page.getByText(lesson.quiz[0]?.choices[0]?.why ?? '').waitFor();
    await press(page, /Run and compare/, by);
    await table.waitFor();
    await press(page, /Puzzle/, by);
    await press(page, 'Open the whole page with this run', by);
    await page.getByText('The form holds the run of the lesson.').waitFor();
    await page.getByRole('heading', { name: /^Begins after/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('from')).toMatch(/^qwen-mini@(heads|sft)$/);
    const wholeS = (performance.now() - beginMs) / 1000;
    console.log(
      `lesson ${index + 1}: ${machineS.toFixed(0)} s of machine time, ${wholeS.toFixed(0)} s walked, ${lesson.minutes} minutes planned`,
    );
  });
});

test('a class: a link with seats, a seat as the seed, a file at the end, merged in the Lab', async ({
  newPage,
}) => {
  test.setTimeout(180_000);
  const page = await newPage('#lessons');
  const card = page.getByRole('region', { name: 'Make a link for a class' });
  await card.getByLabel('Lesson').selectOption('6');
  await card.getByLabel('Seats').fill('2');
  await card.getByLabel('Seats').press('Tab');
  await card.getByLabel('with puzzle').uncheck();
  const link = new URL((await card.locator('.lesson-link').textContent()) ?? '');
  expect(link.search).toBe('?lesson=6&hide=puzzle&seats=2');

  const files: string[] = [];
  for (const seat of ['1', '2']) {
    const student = await newPage(link.search);
    expect(await student.getByRole('button', { name: /Puzzle/ }).count()).toBe(0);
    await press(student, 'Next: Predict', 'mouse');
    await student.getByText('Write your seat number first.').waitFor();
    await student.getByLabel('Your seat number').fill(seat);
    await predict(student, 'mouse');
    await press(student, 'Keep my prediction', 'mouse');
    await press(student, '▶ Run Safety training', 'mouse');
    const save = student.getByRole('button', { name: 'Save my result' });
    await save.waitFor({ timeout: 120_000 });
    const download = student.waitForEvent('download');
    await save.click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`lesson-new-attacks-seat-${seat}-results.json`);
    files.push(await file.path());
  }

  await page.getByRole('link', { name: 'Lab', exact: true }).click();
  await page.getByLabel('Files of results (.json) to merge').setInputFiles(files);
  await page.getByText('2 of 2 runs, from 2 files.').waitFor();
  const merged = page.getByRole('region', { name: 'Merged results' });
  expect((await merged.textContent()) ?? '').toMatch(/attack success, held-out/i);
});

test('on paper a lesson is a sheet: its question, room for the prediction, quiz and words', async ({
  newPage,
}) => {
  const page = await newPage('?lesson=4');
  await page.getByRole('heading', { name: LESSONS[3]?.question }).waitFor();
  expect(await page.locator('.lesson-sheet').isVisible()).toBe(false);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.lesson-sheet').isVisible()).toBe(true);
  expect(await page.locator('.lesson-steps').isVisible()).toBe(false);
  const text = await page.locator('.lesson-sheet').innerText();
  for (const part of ['I predict', '________', 'Over-refusal', LESSONS[3]?.quiz[0]?.asks ?? ''])
    expect(text).toContain(part);
});

test('a lesson leaves the page as it was: the list, the glossary, the help', async ({ newPage }) => {
  const page = await newPage('?v=2&preset=smoke');
  await page.getByRole('link', { name: 'Lessons', exact: true }).click();
  await page.getByRole('button', { name: /^Begin with lesson 3/ }).click();
  expect(new URL(page.url()).searchParams.get('lesson')).toBe('3');
  await page.keyboard.press(' ');
  expect(await page.evaluate(() => window.cosmo?.listRuns()), 'keys start nothing in a lesson').toEqual([]);
  await page.getByRole('button', { name: 'Leave the lesson' }).click();
  await page.getByRole('heading', { name: 'Glossary' }).waitFor();
  expect(new URL(page.url()).search).toBe('?v=2&preset=smoke');
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Glossary').click();
  await page.getByRole('dialog').getByText('Over-refusal', { exact: true }).waitFor();
});
