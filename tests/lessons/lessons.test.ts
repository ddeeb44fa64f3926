// The lessons as data: whatever one names is there, its runs may begin where they say, and as a plan of a class they are the same runs.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changedKeys, forkIndex } from '../../src/config/index.ts';
import { mergeResults, sweepReport } from '../../src/experiments/plans.ts';
import { LESSON_NAMES } from '../../src/lessons/lesson.ts';
import { claimHolds, responseLogRatio } from '../../src/lessons/measure.ts';
import { LESSONS, lessonAt } from '../../src/lessons/table.ts';
import type { ReleasedModel } from '../../src/protocol/inspector.ts';
import type { StoredParts } from '../../src/ui/state/lab/storedResult.ts';
import { lessonParts, partsOf, readLessonPlace } from '../../src/ui/state/lesson/lessonPlace.ts';
import { parseWork } from '../../src/ui/state/lesson/lessonWork.ts';
import { classLink } from '../../src/ui/views/lessons/ClassLink.tsx';
import { expandLesson, resultsOfSeat } from '../../src/ui/views/lessons/classPlan.ts';
import { runOfLesson } from '../../src/ui/views/lessons/lessonRuns.ts';
import { orderOf } from '../../src/ui/views/lessons/QuizPart.tsx';
import { worldOf } from '../../src/world/index.ts';

const { models } = JSON.parse(readFileSync('public/models/index.json', 'utf8')) as {
  models: ReleasedModel[];
};
const model = models[0] as ReleasedModel;

it('has a lesson for every name, in their order', () => {
  expect(LESSONS.map(({ name }) => name)).toEqual(LESSON_NAMES);
});

describe.each(LESSONS)('lesson $name', (lesson) => {
  const { figures, runs, claim, quiz, look } = lesson;

  it('speaks of figures, runs and prompts that there are', () => {
    const names = figures.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { run } of figures) expect(runs.map(({ name }) => name)).toContain(run);
    for (const { left, than } of claim.bounds)
      for (const name of [left, than]) if (typeof name === 'string') expect(names).toContain(name);
    const world = worldOf(model.settings);
    for (const id of look.prompts) expect(world.promptById(id).id).toBe(id);
  });

  it('asks something, and explains every choice of its quiz', () => {
    expect(figures.some(({ unasked }) => !unasked)).toBe(true);
    expect(quiz.length).toBeGreaterThanOrEqual(2);
    for (const [index, { choices }] of quiz.entries()) {
      expect(choices.length).toBeGreaterThanOrEqual(3);
      for (const { why } of choices) expect(why.length).toBeGreaterThan(10);
      expect([...orderOf(lesson, index)].sort()).toEqual(choices.map((_, place) => place));
    }
  });

  it('trains from every release, after a stage that it has', () => {
    for (const release of models)
      for (const run of runs) {
        const { draft, after } = runOfLesson(release, run, 7);
        expect(draft.settings.seed).toBe(7);
        expect(forkIndex(release.settings, draft.settings, after)).toBeGreaterThan(0);
      }
  });

  it('is the same runs as the plan that a class merges, and seats become one table', () => {
    const { plan, expansion } = expandLesson(lesson, model, 3);
    expect(plan.seeds).toEqual([1, 2, 3]);
    for (const run of runs)
      for (const seed of plan.seeds) {
        const planned = expansion.runs.find((each) => each.name === run.name && each.seed === seed);
        const { draft } = runOfLesson(model, run, seed);
        expect(planned && changedKeys(planned.settings, draft.settings)).toEqual([]);
      }
    const engine = { backend: 'wasm', adapter: '', simd: null, threads: 1 };
    const parts: StoredParts = {
      record: { engine, code: { version: 'test', sources: null, commit: null, modified: null } },
      evaluations: [],
      figures: { ratioMax: null, klMax: null, rewardGap: null },
      metrics: [],
      digest: 'd',
    };
    const seats = plan.seeds.map((seed) => {
      const stored = new Map(runs.map(({ name }) => [name, parts]));
      const results = resultsOfSeat(expansion, seed, stored);
      return {
        name: `${seed}.json`,
        text: sweepReport({ plan, cells: expansion.cells, results, command: '' })['results.json'] ?? '',
      };
    });
    const merged = mergeResults(seats);
    expect(merged.left).toEqual([]);
    expect(merged.results.map(({ status }) => status)).toEqual(expansion.runs.map(() => 'done'));
  });
});

describe('the place in a lesson', () => {
  it('stands in the address and comes back from it', () => {
    const place = readLessonPlace('?lesson=4&at=quiz&hide=puzzle&seats=30&seed=3');
    expect(place).toEqual({ number: 4, part: 'quiz', hidden: ['puzzle'], seats: 30 });
    expect(lessonParts(place)).toEqual({ lesson: '4', at: 'quiz', hide: 'puzzle', seats: '30' });
    expect(lessonParts(null)).toEqual({ lesson: null, at: null, hide: null, seats: null });
    expect(partsOf(['quiz', 'puzzle']).at(-1)).toBe('explain');
  });

  it('is the first part where the address names one that is hidden or not there, and none without a lesson', () => {
    expect(readLessonPlace('?lesson=1&at=puzzle&hide=puzzle')?.part).toBe('look');
    expect(readLessonPlace('?lesson=1&at=nonsense&seats=0')).toMatchObject({ part: 'look', seats: null });
    for (const search of ['', '?lesson=0', '?lesson=7', '?lesson=x', '?lesson=1.5'])
      expect(readLessonPlace(search), search).toBeNull();
    expect(lessonAt(1)).toBe(LESSONS[0]);
  });

  it('goes into a link for a class, with the model to begin with', () => {
    const place = { number: 2, part: 'look', hidden: ['quiz'], seats: 12 } as const;
    expect(classLink(place, '', 'https://host/p/?v=2&seed=3#lessons')).toBe(
      'https://host/p/?lesson=2&hide=quiz&seats=12',
    );
    expect(classLink(place, 'deepseek-mini', 'https://host/p/')).toBe(
      'https://host/p/?from=deepseek-mini@heads&lesson=2&hide=quiz&seats=12',
    );
  });
});

describe('what a student did', () => {
  it('is read back, and nothing else', () => {
    const work = { predicted: { a: 40 }, isKept: true, runs: { both: 'r' }, tried: { 0: [2, 0] } };
    expect(parseWork(JSON.parse(JSON.stringify(work)))).toEqual(work);
    const nothing = { predicted: {}, isKept: false, runs: {}, tried: {} };
    for (const wrong of [
      null,
      3,
      'x',
      [],
      { predicted: { a: 'x', b: 400 }, isKept: 1, runs: { c: 3 }, tried: { 0: 'y' } },
    ])
      expect(parseWork(wrong)).toEqual(nothing);
  });
});

describe('a claim', () => {
  const claim = {
    says: '',
    bounds: [
      { left: 'a', is: 'above', than: 'b', by: 10 },
      { left: 'a', is: 'below', than: 90 },
    ],
  } as const;
  const holds = (a?: number, b?: number) =>
    claimHolds(
      { claim },
      new Map(
        Object.entries({ a, b }).flatMap(([name, value]) => (value === undefined ? [] : [[name, { value }]])),
      ),
    );

  it('holds where every bound is kept, and is not known where a figure is missing', () => {
    expect(holds(60, 50)).toBe(true);
    expect(holds(59, 50)).toBe(false);
    expect(holds(95, 50)).toBe(false);
    expect(holds(60)).toBeNull();
    expect(holds(undefined, 50)).toBeNull();
  });

  it('reads the ratio of a response as the product of those of its tokens', () => {
    expect(Math.exp(responseLogRatio([1.5, 0.5, 2]))).toBeCloseTo(1.5);
  });
});
