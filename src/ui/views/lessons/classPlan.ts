// A lesson as a plan of the Lab: its runs are the cells, the seats of the class are the seeds.

import { changedKeys, WITHOUT_EFFECT } from '../../../config/index.ts';
import {
  DEFAULT_METRICS,
  type Expansion,
  expand,
  missingRun,
  type Plan,
  planOfInput,
  type RunResult,
} from '../../../experiments/plans.ts';
import type { Lesson } from '../../../lessons/lesson.ts';
import { LESSONS } from '../../../lessons/table.ts';
import type { ReleasedModel } from '../../../protocol/inspector.ts';
import { resultOfRow, type StoredParts } from '../../state/lab/storedResult.ts';
import { runOfLesson } from './lessonRuns.ts';

export function planOfLesson(lesson: Lesson, model: ReleasedModel, seats: number): Plan {
  const runs = lesson.runs.map((run) => ({ run, from: runOfLesson(model, run, model.settings.seed) }));
  return planOfInput({
    name: `Lesson ${1 + LESSONS.indexOf(lesson)}: ${lesson.title}`,
    base: { model: model.name, after: runs[0]?.from.after ?? '' },
    cells: runs.map(({ run: { name, title }, from: { draft } }) => {
      const keys = changedKeys(draft.settings, model.settings).filter((key) => !WITHOUT_EFFECT.includes(key));
      return { name, title, change: Object.fromEntries(keys.map((key) => [key, draft.settings[key]])) };
    }),
    seeds: Array.from({ length: seats }, (_, index) => index + 1),
    metrics: metricsOf(lesson),
  });
}

/** The tests that the lesson speaks of. */
function metricsOf({ figures }: Lesson): string[] {
  const tests = figures.flatMap(({ source }) => ('test' in source ? [source.test] : []));
  return tests.length > 0 ? [...new Set(tests)] : [...DEFAULT_METRICS];
}

export function expandLesson(
  lesson: Lesson,
  model: ReleasedModel,
  seats: number,
): { plan: Plan; expansion: Expansion } {
  const plan = planOfLesson(lesson, model, seats);
  const stage = 'after' in plan.base ? plan.base.after : null;
  return { plan, expansion: expand(plan, { settings: model.settings, preset: model.preset, stage }) };
}

/** What one seat has, by name of the run; the other seats' runs are missing. */
export function resultsOfSeat(
  { runs }: Expansion,
  seed: number,
  stored: ReadonlyMap<string, StoredParts>,
): RunResult[] {
  return runs.map((run) => {
    const parts = run.seed === seed ? stored.get(run.name) : undefined;
    return parts ? resultOfRow({ run, state: 'done', message: '' }, parts) : missingRun(run);
  });
}
