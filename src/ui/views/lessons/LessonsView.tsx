// The view Lessons: the list of lessons with a link for a class and the glossary, or the lesson that the address names.

import { LESSONS, lessonAt } from '../../../lessons/table.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { Glossary } from '../../parts/Glossary.tsx';
import type { ViewProps } from '../../session/session.ts';
import { lessonPlace } from '../../state/lesson/lessonPlace.ts';
import { lessonWork } from '../../state/lesson/lessonWork.ts';
import { ClassLink } from './ClassLink.tsx';
import { LessonPage } from './LessonPage.tsx';
import './lessons.css';

export function LessonsView({ session }: ViewProps) {
  const place = lessonPlace.value;
  const lesson = place && lessonAt(place.number);
  if (place && lesson) return <LessonPage key={place.number} {...{ session, lesson, place }} />;
  return (
    <div class="stack">
      <Card id="lessons" title="Lessons">
        <p>Six lessons: predict, train for less than a minute, compare, and find out why.</p>
        <ol class="lesson-list plain rows">
          {LESSONS.map((each, index) => (
            <li key={each.name} class="row apart">
              <span>
                <b>
                  {index + 1}. {each.title}
                </b>
                <br />
                <span class="hint">{each.question}</span>
              </span>
              <Button
                label={lessonWork(each).value.isKept ? 'Go on' : 'Begin'}
                more={` with lesson ${index + 1}: ${each.title}`}
                onClick={() =>
                  (lessonPlace.value = { number: index + 1, part: 'look', hidden: [], seats: null })
                }
              />
            </li>
          ))}
        </ol>
      </Card>
      <ClassLink session={session} />
      <Card id="glossary" title="Glossary">
        <Glossary />
      </Card>
    </div>
  );
}
