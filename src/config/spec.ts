// What one row of the settings table is: its kinds, the value type of each kind, and the builders that write rows.

import { LABELS, type Label } from '../terms/labels.ts';

type Common = {
  /** Name for people, as the form shows it. */
  label: string;
  /** Exactly two sentences. */
  help: string;
  unit?: string;
  formula?: string;
  /** Where the setting or its default comes from; `ours` where no source gives it. */
  source: string;
};

/** A whole number, `min` to `max` inclusive. */
export type IntSpec = Common & { type: 'int'; default: number; min: number; max: number };

/** A finite number. `min` and `max` are allowed values unless `aboveMin` or `belowMax` leaves them out. */
export type FloatSpec = Common & {
  type: 'float';
  default: number;
  min: number;
  max: number;
  aboveMin?: boolean;
  belowMax?: boolean;
  /** A form moves on a logarithmic scale. */
  log?: boolean;
};

export type BoolSpec = Common & { type: 'bool'; default: boolean };

export type EnumSpec<C extends string | number = string | number> = Common & {
  type: 'enum';
  default: C;
  choices: readonly C[];
  /** What each choice is, for the reference of settings. */
  notes?: { readonly [choice: string]: string };
};

/** A list of 1 to `maxLength` choices; order matters. */
export type ListSpec<C extends string | number = string | number> = Common & {
  type: 'list';
  default: readonly C[];
  choices: readonly C[];
  /** Whether one choice may stand in the list more than once. */
  repeats: boolean;
  maxLength: number;
};

/** Non-negative weights by label, at least one of them positive. Values hold every label, with 0 for an absent one. */
export type MixSpec = Common & { type: 'mix'; default: Mix };
export type Mix = { readonly [label in Label]: number };

export type Spec = IntSpec | FloatSpec | BoolSpec | EnumSpec | ListSpec | MixSpec;

/** Largest weight that a mix accepts. */
export const MAX_MIX_WEIGHT = 1e6;

/** The exact type of a setting's value. */
export type ValueOf<S> =
  S extends EnumSpec<infer C>
    ? C
    : S extends ListSpec<infer C>
      ? readonly C[]
      : S extends MixSpec
        ? Mix
        : S extends BoolSpec
          ? boolean
          : S extends IntSpec | FloatSpec
            ? number
            : never;

/** What may be given for a setting: as its value, but a mix may leave labels out. */
export type InputOf<S> = S extends MixSpec ? Partial<Mix> : ValueOf<S>;

/** What a builder takes by name: all that it does not take by place. A row without a `source` is `ours`. */
type More<S extends Common, Placed extends keyof S = never> = Omit<
  S,
  'type' | 'label' | 'default' | 'min' | 'max' | 'source' | Placed
> & { source?: string };
type Range = readonly [min: number, max: number];

const OURS = 'ours';

export function int(label: string, value: number, [min, max]: Range, more: More<IntSpec>): IntSpec {
  return { type: 'int', source: OURS, label, default: value, min, max, ...more };
}

export function float(label: string, value: number, [min, max]: Range, more: More<FloatSpec>): FloatSpec {
  return { type: 'float', source: OURS, label, default: value, min, max, ...more };
}

/** A float from 0 to 1. */
export function share(label: string, value: number, more: More<FloatSpec>): FloatSpec {
  return float(label, value, [0, 1], more);
}

export function bool(label: string, value: boolean, more: More<BoolSpec>): BoolSpec {
  return { type: 'bool', source: OURS, label, default: value, ...more };
}

export function oneOf<const C extends string | number>(
  label: string,
  choices: readonly C[],
  value: NoInfer<C>,
  more: More<EnumSpec<C>, 'choices'>,
): EnumSpec<C> {
  return { type: 'enum', source: OURS, label, choices, default: value, ...more };
}

export function listOf<const C extends string | number>(
  label: string,
  choices: readonly C[],
  value: readonly NoInfer<C>[],
  more: More<ListSpec<C>, 'choices'>,
): ListSpec<C> {
  return { type: 'list', source: OURS, label, choices, default: value, ...more };
}

export function mix(label: string, weights: Partial<Mix>, more: More<MixSpec>): MixSpec {
  return { type: 'mix', source: OURS, label, default: fillMix(weights), ...more };
}

/** All labels in the order of the table, 0 where `weights` has none. */
export function fillMix(weights: { readonly [label: string]: number }): Mix {
  return Object.fromEntries(LABELS.map((label) => [label, weights[label] ?? 0])) as Mix;
}

/** A titled group of rows; the form, the help and the docs show groups in the order of the table. */
export type Group<R extends { readonly [key: string]: Spec }> = { title: string; about: string; settings: R };

export function group<const R extends { readonly [key: string]: Spec }>(
  title: string,
  about: string,
  settings: R,
): Group<R> {
  return { title, about, settings };
}
