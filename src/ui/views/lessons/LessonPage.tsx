// One lesson: its parts as steps, one of them on show, with the way back and forth.

import { useEffect, useRef } from 'preact/hooks';
import type { Lesson, LessonPart } from '../../../lessons/lesson.ts';
import { LESSONS } from '../../../lessons/table.ts';
import { Button } from '../../parts/Button.tsx';
import { useRead } from '../../parts/useRead.ts';
import type { Session } from '../../session/session.ts';
import { type LessonPlace, lessonPlace, partsOf } from '../../state/lesson/lessonPlace.ts';
import { forgetWork, type LessonWork, lessonWork } from '../../state/lesson/lessonWork.ts';
import { ExplainPart, PuzzlePart } from './ExplainPart.tsx';
import { LessonSheet } from './LessonSheet.tsx';
import { LookPart } from './LookPart.tsx';
import { lessonModel } from './lessonRuns.ts';
import { PredictPart } from './PredictPart.tsx';
import { QuizPart } from './QuizPart.tsx';
import { RunPart, useFigures } from './RunPart.tsx';

const TITLES: { readonly [part in LessonPart]: string } = {
  look: 'Look',
  predict: 'Predict',
  run: 'Run and compare',
  explain: 'Why',
  quiz: 'Quiz',
  puzzle: 'Puzzle',
};

type LessonPageProps = { session: Session; lesson: Lesson; place: LessonPlace };

export function LessonPage({ session, lesson, place }: LessonPageProps) {
  const { number, part, hidden } = place;
  const work = lessonWork(lesson).value;
  const figures = useFigures(session, lesson, work);
  const parts = partsOf(hidden);
  const model = useRead(session, 'released', [], async () => ({ found: await lessonModel(session) }));
  const go = (to: LessonPart): void => {
    lessonPlace.value = { ...place, part: to };
  };
  const index = parts.indexOf(part);
  const open = parts.slice(0, 1 + parts.findIndex((each) => !isDone(each, work, figures !== null)));
  const isOpen = (each: LessonPart | undefined): boolean =>
    each !== undefined && (open.length === 0 || open.includes(each));
  const next = parts[index + 1];
  const heading = useRef<HTMLHeadingElement>(null);
  const shownBefore = useRef(part);
  useEffect(() => {
    if (shownBefore.current !== part) heading.current?.focus();
    shownBefore.current = part;
  }, [part]);
  const shared = { session, lesson, work, model: model?.found ?? null };
  return (
    <div class="stack lesson">
      <ol class="lesson-steps plain row" aria-label="Parts of the lesson">
        {parts.map((each, at) => (
          <li key={each}>
            <Button
              label={`${at + 1} ${TITLES[each]}`}
              class="quiet"
              aria-current={each === part ? 'step' : undefined}
              disabled={!isOpen(each)}
              onClick={() => go(each)}
            />
          </li>
        ))}
      </ol>
      <section class="card rows" aria-labelledby="lesson-title">
        <p class="hint">
          Lesson {number} of {LESSONS.length}: {lesson.title}, about {lesson.minutes} minutes
        </p>
        <h2 id="lesson-title" ref={heading} tabIndex={-1}>
          {part === 'look' ? lesson.question : TITLES[part]}
        </h2>
        {part === 'look' && <LookPart {...shared} />}
        {part === 'predict' && <PredictPart {...shared} place={place} />}
        {part === 'run' && <RunPart {...shared} place={place} figures={figures} />}
        {part === 'explain' && <ExplainPart lesson={lesson} figures={figures} />}
        {part === 'quiz' && <QuizPart {...shared} />}
        {part === 'puzzle' && <PuzzlePart {...shared} />}
        <div class="buttons">
          {index > 0 && <Button label="Back" onClick={() => go(parts[index - 1] as LessonPart)} />}
          {next && (
            <Button
              label={`Next: ${TITLES[next]}`}
              class={isOpen(next) ? 'primary' : ''}
              disabled={!isOpen(next)}
              onClick={() => go(next)}
            />
          )}
          {!next && number < LESSONS.length && place.seats === null && (
            <Button
              label={`Next lesson: ${LESSONS[number]?.title}`}
              class="primary"
              onClick={() => (lessonPlace.value = { ...place, number: number + 1, part: 'look' })}
            />
          )}
          {work.isKept && (
            <Button label="Start this lesson over" class="quiet" onClick={() => startOver(lesson, go)} />
          )}
        </div>
      </section>
      <LessonSheet lesson={lesson} number={number} work={work} figures={figures} />
    </div>
  );
}

function startOver(lesson: Lesson, go: (part: LessonPart) => void): void {
  forgetWork(lesson);
  go('look');
}

/** Whether the student may go on from there. */
function isDone(part: LessonPart, { isKept }: LessonWork, isMeasured: boolean): boolean {
  if (part === 'predict') return isKept;
  return part !== 'run' || isMeasured;
}
