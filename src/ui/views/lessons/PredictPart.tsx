// Predictions of a lesson: a slider for each figure that is asked, kept once and for all before the run may begin.

import type { LessonFigure, LessonRun } from '../../../lessons/lesson.ts';
import { Button } from '../../parts/Button.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { type LessonPlace, lessonPlace } from '../../state/lesson/lessonPlace.ts';
import { changeWork, chooseSeat, seat } from '../../state/lesson/lessonWork.ts';
import { isSeat } from '../../state/seats.ts';
import type { LessonPartProps } from './lessonProps.ts';

/** Where a slider stands before it is moved. */
const MIDDLE = 50;

export function PredictPart({ lesson, work, place }: LessonPartProps & { place: LessonPlace }) {
  const asked = lesson.figures.filter(({ unasked }) => !unasked);
  const { seats } = place;
  const isSeated = seats === null || (seat.value !== null && isSeat(seat.value, seats));
  const isReady = isSeated && asked.every(({ name }) => work.predicted[name] !== undefined);
  return (
    <>
      <p>
        {runsText(lesson.runs)} What will the tests say? Move{' '}
        {asked.length === 1 ? 'the slider' : 'each slider'}, then keep your prediction: it cannot be changed
        afterwards.
      </p>
      {seats !== null && (
        <p class="shaded lesson-seat">
          <NumberField
            label="Your seat number"
            min={1}
            max={seats}
            value={seat.value ?? ''}
            disabled={work.isKept}
            onNumber={(chosen) => chooseSeat(isSeat(chosen, seats) ? chosen : null)}
          />{' '}
          of {seats}. It is the seed of your runs: every seat measures the same with other chance.
        </p>
      )}
      {asked.map((figure) => (
        <PredictedField
          key={figure.name}
          figure={figure}
          value={work.predicted[figure.name]}
          isKept={work.isKept}
          onPredict={(value) =>
            changeWork(lesson, { predicted: { ...work.predicted, [figure.name]: value } })
          }
        />
      ))}
      <div class="buttons">
        <Button
          label={work.isKept ? '✓ Kept' : 'Keep my prediction'}
          disabled={work.isKept || !isReady}
          onClick={() => {
            changeWork(lesson, { isKept: true });
            lessonPlace.value = { ...place, part: 'run' };
          }}
        />
        {!work.isKept && !isReady && (
          <span class="hint">{isSeated ? 'Move every slider first.' : 'Write your seat number first.'}</span>
        )}
      </div>
    </>
  );
}

/** `The model is trained once: Safety training.` */
function runsText(runs: readonly LessonRun[]): string {
  const names = runs.map(({ title, says }) => title.toLowerCase() + (says === undefined ? '' : ` (${says})`));
  return names.length === 1
    ? `The model is trained: ${names[0]}.`
    : `The same model is trained ${names.length} times: ${names.join('; ')}.`;
}

type PredictedFieldProps = {
  figure: LessonFigure;
  value: number | undefined;
  isKept: boolean;
  onPredict: (value: number) => void;
};

function PredictedField({ figure, value, isKept, onPredict }: PredictedFieldProps) {
  const id = `predict-${figure.name}`;
  return (
    <div class="lesson-predict">
      <label for={id}>{figure.title}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={1}
        value={value ?? MIDDLE}
        disabled={isKept}
        aria-valuetext={value === undefined ? 'not predicted yet' : `${value} percent`}
        onInput={(event) => onPredict(event.currentTarget.valueAsNumber)}
        // A press where the slider stands already is an answer too, and no input.
        onClick={(event) => onPredict(event.currentTarget.valueAsNumber)}
      />
      <output class="figures" for={id}>
        {value === undefined ? '?' : value} %
      </output>
    </div>
  );
}
