// The runs of a lesson as the page starts and reads them: from which release, with which settings, and what the store says of them.

import { extent } from '../../../base/numbers.ts';
import { validateSettings } from '../../../config/index.ts';
import type { Lesson, LessonRun } from '../../../lessons/lesson.ts';
import { type Figures, type Measured, measure, type RunSource } from '../../../lessons/measure.ts';
import type { ReleasedModel } from '../../../protocol/inspector.ts';
import { type FromRelease, failureOf, safetyOf, startFromRelease } from '../../opening/fromRelease.ts';
import type { Session } from '../../session/session.ts';
import { changeWork, lessonWork } from '../../state/lesson/lessonWork.ts';
import { ownForm, readForm } from '../../state/run/formOverride.ts';

/** Under one seed and model; the recipe is that of the opening. */
export function runOfLesson(model: ReleasedModel, run: LessonRun, seed: number): FromRelease {
  const base = run.failure === undefined ? safetyOf(model) : failureOf(model, run.failure);
  const settings = validateSettings({ ...run.change, seed }, base.draft.settings);
  return { ...base, draft: { ...base.draft, settings }, name: `Lesson: ${run.title}, seed ${seed}` };
}

/** The released model that the link names, or else the first one; null where the page comes without any. */
export async function lessonModel(session: Session): Promise<ReleasedModel | null> {
  const released = await session.inspector.released();
  const { start } = ownForm(readForm(session));
  return released.find(({ name }) => name === start?.model) ?? released[0] ?? null;
}

/** Starts a run of the lesson and keeps which one it is. */
export async function startLessonRun(
  session: Session,
  lesson: Lesson,
  run: LessonRun,
  from: { model: ReleasedModel; seed: number },
): Promise<void> {
  const runId = await startFromRelease(session, runOfLesson(from.model, run, from.seed));
  changeWork(lesson, { runs: { ...lessonWork(lesson).value.runs, [run.name]: runId } });
}

export function sourceOf({ library, store, inspector }: Session): RunSource {
  return {
    evaluations: (runId) => library.evaluations(runId),
    metrics: (runId) => store.readMetrics(runId),
    firstBatch: async (runId) => {
      const rows = await store.sampleIndex({ runId });
      if (rows.length === 0) return null;
      const [step] = extent(rows.map((row) => row.step));
      const [, last] = extent(rows.filter((row) => row.step === step).map(({ group }) => group));
      return { step, groups: last + 1 };
    },
    end: async (runId) => {
      const ends = (await store.listCheckpoints(runId)).filter(({ kind }) => kind === 'stage-end');
      const checkpointId = ends.sort((a, b) => a.step - b.step).at(-1)?.id ?? '';
      return { kind: 'stored', runId, checkpointId };
    },
    group: (request) => inspector.group(request),
  };
}

/** What the runs of the lesson say; `runs`: stored run by name. Figures that they do not hold are left out. */
export async function figuresOf(
  session: Session,
  { figures }: Lesson,
  runs: { readonly [run: string]: string },
): Promise<Figures> {
  const source = sourceOf(session);
  const found = new Map<string, Measured>();
  for (const { name, run, source: reads } of figures) {
    const runId = runs[run];
    const value = runId === undefined ? null : await measure(reads, source, runId);
    if (value) found.set(name, value);
  }
  return found;
}
