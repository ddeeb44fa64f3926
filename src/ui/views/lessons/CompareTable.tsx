// Prediction against measurement, and whether the claim of the lesson holds in this student's runs.

import type { Lesson, LessonFigure } from '../../../lessons/lesson.ts';
import { claimHolds, type Figures, type Measured } from '../../../lessons/measure.ts';
import { Table } from '../../parts/Table.tsx';
import type { LessonWork } from '../../state/lesson/lessonWork.ts';

type CompareTableProps = { lesson: Lesson; work: LessonWork; figures: Figures };

export function CompareTable({ lesson, work, figures }: CompareTableProps) {
  return (
    <div class="rows">
      <Table
        class="lesson-compare"
        label="Prediction and measurement"
        caption="What you said and what the tests say"
        heads={['figure', 'you said', 'measured [95 %]', 'off by']}
        rows={lesson.figures.map((figure) => rowOf(figure, work, figures))}
      />
      <p role="status">
        <b>{verdictText(claimHolds(lesson, figures))}</b> {lesson.claim.says}
      </p>
    </div>
  );
}

function rowOf({ name, title, unasked }: LessonFigure, { predicted }: LessonWork, figures: Figures) {
  const said = unasked ? undefined : predicted[name];
  const found = figures.get(name);
  return {
    key: name,
    head: title,
    cells: [
      said === undefined ? '–' : `${said} %`,
      measuredText(found),
      said === undefined || !found ? '' : `${Math.abs(Math.round(found.value - said))} points`,
    ],
  };
}

export function measuredText(found: Measured | undefined): string {
  if (!found) return 'not measured';
  const { value, low, high } = found;
  const range = low === undefined || high === undefined ? '' : ` [${Math.round(low)}, ${Math.round(high)}]`;
  return `${Math.round(value)} %${range}`;
}

function verdictText(holds: boolean | null): string {
  if (holds === null) return 'Not measured in full:';
  return holds ? '✓ Holds in your runs:' : '✗ Does not hold in your runs (one seed is chance):';
}
