// What a plan can begin from, and which settings its runs may change from there.

import { PlaygroundError } from '../../../base/errors.ts';
import {
  PRESETS,
  resolvePreset,
  SETTING_GROUPS,
  type SettingKey,
  settingsOf,
  settingsReadBy,
  settingsReadUpTo,
  WITHOUT_EFFECT,
} from '../../../config/index.ts';
import { type BaseRun, baseText, type PlanBase } from '../../../experiments/plans.ts';
import type { ReleasedModel } from '../../../protocol/inspector.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { entriesAfter, planOf, stageTitle } from '../../../terms/stages.ts';
import { runTitle } from '../runs/runNames.ts';

/** A value and its title. */
type Choice = readonly [string, string];

/** What is there to begin from. */
export type Bases = { releases: readonly ReleasedModel[]; runs: readonly RunRecord[] };

/** The base that a plan names, as it is here. @throws PlaygroundError `not-found` in one sentence. */
export function findBase(base: PlanBase, { releases, runs }: Bases): BaseRun {
  if ('preset' in base) {
    const { settings, name } = resolvePreset(base.preset);
    return { settings, preset: name, stage: null };
  }
  if ('model' in base) {
    const model = releases.find(({ name }) => name === base.model);
    if (model) return { settings: model.settings, preset: model.preset, stage: base.after };
    throw gone(
      `There is no released model “${base.model}” here.`,
      `Choose another base${releases.length > 0 ? `: ${releases.map(({ name }) => name).join(', ')}` : ''}.`,
    );
  }
  const run = runs.find(({ id }) => id === base.run);
  if (run) return { settings: settingsOf(run), preset: run.preset, stage: base.after };
  throw gone(
    `The run ${base.run} is no longer stored here.`,
    'Choose another base, or import its bundle in Runs.',
  );
}

function gone(message: string, hint: string): PlaygroundError {
  return new PlaygroundError('not-found', message, hint);
}

/** Names a base in a list of choices. */
export const keyOfBase = (base: PlanBase): string => JSON.stringify(base);
export const baseOfKey = (key: string): PlanBase => JSON.parse(key) as PlanBase;

/** Bases to choose from, by kind; the one that is chosen is among them, though it be gone. */
export function baseGroups(
  { releases, runs }: Bases,
  chosen: PlanBase,
): { label: string; choices: Choice[] }[] {
  const models = releases.flatMap(({ name, settings }) =>
    stagesOf(settings).map((after) => choice({ model: name, after }, `${name} after ${stageTitle(after)}`)),
  );
  const presets = PRESETS.filter(({ kind }) => kind === 'size').map(({ name, title }) =>
    choice({ preset: name }, `${title} (${name})`),
  );
  const stored = runs
    .filter(({ status, trashedAt }) => status === 'done' && trashedAt === undefined)
    .flatMap((run) => {
      const settings = readable(run);
      const stages = settings ? stagesOf(settings) : [];
      return stages.map((after) =>
        choice({ run: run.id, after }, `${runTitle(run)} after ${stageTitle(after)}`),
      );
    });
  const groups = [
    { label: 'Released models', choices: models },
    { label: 'Presets, trained whole', choices: presets },
    { label: 'Runs that are stored here', choices: stored },
  ];
  const known = groups.some(({ choices }) => choices.some(([key]) => key === keyOfBase(chosen)));
  const lost = { label: 'Of the plan', choices: [choice(chosen, baseText(chosen))] };
  return [...(known ? [] : [lost]), ...groups].filter(({ choices }) => choices.length > 0);
}

function choice(base: PlanBase, title: string): Choice {
  return [keyOfBase(base), title];
}

/** Its training stages by name, without the last one, after which nothing is left to train. */
function stagesOf(settings: BaseRun['settings']): string[] {
  return planOf({ ...settings, evaluate: false })
    .map(({ name }) => name)
    .slice(0, -1);
}

function readable(run: RunRecord): BaseRun['settings'] | null {
  try {
    return settingsOf(run);
  } catch {
    return null;
  }
}

/** Settings that no plan varies: given elsewhere, or without effect on what is compared. */
const CLOSED: readonly string[] = ['seed', 'evaluate', 'eval_split', ...WITHOUT_EFFECT];

/** Settings that runs from this base may vary and their stages read, by their groups; `start`: with what all runs change. */
export function settingGroups(
  { settings, stage }: BaseRun,
  start: BaseRun['settings'],
): { label: string; choices: Choice[] }[] {
  const fixed = stage === null ? null : settingsReadUpTo(settings, stage);
  const later = entriesAfter(planOf({ ...start, evaluate: true }), stage);
  const read = new Set<SettingKey>(['stages', ...later.flatMap((entry) => settingsReadBy(entry))]);
  const open = (key: SettingKey) =>
    !CLOSED.includes(key) && (fixed === null || (read.has(key) && !fixed.has(key)));
  return SETTING_GROUPS.map(({ title, settings: rows }) => ({
    label: title,
    choices: rows.filter(({ key }) => open(key)).map(({ key, label }): Choice => [key, `${label} (${key})`]),
  })).filter(({ choices }) => choices.length > 0);
}
