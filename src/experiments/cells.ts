// The cells of a plan: every value of one factor with every value of the others, named by them; or cells with names of their own.

import * as v from 'valibot';
import {
  findSetting,
  firstReader,
  formatSetting,
  resolvePreset,
  SettingError,
  type SettingKey,
  type Settings,
  settingsReadUpTo,
  unknownSetting,
  validateSettings,
  validateValue,
} from '../config/index.ts';
import { planOf } from '../terms/stages.ts';
import { baseText, type NamedCell, type Plan } from './planFile.ts';

/** What the base of a plan was found to be. */
export type BaseRun = {
  settings: Settings;
  preset: string;
  /** The stage that is taken over; null where runs are trained whole. */
  stage: string | null;
};

export type PlanCell = {
  /** Part of the names of folders. */
  name: string;
  title: string;
  /** By factor, in words. */
  values: { readonly [setting: string]: string };
  changes: { readonly [setting: string]: unknown };
  /** What the others are compared with: the cell with the base's own values, or else the first one. */
  isBase: boolean;
  /** By name in the plan; null where what it shares with others is found. */
  foundation: string | null;
};

const GIVEN_ELSEWHERE: { readonly [setting: string]: string } = {
  seed: 'The seeds of a plan are given by its seeds.',
  evaluate: 'A plan compares evaluations, so every run has them.',
};

/** Characters of a value in a name. */
const VALUE_LENGTH = 40;

/** All cells of a plan. @throws SettingError where the base cannot be changed like that. */
export function cellsOf(plan: Plan, base: BaseRun): PlanCell[] {
  const start = startOf(plan, base);
  const cells =
    plan.cells.length > 0
      ? plan.cells.map((cell) => namedCell(cell, plan, base, start))
      : productOf(plan, base, start);
  const twice = cells.find(({ name }, i) => cells.findIndex((other) => other.name === name) < i);
  if (twice) throw new SettingError('cells', `${twice.title} is in the plan twice.`, 'Name it once.');
  if (!cells.some(({ isBase }) => isBase)) cells[0].isBase = true;
  return cells;
}

function namedCell(cell: NamedCell, plan: Plan, base: BaseRun, start: Settings): PlanCell {
  const { name, title, preset = '', foundation = null } = cell;
  const layers = resolvePreset(preset).layers.map(({ overrides }) => overrides);
  const given = Object.entries(cell.change).map(([key, value]) => [key, valueOver(key, value, start)]);
  const shared = foundation === null ? {} : foundationOf(plan, foundation);
  const changes: { [setting: string]: unknown } = Object.assign(
    {},
    shared,
    ...layers,
    Object.fromEntries(given),
  );
  for (const [key, value] of Object.entries(changes)) changeable(key, plan, base, [value]);
  return { name, title, values: {}, changes, isBase: false, foundation };
}

/** What a foundation changes in the base. */
export function foundationOf({ foundations }: Plan, name: string): { readonly [setting: string]: unknown } {
  if (Object.hasOwn(foundations, name)) return foundations[name];
  throw new SettingError(
    'foundation',
    `The plan has no foundation "${name}".`,
    `It has: ${Object.keys(foundations).join(', ')}.`,
  );
}

/** A value of a plan, which may be told by those of the base. */
function valueOver(name: string, value: unknown, start: Settings): unknown {
  const told = v.safeParse(relativeSchema, value);
  if (!told.success) return value;
  if ('sum' in told.output)
    return told.output.sum.reduce(
      (sum, key) => sum + Number(findSetting(key) ? start[key as SettingKey] : Number.NaN),
      0,
    );
  const { times } = told.output;
  const own: unknown = findSetting(name) ? start[name as SettingKey] : undefined;
  if (typeof times === 'number') return Number(own) * times;
  const mix = own as { readonly [label: string]: number };
  return {
    ...mix,
    ...Object.fromEntries(Object.entries(times).map(([label, factor]) => [label, mix[label] * factor])),
  };
}

const relativeSchema = v.union([
  v.strictObject({ times: v.union([v.number(), v.record(v.string(), v.number())]) }),
  v.strictObject({ sum: v.array(v.string()) }),
]);

/** Every value of one factor with every value of the others, the first factor's slowest. */
function productOf(plan: Plan, base: BaseRun, start: Settings): PlanCell[] {
  const factors = plan.factors.map(({ setting, values }) => {
    const key = changeable(setting, plan, base, values);
    return values.map((value) => ({ key, value: validateValue(key, value) as unknown }));
  });
  const product = factors.reduce<{ key: SettingKey; value: unknown }[][]>(
    (rows, values) => rows.flatMap((row) => values.map((value) => [...row, value])),
    [[]],
  );
  return product.map((row) => {
    const texts = row.map(({ key, value }) => [key, formatSetting(key, value as never)] as const);
    return {
      name: texts.map(([key, value]) => partName(key, value)).join('+'),
      title: texts.map(([key, value]) => `${key} ${value}`).join(', '),
      values: Object.fromEntries(texts),
      changes: Object.fromEntries(row.map(({ key, value }) => [key, value])),
      isBase: texts.every(([key, value]) => formatSetting(key, start[key]) === value),
      foundation: null,
    };
  });
}

/** The settings of the base with what all runs change. @throws SettingError */
export function startOf(plan: Plan, base: BaseRun): Settings {
  for (const [key, value] of Object.entries(plan.overrides)) changeable(key, plan, base, [value]);
  return validateSettings(plan.overrides, base.settings);
}

/** A setting and its value as part of the name of a folder. */
export function partName(setting: string, value: string): string {
  return `${setting}-${value.replace(/[^A-Za-z0-9.-]+/g, '.').slice(0, VALUE_LENGTH)}`;
}

/** The key of a setting that runs of this base may give these values. @throws SettingError that says why not, and what would do. */
function changeable(
  name: string,
  plan: Plan,
  { settings, stage }: BaseRun,
  values: readonly unknown[],
): SettingKey {
  const elsewhere = GIVEN_ELSEWHERE[name];
  if (elsewhere !== undefined) throw new SettingError(name, `A plan cannot set ${name}.`, elsewhere);
  const row = findSetting(name);
  if (!row) throw unknownSetting(name, values[0]);
  const { key } = row;
  const texts = values.map((value) => formatSetting(key, validateValue(key, value)));
  if (stage === null || !settingsReadUpTo(settings, stage).has(key)) return key;
  const own = formatSetting(key, settings[key]);
  if (texts.every((text) => text === own)) return key;
  const reader = firstReader(settings, stage, key);
  const where = reader === null ? 'model, world and engine are made with it' : `${reader} reads it`;
  const earlier = reader === null ? null : stageBefore(settings, reader);
  throw new SettingError(
    key,
    `${key} is ${own} in ${baseText(plan.base)} and cannot be changed from there: ${where}, before the runs begin.`,
    earlier === null
      ? 'Take a preset as the base (e.g. quick): then every run is trained whole.'
      : `Begin after ${earlier}, or take a preset as the base (e.g. quick).`,
  );
}

/** The stage that trains before an entry of the plan; null where there is none. */
function stageBefore(settings: Settings, entry: string): string | null {
  const plan = planOf({ ...settings, evaluate: true });
  const before = plan.slice(
    0,
    plan.findIndex(({ name }) => name === entry),
  );
  return before.findLast(({ kind }) => kind !== 'evaluation')?.name ?? null;
}
