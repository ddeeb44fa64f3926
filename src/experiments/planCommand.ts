// A plan as the words of `npm run sweep`, and the words of its factors read back.

import {
  findSetting,
  flagName,
  formatSetting,
  parseSettingText,
  SettingError,
  type SettingKey,
  unknownSetting,
} from '../config/index.ts';
import { baseText, type Plan } from './planFile.ts';

/** Between values: lists and mixes hold commas of their own. */
function separatorOf(key: SettingKey): ',' | ';' {
  const type = findSetting(key)?.type;
  return type === 'list' || type === 'mix' ? ';' : ',';
}

/** `policy_drift_coef=0,0.1` as a factor. @throws SettingError */
export function factorOf(text: string): Plan['factors'][number] {
  const [, name, values] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || values === undefined)
    throw new SettingError(
      'vary',
      `--vary is "${text}".`,
      'Write it as SETTING=VALUE,VALUE, e.g. --vary epochs=1,4.',
    );
  const setting = name.trim().replace(/^--/, '').replaceAll('-', '_');
  const row = findSetting(setting);
  if (!row) throw unknownSetting(setting, values);
  return {
    setting,
    values: values.split(separatorOf(row.key)).map((value) => parseSettingText(row.key, value)),
  };
}

function valueText(setting: string, value: unknown): string {
  return formatSetting(setting as SettingKey, value as never);
}

/** The words that give the plan again; those of its file where its cells have names of their own. */
export function planWords(plan: Plan, file: string): string[] {
  if (plan.cells.length > 0) return ['--plan', file];
  const { name, base, overrides, factors, seeds, addedSeeds, metrics, equal } = plan;
  return [
    ...['--name', name, '--base', baseText(base)],
    ...Object.entries(overrides).flatMap(([key, value]) => [flagName(key), valueText(key, value)]),
    ...factors.flatMap(({ setting, values }) => {
      const texts = values.map((value) => valueText(setting, value));
      return ['--vary', `${setting}=${texts.join(separatorOf(setting as SettingKey))}`];
    }),
    ...['--seeds', seedsText(seeds)],
    ...addedSeeds.flatMap((added) => ['--add-seeds', seedsText(added)]),
    ...['--metrics', metrics.join(','), '--equal', String(equal)],
  ];
}

/** `11..15` where they follow one another, else with commas. */
function seedsText(seeds: readonly number[]): string {
  const following = seeds.length > 2 && seeds.every((seed, i) => seed === seeds[0] + i);
  return following ? `${seeds[0]}..${seeds.at(-1)}` : seeds.join(',');
}
