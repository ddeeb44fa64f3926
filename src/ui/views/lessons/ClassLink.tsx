// A link for a class: which lesson, how many seats, which parts are shown, and the released model to begin with.

import { useSignal } from '@preact/signals';
import { type LessonPart, OPTIONAL_PARTS } from '../../../lessons/lesson.ts';
import { LESSONS } from '../../../lessons/table.ts';
import { withPageParts } from '../../browser/address.ts';
import { Card } from '../../parts/Card.tsx';
import { CopyButton } from '../../parts/CopyButton.tsx';
import { NumberField } from '../../parts/NumberField.tsx';
import { Select, Tick } from '../../parts/Select.tsx';
import { useRead } from '../../parts/useRead.ts';
import type { ViewProps } from '../../session/session.ts';
import { startText } from '../../state/form/startPoint.ts';
import { type LessonPlace, lessonParts } from '../../state/lesson/lessonPlace.ts';
import { isSeat, MOST_SEATS } from '../../state/seats.ts';

const FIRST_SEATS = 30;

export function ClassLink({ session }: ViewProps) {
  const number = useSignal(1);
  const seats = useSignal(FIRST_SEATS);
  const hidden = useSignal<readonly LessonPart[]>([]);
  const model = useSignal('');
  const released = useRead(session, 'released', [], () => session.inspector.released());
  const names = released?.map(({ name }) => name) ?? [];
  const place: LessonPlace = {
    number: number.value,
    part: 'look',
    hidden: hidden.value,
    seats: seats.value,
  };
  const link = classLink(place, model.value, location.href);
  return (
    <Card id="class-link" title="Make a link for a class">
      <p class="hint">
        Every seat trains the same lesson under its own number as the seed, and saves a small file at the end.
        Drop all files into the view Lab to see the interval of the class.
      </p>
      <div class="tools row lesson-class">
        <Select
          label="Lesson"
          value={number.value}
          choices={LESSONS.map(({ title }, index) => [index + 1, `${index + 1}. ${title}`] as const)}
          onChoice={(chosen) => (number.value = Number(chosen))}
        />
        <NumberField
          label="Seats"
          min={1}
          max={MOST_SEATS}
          value={seats.value}
          onNumber={(count) => (seats.value = isSeat(count, MOST_SEATS) ? count : seats.value)}
        />
        <Select
          label="Begins with"
          value={model.value}
          choices={[
            ['', names[0] ?? 'the released model'],
            ...names.slice(1).map((name) => [name, name] as const),
          ]}
          onChoice={(chosen) => (model.value = chosen)}
        />
        {OPTIONAL_PARTS.map((part) => (
          <Tick
            key={part}
            label={`with ${part}`}
            checked={!hidden.value.includes(part)}
            onTick={(shown) =>
              (hidden.value = shown ? hidden.value.filter((each) => each !== part) : [...hidden.value, part])
            }
          />
        ))}
      </div>
      <p class="row">
        <code class="lesson-link">{link}</code>{' '}
        <CopyButton label="Copy link" of="for the class" text={() => link} />
      </p>
    </Card>
  );
}

/** `model`: the release to begin with; empty for the first one. */
export function classLink(place: LessonPlace, model: string, page: string): string {
  const url = new URL(page);
  url.hash = '';
  url.search = withPageParts('', {
    ...lessonParts(place),
    from: model === '' ? null : startText({ model, stage: 'heads' }),
  });
  return url.href;
}
