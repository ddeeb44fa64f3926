// Which lesson is on show, at which part, and what a link for a class says: all of it stands in the address.

import { type Signal, signal } from '@preact/signals';
import { LESSON_NAMES, LESSON_PARTS, type LessonPart, OPTIONAL_PARTS } from '../../../lessons/lesson.ts';
import { pageParts } from '../../browser/address.ts';
import { isSeat, MOST_SEATS } from '../seats.ts';

export type LessonPlace = {
  /** From 1. */
  number: number;
  part: LessonPart;
  /** Parts that the link leaves out. */
  hidden: readonly LessonPart[];
  /** Seats of the class; null for a student alone. */
  seats: number | null;
};

/** Null where no lesson is on show. */
export const lessonPlace: Signal<LessonPlace | null> = signal(null);

/** The place that an address names; null where it names no lesson that there is. */
export function readLessonPlace(search: string): LessonPlace | null {
  const { lesson, at, hide = '', seats } = pageParts(search);
  const number = Number(lesson);
  if (LESSON_NAMES[number - 1] === undefined) return null;
  const hidden = OPTIONAL_PARTS.filter((part) => hide.split(',').includes(part));
  const shown = partsOf(hidden);
  return { number, part: shown.find((part) => part === at) ?? 'look', hidden, seats: seatsOf(seats) };
}

/** The lesson that a frame shows: `lesson-2`; null for any other view. */
export function lessonOfView(view: string): LessonPlace | null {
  const [, number] = /^lesson-(\d+)$/.exec(view) ?? [];
  return readLessonPlace(`?lesson=${number}`);
}

function seatsOf(text: string | undefined): number | null {
  const seats = Number(text ?? Number.NaN);
  return isSeat(seats, MOST_SEATS) ? seats : null;
}

/** What stands in the address for a place. */
export function lessonParts(place: LessonPlace | null) {
  return {
    lesson: place && String(place.number),
    at: place && place.part !== 'look' ? place.part : null,
    hide: place && place.hidden.length > 0 ? place.hidden.join(',') : null,
    seats: place?.seats ? String(place.seats) : null,
  };
}

/** The parts of a lesson, in order. */
export function partsOf(hidden: readonly LessonPart[]): readonly LessonPart[] {
  return LESSON_PARTS.filter((part) => !hidden.includes(part));
}
