// Why it came out like that; and the puzzle at the end, which opens the whole page with the run of the lesson in the form.

import type { Lesson } from '../../../lessons/lesson.ts';
import { claimHolds, type Figures } from '../../../lessons/measure.ts';
import { fillForm } from '../../commands/fillForm.ts';
import { showView } from '../../commands/route.ts';
import { Button } from '../../parts/Button.tsx';
import { lessonPlace } from '../../state/lesson/lessonPlace.ts';
import { LessonTerms } from './LessonTerms.tsx';
import type { LessonPartProps } from './lessonProps.ts';
import { runOfLesson } from './lessonRuns.ts';

export function ExplainPart({ lesson, figures }: { lesson: Lesson; figures: Figures | null }) {
  const holds = figures && claimHolds(lesson, figures);
  return (
    <>
      {lesson.explain.map((paragraph) => (
        <p key={paragraph} class="lesson-text">
          {paragraph}
        </p>
      ))}
      {holds === false && (
        <p class="lesson-text hint">
          In your runs it came out differently. One seed can do that: the tests of this page hold the claim on
          three seeds, and a class of thirty tells more.
        </p>
      )}
      <LessonTerms terms={lesson.terms} />
    </>
  );
}

export function PuzzlePart({ session, lesson, model }: LessonPartProps) {
  const run = lesson.runs.at(-1);
  const open = (): void => {
    if (!model || !run) return;
    const { draft, after } = runOfLesson(model, run, 1);
    lessonPlace.value = null;
    showView('train');
    fillForm(session, { draft, start: { model: model.name, stage: after } }, [
      `Puzzle: ${lesson.puzzle.task}`,
      'The form holds the run of the lesson. Change it, then press Start.',
    ]);
  };
  return (
    <>
      <p class="lesson-text">{lesson.puzzle.task}</p>
      <details>
        <summary>A hint</summary>
        <p class="lesson-text">{lesson.puzzle.hint}</p>
      </details>
      <div class="buttons">
        <Button label="Open the whole page with this run" disabled={!model} onClick={open} />
      </div>
    </>
  );
}
