// The runs of a lesson: started one by one, shown while they train, and then held against the prediction.

import { useComputed } from '@preact/signals';
import type { Lesson, LessonRun } from '../../../lessons/lesson.ts';
import type { Figures } from '../../../lessons/measure.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { Button } from '../../parts/Button.tsx';
import { lazily } from '../../parts/lazily.tsx';
import { useRead } from '../../parts/useRead.ts';
import type { Session } from '../../session/session.ts';
import { RunStage } from '../../stage/RunStage.tsx';
import type { LessonPlace } from '../../state/lesson/lessonPlace.ts';
import { type LessonWork, seat } from '../../state/lesson/lessonWork.ts';
import { isActive } from '../../state/run/runState.ts';
import { CompareTable } from './CompareTable.tsx';
import { GroupTable } from './GroupTable.tsx';
import type { LessonPartProps } from './lessonProps.ts';
import { figuresOf, startLessonRun } from './lessonRuns.ts';

/** In class alone: it brings the Lab's plans along. */
const SaveResult = lazily(async () => (await import('./SaveResult.tsx')).SaveResult);

/** A student alone has the seed on which every lesson is tested. */
const FIRST_SEED = 1;

type RunPartProps = LessonPartProps & { place: LessonPlace; figures: Figures | null };

export function RunPart({ session, lesson, work, model, place, figures }: RunPartProps) {
  const shownId = useComputed(() => session.shown.value.runId).value;
  const phase = useComputed(() => session.shown.value.phase).value;
  const seed = place.seats === null ? FIRST_SEED : (seat.value ?? FIRST_SEED);
  const ids = Object.values(work.runs);
  const isShown = phase === 'starting' || (shownId !== null && ids.includes(shownId));
  const states = lesson.runs.map((run) => stateOf(session, work, run));
  const next = states.findIndex((state) => state !== 'done');
  const act = (command: () => Promise<unknown>): void => void session.act(command);
  return (
    <>
      <ol class="lesson-runs plain rows">
        {lesson.runs.map((run, index) => (
          <li key={run.name} class="row">
            <b>{run.title}</b>
            {run.says !== undefined && <span class="hint">({run.says})</span>}{' '}
            <span class="hint">{STATE_TEXT[states[index] ?? 'not run']}</span>
            {index === next && (
              <RunButton
                state={states[index] ?? 'not run'}
                title={run.title}
                disabled={session.busy.value || model === null || isActive(phase)}
                onStart={() =>
                  act(async () => model && (await startLessonRun(session, lesson, run, { model, seed })))
                }
                onGoOn={() => act(() => session.resumeRun(work.runs[run.name] ?? ''))}
              />
            )}
            {states[index] === 'running' && (
              <Button label="Stop" more={` ${run.title}`} onClick={() => act(() => session.stop())} />
            )}
          </li>
        ))}
      </ol>
      {figures && (
        <>
          <CompareTable {...{ lesson, work, figures }} />
          {lesson.figures.some(({ source }) => 'rises' in source) && (
            <GroupTable session={session} runId={ids[0] ?? ''} />
          )}
          {place.seats !== null && model && (
            <SaveResult {...{ session, lesson, work, model, seed, seats: place.seats }} />
          )}
        </>
      )}
      {isShown && <RunStage session={session} />}
    </>
  );
}

type State = 'not run' | 'running' | 'stopped' | 'done';

const STATE_TEXT: { readonly [state in State]: string } = {
  'not run': '',
  running: 'in training …',
  stopped: 'stopped',
  done: '✓ done',
};

function stateOf(session: Session, { runs }: LessonWork, { name }: LessonRun): State {
  const runId = runs[name];
  const record = session.runs.value.find(({ id }) => id === runId);
  const { shown } = session;
  if (runId !== undefined && shown.value.runId === runId && isActive(shown.value.phase)) return 'running';
  if (!record) return 'not run';
  return isOver(record) ? 'done' : 'stopped';
}

/** A run that its guard has ended is over too: its metrics are there. */
function isOver({ status, failure }: RunRecord): boolean {
  return status === 'done' || failure?.code === 'diverged';
}

type RunButtonProps = {
  state: State;
  title: string;
  disabled: boolean;
  onStart: () => void;
  onGoOn: () => void;
};

function RunButton({ state, title, disabled, onStart, onGoOn }: RunButtonProps) {
  if (state === 'stopped')
    return (
      <Button label="Go on" more={` with ${title}`} class="primary" disabled={disabled} onClick={onGoOn} />
    );
  if (state !== 'not run') return null;
  return <Button label="▶ Run" more={` ${title}`} class="primary" disabled={disabled} onClick={onStart} />;
}

/** What the runs measured; null until all of them are over. */
export function useFigures(session: Session, lesson: Lesson, work: LessonWork): Figures | null {
  const isMeasurable = lesson.runs.every((run) => stateOf(session, work, run) === 'done');
  const key = isMeasurable ? `${lesson.name} ${Object.values(work.runs).join()}` : null;
  return useRead(session, key, [], () => figuresOf(session, lesson, work.runs));
}
