// What a lesson is: a question, a prediction, runs that answer it, an explanation, a quiz and a puzzle. Data alone.

import type { SettingsInput } from '../config/index.ts';
import type { ScoreName } from '../terms/scores.ts';
import type { GlossaryTerm } from './glossary.ts';

/** A run that begins with the released model, by the recipe of the opening or by a preset that fails on purpose. */
export type LessonRun = {
  /** Part of the names of files. */
  name: string;
  title: string;
  /** What it trains on, where a lesson has several. */
  says?: string;
  failure?: string;
  /** What it changes in that recipe. */
  change: SettingsInput;
};

/** Where a figure is read: a test before or after the run, the mean of a metric over its last iterations, or what its update did. */
export type FigureSource =
  | { readonly test: ScoreName; readonly when: 'before' | 'after' }
  | { readonly metric: string }
  /** Share of the responses with an advantage above or below 0 whose probability rises. */
  | { readonly rises: 'above' | 'below' };

/** A share in percent that is predicted and measured. */
export type LessonFigure = {
  name: string;
  /** Name of the run that it is read from. */
  run: string;
  source: FigureSource;
  title: string;
  /** Measured and shown, but not asked. */
  unasked?: true;
};

/** `left` lies so many points above or below another figure or a number. */
export type Bound = {
  left: string;
  is: 'above' | 'below';
  than: string | number;
  by?: number;
};

export type QuizQuestion = {
  asks: string;
  /** The right one is the first; the page shuffles them, always in the same way. Each says why. */
  choices: readonly { says: string; why: string }[];
};

/** The lessons in their order: the page knows from the start which there are, and loads what is in them with their view. */
export const LESSON_NAMES = ['picture', 'reward', 'update', 'joint', 'weak-judges', 'new-attacks'] as const;
export type LessonName = (typeof LESSON_NAMES)[number];

export type Lesson = {
  /** Part of the names of files and of what is kept. */
  name: LessonName;
  title: string;
  minutes: number;
  question: string;
  /** What is looked at first: prompts by id, and a sentence on them. */
  look: { says: string; prompts: readonly string[] };
  runs: readonly LessonRun[];
  figures: readonly LessonFigure[];
  claim: { says: string; bounds: readonly Bound[] };
  explain: readonly string[];
  quiz: readonly QuizQuestion[];
  puzzle: { task: string; hint: string };
  terms: readonly GlossaryTerm[];
};

/** Parts of a lesson, in order; each has a page of its own. */
export const LESSON_PARTS = ['look', 'predict', 'run', 'explain', 'quiz', 'puzzle'] as const;
export type LessonPart = (typeof LESSON_PARTS)[number];
/** Parts that a link for a class may leave out. */
export const OPTIONAL_PARTS = ['quiz', 'puzzle'] as const satisfies readonly LessonPart[];
