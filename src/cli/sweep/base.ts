// The base of a plan as it is typed (`quick`, `qwen-mini@heads`, `runs/a@sft`), and what it is found to be.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { PRESETS, resolvePreset } from '../../config/index.ts';
import type { BaseRun, PlanBase } from '../../experiments/index.ts';
import { releasedNames } from '../evaluate/releasedFolder.ts';
import { type ForkBase, readForkBase } from '../train/fork.ts';
import { typedPath } from '../typedPath.ts';

const isPreset = (text: string) =>
  text.split('+').every((layer) => PRESETS.some(({ name }) => name === layer));

/** What was typed: the names of presets first, then those of released models, then folders. @throws UsageError */
export async function typedBase(text: string): Promise<PlanBase> {
  if (isPreset(text)) return { preset: text };
  const [, name = text, after] = /^(.*)@([\w-]+)$/.exec(text) ?? [];
  const models = await releasedNames();
  if (models.includes(name)) return { model: name, after: after ?? 'heads' };
  const path = typedPath(name);
  if (existsSync(path)) return { run: path, after: after ?? (await readForkBase(path, null)).stage };
  throw new UsageError(
    `--base is "${text}": there is no preset, no released model and no folder of that name.`,
    `Presets: ${PRESETS.map((preset) => preset.name).join(', ')}. Models: ${models.join(', ')}, e.g. ${models[0]}@heads.`,
  );
}

export type FoundBase = { base: BaseRun; origin: ForkBase | null };

/** @throws UsageError where the base of a plan is gone. */
export async function findBase(base: PlanBase): Promise<FoundBase> {
  if ('preset' in base) {
    const { name, settings } = resolvePreset(base.preset);
    return { base: { settings, preset: name, stage: null }, origin: null };
  }
  const path = 'model' in base ? base.model : base.run;
  const models = await releasedNames();
  const there = 'model' in base ? models.includes(path) : existsSync(path);
  if (!there) {
    const what = 'model' in base ? 'the released model' : `the run in`;
    const hint = 'model' in base ? `Models: ${models.join(', ')}.` : `Put ${basename(path)} back there.`;
    throw new UsageError(
      `The plan begins from ${what} ${path}, which is not there.`,
      `${hint} Finished runs stay as they are.`,
    );
  }
  const origin = await readForkBase(path, base.after);
  return { base: { settings: origin.settings, preset: origin.preset, stage: origin.stage }, origin };
}
