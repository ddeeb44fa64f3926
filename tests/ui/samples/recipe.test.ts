// Heat levels, the trial of another recipe, and asking for the newest input alone.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Newest } from '../../../src/base/latest.ts';
import { DEFAULTS } from '../../../src/config/index.ts';
import { RESCORABLE, type RescoredGroup } from '../../../src/protocol/inspector.ts';
import { heatLevels, levelOf, ratioSummary, tokenWords } from '../../../src/ui/state/samples/heat.ts';
import {
  groupMove,
  RECIPE_INFOS,
  recipeOf,
  summaryWords,
  trialSummary,
  withRecipe,
} from '../../../src/ui/state/samples/recipe.ts';

const range = { largest: 0, low: 0.2, high: 0.28 };

describe('heat', () => {
  it('has a level for every value, and none for what is not known', () => {
    const names = (heat: 'logProb' | 'ratio', values: number[]) =>
      values.map((value) => levelOf(heat, value, range)?.name);
    expect(names('logProb', [0, Math.log(0.6), Math.log(0.2), Math.log(0.05), -9])).toEqual([
      'p0',
      'p1',
      'p2',
      'p3',
      'p4',
    ]);
    expect(names('ratio', [0.5, 0.81, 0.99, 1.27, 1.29])).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
    expect(levelOf('ratio', null, range)).toBeNull();
    expect(levelOf('none', 1, range)).toBeNull();
  });

  it('tells its levels apart without colour', () => {
    for (const heat of ['logProb', 'ratio'] as const) {
      const cues = heatLevels(heat, range).map(({ cue }) => cue);
      expect(new Set(cues).size).toBe(5);
    }
    expect(heatLevels('ratio', range).map(({ words }) => words)).toContain(
      'over 1.28, beyond the clip setting',
    );
  });

  it('says numbers, and how far a group is off policy', () => {
    expect(tokenWords(Math.log(0.5), 1.25)).toBe('log-prob −0.6931 (50.0 %) · ratio 1.25');
    expect(tokenWords(null, null)).toMatch(/no number/);
    expect(ratioSummary([{ ratios: [1, 2] }, { ratios: [0.5, 1.1] }], range)).toEqual({
      tokens: 4,
      mean: 1.15,
      low: 0.5,
      high: 2,
      outside: 0.5,
    });
    expect(ratioSummary([{ ratios: null }], range)).toBeNull();
  });
});

describe('recipe', () => {
  const rescored = (
    before: number[],
    after: number[],
    advantages: number[] | null = after,
  ): RescoredGroup => ({
    group: 0,
    before: { totals: before, advantages: before, winner: 0 },
    after: { totals: after, advantages, winner: 0 },
  });

  it('offers what can be scored again, and counts no value that is the run’s own', () => {
    expect(RECIPE_INFOS.map(({ key }) => key)).toEqual([...RESCORABLE]);
    const change = withRecipe({}, 'w_task', 3, DEFAULTS);
    expect(change).toEqual({ w_task: 3 });
    expect(withRecipe(change, 'w_task', DEFAULTS.w_task, DEFAULTS)).toEqual({});
    expect(recipeOf(DEFAULTS, change)).toMatchObject({ w_task: 3, w_format: DEFAULTS.w_format });
    expect(Object.keys(recipeOf(DEFAULTS, change))).toEqual([...RESCORABLE]);
  });

  it('tells who would win instead', () => {
    const outcome = (before: number[], after: number[]) => groupMove(rescored(before, after)).outcome;
    expect(outcome([1, 2], [2, 1])).toBe('other');
    expect(outcome([1, 2], [1, 3])).toBe('same');
    expect(outcome([1, 1], [1, 2])).toBe('gains');
    expect(outcome([1, 2], [2, 2])).toBe('loses');
    expect(outcome([1, 1], [2, 2])).toBe('none');
    // A tie that is broken keeps a winner; rounding breaks none.
    expect(outcome([2, 2, 1], [2, 3, 1])).toBe('same');
    expect(outcome([2, 2, 1], [2, 2 + 1e-9, 1])).toBe('same');
    expect(groupMove(rescored([1, 2], [1.5, 4])).largest).toEqual({ sample: 1, from: 2, to: 4 });
    expect(groupMove(rescored([1, 2], [1, 3], null)).largest).toBeNull();
  });

  it('sums up a batch', () => {
    const groups = [rescored([1, 2], [2, 1]), rescored([1, 2], [1, 2]), rescored([1, 1], [1, 2])];
    const summary = trialSummary(groups);
    expect(summary.meanMove).toBeCloseTo(3 / 6, 9);
    expect(summaryWords(summary)).toBe(
      'In 1 of 3 groups another response would win; in 1 one would win where all were equal.',
    );
    expect(trialSummary([rescored([1, 2], [2, 1], null)]).meanMove).toBeNull();
  });
});

describe('Newest', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function collect() {
    const asked: number[] = [];
    const answers: string[] = [];
    const questions = new Newest();
    const line = {
      forget: () => questions.begin(),
      ask: (input: number) =>
        questions.soon(50, async (isNewest) => {
          asked.push(input);
          await new Promise((resolve) => setTimeout(resolve, 100));
          if (isNewest()) answers.push(String(input));
        }),
    };
    return { asked, answers, line };
  }

  it('waits for rest, and asks for the last input alone', async () => {
    const { asked, answers, line } = collect();
    line.ask(1);
    await vi.advanceTimersByTimeAsync(40);
    line.ask(2);
    await vi.advanceTimersByTimeAsync(200);
    expect([asked, answers]).toEqual([[2], ['2']]);
  });

  it('drops answers to older inputs, and asks one at a time', async () => {
    const { asked, answers, line } = collect();
    line.ask(1);
    await vi.advanceTimersByTimeAsync(60);
    line.ask(2);
    await vi.advanceTimersByTimeAsync(60);
    expect(asked).toEqual([1]);
    await vi.advanceTimersByTimeAsync(300);
    expect([asked, answers]).toEqual([[1, 2], ['2']]);
    line.ask(-1);
    await vi.advanceTimersByTimeAsync(60);
    line.forget();
    await vi.advanceTimersByTimeAsync(300);
    expect(answers).toEqual(['2']);
  });
});
