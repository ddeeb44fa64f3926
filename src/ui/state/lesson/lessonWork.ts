// What a student has done in a lesson: predictions, runs, answers to the quiz, the seat. This browser keeps it.

import { type Signal, signal } from '@preact/signals';
import type { Lesson } from '../../../lessons/lesson.ts';
import { readPreference, writePreference } from '../../browser/preferences.ts';

export type LessonWork = {
  /** By figure, in percent. */
  predicted: { readonly [figure: string]: number };
  /** The predictions are made, and stay as they are. */
  isKept: boolean;
  /** By name of the run in the lesson: the stored run. */
  runs: { readonly [run: string]: string };
  /** By question of the quiz: places of the choices that were tried, as they stand in the lesson. */
  tried: { readonly [question: string]: readonly number[] };
};

const NOTHING: LessonWork = { predicted: {}, isKept: false, runs: {}, tried: {} };
const SEAT = 'cosmo-seat';

const works = new Map<string, Signal<LessonWork>>();

export function lessonWork({ name }: Pick<Lesson, 'name'>): Signal<LessonWork> {
  const known = works.get(name);
  if (known) return known;
  const made = signal(readPreference(keyOf(name), parseWork));
  works.set(name, made);
  return made;
}

export function changeWork(lesson: Pick<Lesson, 'name'>, change: Partial<LessonWork>): void {
  const work = lessonWork(lesson);
  work.value = { ...work.value, ...change };
  writePreference(keyOf(lesson.name), work.value);
}

/** Stored runs stay. */
export function forgetWork(lesson: Pick<Lesson, 'name'>): void {
  changeWork(lesson, NOTHING);
}

/** The student's seat in class, which is the seed of their runs; 1 until one is chosen. */
export const seat: Signal<number | null> = signal(readPreference(SEAT, (stored) => numberOf(stored)));

export function chooseSeat(chosen: number | null): void {
  seat.value = chosen;
  writePreference(SEAT, chosen);
}

function keyOf(name: string): string {
  return `cosmo-lesson-${name}`;
}

export function parseWork(stored: unknown): LessonWork {
  const { predicted, isKept, runs, tried } = recordOf(stored);
  return {
    predicted: entriesOf(predicted, (value) => (isShare(value) ? value : null)),
    isKept: isKept === true,
    runs: entriesOf(runs, (value) => (typeof value === 'string' ? value : null)),
    tried: entriesOf(tried, (value) =>
      Array.isArray(value) && value.every((each) => numberOf(each) !== null) ? (value as number[]) : null,
    ),
  };
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 100;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

function recordOf(value: unknown): { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null ? (value as { readonly [key: string]: unknown }) : {};
}

function entriesOf<T>(value: unknown, read: (value: unknown) => T | null): { readonly [key: string]: T } {
  const entries = Object.entries(recordOf(value)).flatMap(([key, each]) => {
    const kept = read(each);
    return kept === null ? [] : [[key, kept] as const];
  });
  return Object.fromEntries(entries);
}
