// The lesson on paper: its question, the figures with room for a prediction, the explanation, the quiz and the puzzle.

import type { Lesson } from '../../../lessons/lesson.ts';
import type { Figures } from '../../../lessons/measure.ts';
import { Glossary } from '../../parts/Glossary.tsx';
import type { LessonWork } from '../../state/lesson/lessonWork.ts';
import { measuredText } from './CompareTable.tsx';
import { orderOf } from './QuizPart.tsx';

type LessonSheetProps = { lesson: Lesson; number: number; work: LessonWork; figures: Figures | null };

const BLANK = '________';

/** Seen in print alone, where it takes the place of the screen. */
export function LessonSheet({ lesson, number, work, figures }: LessonSheetProps) {
  return (
    <section class="lesson-sheet" aria-hidden="true">
      <h2>
        Lesson {number}: {lesson.title}
      </h2>
      <p>
        Name: {BLANK.repeat(3)} Seat: {BLANK}
      </p>
      <h3>{lesson.question}</h3>
      <p>{lesson.look.says}</p>
      <table>
        <thead>
          <tr>
            <th>In percent</th>
            <th>I predict</th>
            <th>Measured</th>
          </tr>
        </thead>
        <tbody>
          {lesson.figures.map(({ name, title, unasked }) => (
            <tr key={name}>
              <td>{title}</td>
              <td>{unasked ? '' : (work.predicted[name] ?? BLANK)}</td>
              <td>{figures ? measuredText(figures.get(name)) : BLANK}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <h3>Why</h3>
      {figures ? lesson.explain.map((text) => <p key={text}>{text}</p>) : <p class="lesson-lines" />}
      <h3>Quiz</h3>
      {lesson.quiz.map((question, index) => (
        <div key={question.asks}>
          <p>{question.asks}</p>
          <ul>
            {orderOf(lesson, index).map((choice) => (
              <li key={choice}>☐ {question.choices[choice]?.says}</li>
            ))}
          </ul>
        </div>
      ))}
      <h3>Puzzle</h3>
      <p>{lesson.puzzle.task}</p>
      <h3>Words</h3>
      <Glossary terms={lesson.terms} />
    </section>
  );
}
