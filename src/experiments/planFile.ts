// A plan as data: from what a set of runs begins, what is varied, under which seeds, and what is read of them. JSON of one version.

import * as v from 'valibot';
import { PlaygroundError } from '../base/errors.ts';
import { nearest } from '../config/index.ts';
import { MEASURES, type MeasureName } from './results.ts';

export const PLAN_KIND = 'cosmo-plan';
export const PLAN_VERSION = 1;
export const DEFAULT_METRICS: readonly MeasureName[] = ['mean', 'safe', 'helped'];
/** Points within which two scores count as equal. */
const DEFAULT_EQUAL = 1;
const MOST_SEED = 2147483647;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
/** Checked against the table of settings when the plan is expanded, with the base that is there then. */
const changes = v.record(v.string(), v.unknown());
const seeds = v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_SEED)));

/** Part of the name of a folder. */
const cellName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9.+-]{0,99}$/));

/** A cell by name, where values alone do not make it. */
const namedCell = v.strictObject({
  name: cellName,
  title: text,
  /** Presets whose settings it has over those of the base. */
  preset: v.optional(v.string()),
  /** A value; `{ "times": 5 }` of the base's own, for mixes by label; or `{ "sum": [settings of the base] }`. */
  change: v.optional(changes, {}),
  /** The SFT and heads that it begins from; without one it is trained whole, where the plan names foundations. */
  foundation: v.optional(v.string()),
});

const planSchema = v.strictObject({
  kind: v.literal(PLAN_KIND),
  version: v.literal(PLAN_VERSION),
  name: text,
  /** A preset (`default`: the settings as they are), of which runs are trained whole; or a released model or a stored run, after a stage. */
  base: v.union([
    v.strictObject({ preset: text }),
    v.strictObject({ model: text, after: text }),
    v.strictObject({ run: text, after: text }),
  ]),
  /** What all runs change. */
  overrides: v.optional(changes, {}),
  /** Every value of one with every value of the others. */
  factors: v.optional(
    v.pipe(
      v.array(v.strictObject({ setting: v.string(), values: v.pipe(v.array(v.unknown()), v.minLength(1)) })),
      v.maxLength(4),
    ),
    [],
  ),
  /** In the place of factors; the first one is the base cell. */
  cells: v.optional(v.array(namedCell), []),
  /** SFT and heads that cells have in common, trained once for each seed: what they change in the base. */
  foundations: v.optional(v.record(cellName, changes), {}),
  /** Names for some of the cells. */
  sets: v.optional(v.record(v.string(), v.array(cellName)), {}),
  seeds: v.pipe(seeds, v.minLength(1)),
  /** Seeds that came after the results had been looked at, one list for each time. */
  addedSeeds: v.optional(v.array(v.pipe(seeds, v.minLength(1))), []),
  metrics: v.optional(v.pipe(v.array(v.string()), v.minLength(1)), [...DEFAULT_METRICS]),
  equal: v.optional(v.pipe(v.number(), v.minValue(0)), DEFAULT_EQUAL),
});

export type Plan = Omit<v.InferOutput<typeof planSchema>, 'metrics'> & { metrics: readonly MeasureName[] };
export type PlanBase = Plan['base'];
export type NamedCell = Plan['cells'][number];
/** What has to be given; the rest has a default. */
export type PlanInput = Omit<v.InferInput<typeof planSchema>, 'kind' | 'version'>;

function refused(why: string, hint: string): PlaygroundError {
  return new PlaygroundError('bad-setting', `The plan cannot be used: ${why}.`, hint);
}

/** A plan from JSON of any origin. @throws PlaygroundError `bad-setting` in one sentence. */
export function readPlan(json: unknown): Plan {
  const { kind, version } = (typeof json === 'object' && json !== null ? json : {}) as {
    [key: string]: unknown;
  };
  if (kind !== PLAN_KIND)
    throw refused(
      `it is no plan (its kind is not "${PLAN_KIND}")`,
      'Give a plan that sweep or the page has written.',
    );
  if (version !== PLAN_VERSION)
    throw refused(
      `it has version ${JSON.stringify(version)}, and this program reads version ${PLAN_VERSION}`,
      'Use the program that wrote it, or write the plan anew.',
    );
  const read = v.safeParse(planSchema, json, { abortEarly: true });
  if (!read.success) {
    const [issue] = read.issues;
    throw refused(
      `${v.getDotPath(issue) ?? 'the whole'} is not valid (${issue.message})`,
      'Correct it there.',
    );
  }
  return checked(read.output);
}

/** A plan from what a command or a form says. @throws PlaygroundError `bad-setting` */
export function planOfInput(input: PlanInput): Plan {
  return readPlan({ kind: PLAN_KIND, version: PLAN_VERSION, ...input });
}

function checked(plan: v.InferOutput<typeof planSchema>): Plan {
  const all = allSeeds(plan);
  const twice = all.find((seed, i) => all.indexOf(seed) < i);
  if (twice !== undefined) throw refused(`seed ${twice} is in it twice`, 'Name each seed once.');
  if ((plan.factors.length === 0) === (plan.cells.length === 0))
    throw refused('it has not either factors or cells', 'Say what is varied, in one of the two ways.');
  const stray = Object.values(plan.sets)
    .flat()
    .find((name) => !plan.cells.some((cell) => cell.name === name));
  if (stray !== undefined)
    throw refused(`a set names "${stray}", and no cell has that name`, 'Correct it there.');
  const names = plan.factors.map(({ setting }) => setting);
  const repeated = names.find((name, i) => names.indexOf(name) < i || name in plan.overrides);
  if (repeated !== undefined)
    throw refused(`${repeated} is set in it twice`, 'Give all its values in one place.');
  const metrics = plan.metrics.map((name) => {
    if (isMeasure(name)) return name;
    throw refused(
      `there is no metric "${name}"`,
      `The nearest known one is ${nearest(name, Object.keys(MEASURES))}.`,
    );
  });
  return { ...plan, metrics };
}

function isMeasure(name: string): name is MeasureName {
  return Object.hasOwn(MEASURES, name);
}

/** Those of the first look, then the added ones. */
export function allSeeds({ seeds: first, addedSeeds }: Pick<Plan, 'seeds' | 'addedSeeds'>): number[] {
  return [first, ...addedSeeds].flat();
}

/** How often the results are looked at: once, and once more for each time that seeds were added. */
export function looksOf({ addedSeeds }: Pick<Plan, 'addedSeeds'>): number {
  return 1 + addedSeeds.length;
}

/** As it stands in a file. */
export function planText(plan: Plan): string {
  return `${JSON.stringify(plan, null, 1)}\n`;
}

/** The base in words, as it is written: `qwen-mini@heads`, `quick`. */
export function baseText(base: PlanBase): string {
  if ('preset' in base) return base.preset;
  return `${'model' in base ? base.model : base.run}@${base.after}`;
}

/**
 * In what a plan is another question than one whose results lie there already, in words; null where it goes on with it: values and seeds
 * may be added.
 */
export function otherPlan(there: Plan, plan: Plan): string | null {
  const differs = (name: 'base' | 'overrides' | 'foundations') => !isSame(there[name], plan[name]);
  if (differs('base')) return `base ${baseText(there.base)}, not ${baseText(plan.base)}`;
  if (differs('overrides')) return 'other overrides';
  const changed = plan.cells.find(
    (cell) =>
      there.cells.some(({ name }) => name === cell.name) && !there.cells.some((other) => isSame(other, cell)),
  );
  if (changed) return `another cell ${changed.name}`;
  if (differs('foundations')) return 'other foundations';
  const [old, fresh] = [there, plan].map(({ factors }) => factors.map(({ setting }) => setting).join(', '));
  if (old !== fresh) return `it varies ${old}, not ${fresh}`;
  if (!isSame(there.seeds, plan.seeds))
    return `seeds ${there.seeds.join(', ')}, not ${plan.seeds.join(', ')}`;
  return null;
}

/** Whatever the order of its keys. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, one]) => [key, sorted(one)] as const);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1));
}
