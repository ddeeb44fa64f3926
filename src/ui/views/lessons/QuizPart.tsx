// The quiz of a lesson: choices that say why they are right or wrong once they are tried.

import type { Lesson, QuizQuestion } from '../../../lessons/lesson.ts';
import { changeWork } from '../../state/lesson/lessonWork.ts';
import type { LessonPartProps } from './lessonProps.ts';

/** In the data the right choice is the first. */
const RIGHT = 0;

export function QuizPart({ lesson, work }: LessonPartProps) {
  return (
    <>
      {lesson.quiz.map((question, index) => (
        <Question
          key={question.asks}
          name={`quiz-${index}`}
          question={question}
          order={orderOf(lesson, index)}
          tried={work.tried[index] ?? []}
          onTry={(choice) =>
            changeWork(lesson, {
              tried: { ...work.tried, [index]: [...new Set([...(work.tried[index] ?? []), choice])] },
            })
          }
        />
      ))}
    </>
  );
}

/** The places of the choices as they are shown: the same in every browser, with the right one elsewhere from question to question. */
export function orderOf({ name, quiz }: Pick<Lesson, 'name' | 'quiz'>, index: number): number[] {
  const count = quiz[index]?.choices.length ?? 0;
  const shift = (name.length + index) % Math.max(1, count);
  return Array.from({ length: count }, (_, place) => (place + shift) % count);
}

type QuestionProps = {
  name: string;
  question: QuizQuestion;
  order: readonly number[];
  tried: readonly number[];
  onTry: (choice: number) => void;
};

function Question({ name, question, order, tried, onTry }: QuestionProps) {
  const last = tried.at(-1);
  return (
    <fieldset class="lesson-question framed rows">
      <legend>{question.asks}</legend>
      {order.map((choice) => {
        const { says, why } = question.choices[choice] as QuizQuestion['choices'][number];
        const isTried = tried.includes(choice);
        return (
          <div key={choice} class={isTried ? (choice === RIGHT ? 'good' : 'bad') : undefined}>
            <label>
              <input type="radio" name={name} checked={last === choice} onChange={() => onTry(choice)} />{' '}
              {says}
            </label>
            <p role="status" class="small">
              {isTried && `${choice === RIGHT ? '✓' : '✗'} ${why}`}
            </p>
          </div>
        );
      })}
    </fieldset>
  );
}
