// The form of a plan: what was typed, as text; the plan that it makes, and the form of a plan that came as a file or a link.

import {
  findSetting,
  formatSetting,
  parseSettingText,
  SettingError,
  type SettingInfo,
  type SettingKey,
  type Settings,
  unknownSetting,
} from '../../../config/index.ts';
import {
  allSeeds,
  type BaseRun,
  DEFAULT_METRICS,
  type MeasureName,
  type Plan,
  type PlanBase,
  planOfInput,
} from '../../../experiments/plans.ts';

export type FactorField = { setting: string; values: string };

export type PlanForm = {
  base: PlanBase;
  factors: readonly FactorField[];
  seeds: string;
  /** What all runs change, `key=value` with spaces between. */
  overrides: string;
  metrics: readonly MeasureName[];
  /** Of a plan that came as a file or a link; empty: named by its factors. */
  name: string;
  equal: number | null;
  /** Cells with names of their own, in the place of factors; null where there are none. */
  named: Pick<Plan, 'cells' | 'foundations' | 'sets'> | null;
};

/** Fewer and smaller iterations than a release was trained with: what a run of the lab can afford. */
const SHORT = 'stage2_steps=100 prompts_per_step=12';

/** What all runs change at first: after SFT or heads the last stage alone is trained, and that in short. */
export function overridesFor(base: PlanBase): string {
  if ('preset' in base) return '';
  return base.after === 'sft' || base.after === 'heads' ? `stages=sft,heads,stage2 ${SHORT}` : SHORT;
}

export function firstForm(model: string | null): PlanForm {
  const base: PlanBase = model === null ? { preset: 'quick' } : { model, after: 'heads' };
  return {
    base,
    factors: [{ setting: 'policy_drift_coef', values: '0 0.01 0.1' }],
    seeds: '11..15',
    overrides: overridesFor(base),
    metrics: DEFAULT_METRICS,
    ...{ name: '', equal: null, named: null },
  };
}

const words = (text: string): string[] => text.split(/[\s;]+/).filter((word) => word !== '');

/** Lists and mixes hold commas themselves; between other values a comma is as good as a space. */
function valueWords(row: SettingInfo, text: string): string[] {
  const holdsCommas = row.type === 'list' || row.type === 'mix';
  return words(holdsCommas ? text : text.replace(/,(?=\s|$|[^\d])/g, ' '));
}

/** The values that stand in a field, checked. @throws SettingError */
export function valuesOf(setting: string, text: string): unknown[] {
  const row = findSetting(setting);
  if (!row) throw unknownSetting(setting, text);
  const values = valueWords(row, text).map((word) => parseSettingText(row.key, word));
  if (values.length === 0)
    throw new SettingError(setting, `${row.label} has no value.`, 'Write one or more, with spaces between.');
  return values;
}

const RANGE = /^(\d+)\.\.(\d+)$/;
const MOST_SEEDS = 1000;

/** `11..15 21`. @throws SettingError */
export function seedsOf(text: string): number[] {
  const seeds = words(text.replaceAll(',', ' ')).flatMap((word) => {
    const [, first, last] = RANGE.exec(word) ?? [];
    if (first === undefined || last === undefined) return [parseSettingText('seed', word)];
    const [from, to] = [parseSettingText('seed', first), parseSettingText('seed', last)];
    if (to < from || to - from >= MOST_SEEDS)
      throw new SettingError(
        'seed',
        `${word} is no range of seeds.`,
        'Write the smaller one first, e.g. 11..15.',
      );
    return Array.from({ length: to - from + 1 }, (_, i) => from + i);
  });
  if (seeds.length === 0) throw new SettingError('seed', 'There is no seed.', 'Write some, e.g. 11..15.');
  return seeds;
}

/** @throws SettingError */
export function overridesOf(text: string): { [setting: string]: unknown } {
  return Object.fromEntries(
    words(text).map((word) => {
      const at = word.indexOf('=');
      const [name, value] = [word.slice(0, at), word.slice(at + 1)];
      if (at < 1)
        throw new SettingError(
          word,
          `“${word}” sets nothing.`,
          'Write setting=value, e.g. stage2_steps=100.',
        );
      const row = findSetting(name);
      if (!row) throw unknownSetting(name, value);
      return [name, parseSettingText(row.key, value)];
    }),
  );
}

/** @throws SettingError or PlaygroundError in one sentence. */
export function planOfForm(form: PlanForm): Plan {
  const factors = form.named
    ? []
    : form.factors.map(({ setting, values }) => ({ setting, values: valuesOf(setting, values) }));
  return planOfInput({
    name: form.name || factors.map(({ setting }) => setting).join(' and '),
    base: form.base,
    ...(form.named ?? { factors }),
    seeds: seedsOf(form.seeds),
    overrides: overridesOf(form.overrides),
    metrics: [...form.metrics],
    ...(form.equal !== null && { equal: form.equal }),
  });
}

/** A value of a plan as text; one that is none of the setting stays as it stands. */
function textOf(setting: string, value: unknown): string {
  const row = findSetting(setting);
  try {
    return row ? formatSetting(row.key, value as Settings[SettingKey]) : JSON.stringify(value);
  } catch {
    return JSON.stringify(value);
  }
}

/** Seeds that were added to it are seeds like the others in a new plan. */
export function formOfPlan(plan: Plan): PlanForm {
  const { cells, foundations, sets } = plan;
  return {
    base: plan.base,
    factors: plan.factors.map(({ setting, values }) => ({
      setting,
      values: values.map((value) => textOf(setting, value)).join(' '),
    })),
    seeds: seedsText(allSeeds(plan)),
    overrides: Object.entries(plan.overrides)
      .map(([key, value]) => `${key}=${textOf(key, value)}`)
      .join(' '),
    metrics: plan.metrics,
    ...{ name: plan.name, equal: plan.equal },
    named: plan.cells.length > 0 ? { cells, foundations, sets } : null,
  };
}

/** `11..15 21`. */
export function seedsText(seeds: readonly number[]): string {
  const parts: number[][] = [];
  for (const seed of seeds) {
    const last = parts.at(-1);
    if (last && seed === (last.at(-1) ?? 0) + 1) last.push(seed);
    else parts.push([seed]);
  }
  return parts.map((part) => (part.length > 2 ? `${part[0]}..${part.at(-1)}` : part.join(' '))).join(' ');
}

/** Around the base's own value: three where the setting has a scale, all choices where it has few. */
export function suggestedValues(row: SettingInfo, base: BaseRun['settings']): string {
  const own = base[row.key];
  return suggestions(row, own).join(' ');
}

const MOST_CHOICES = 5;

function suggestions(row: SettingInfo, own: Settings[SettingKey]): string[] {
  const text = (value: unknown) => formatSetting(row.key, value as never);
  if (row.type === 'bool') return ['false', 'true'];
  if (row.type === 'enum') {
    const others = row.choices.filter((choice) => choice !== own);
    return [text(own), ...others.slice(0, MOST_CHOICES - 1).map(String)];
  }
  if (row.type === 'list' || row.type === 'mix') return [text(own)];
  const value = Number(own);
  const isLog = row.type === 'float' && (row.log || (value > 0 && value < row.max / 100));
  const wanted = spread(value, isLog, row.max).map((each) => (row.type === 'int' ? Math.round(each) : each));
  const allowed = wanted.filter((each) => accepts(row.key, each));
  return [...new Set([...allowed, value])].sort((a, b) => a - b).map(String);
}

function spread(value: number, isLog: boolean, max: number): number[] {
  const round = (each: number) => Number(each.toPrecision(3));
  if (value === 0) return max <= 1 ? [0, round(max / 4), round(max / 2)] : [0, 0.01, 0.1];
  if (isLog) return [round(value / 3), value, round(value * 3)];
  return max <= 1
    ? [round(value / 2), value, round((value + max) / 2)]
    : [round(value / 2), value, round(value * 2)];
}

function accepts(key: SettingKey, value: number): boolean {
  try {
    parseSettingText(key, String(value));
    return true;
  } catch {
    return false;
  }
}
