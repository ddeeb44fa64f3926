// The run that a new one begins from (`--from`, `--at`), read from its folder or bundle and checked before a browser is started.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PlaygroundError, UsageError } from '../../base/errors.ts';
import {
  forkIndex,
  nothingLeft,
  type SettingKey,
  type Settings,
  settingsOf,
  settingsReadUpTo,
} from '../../config/index.ts';
import { type BundleContents, stageBundle, stageEnds } from '../../storage/index.ts';
import type { CodeIdentity } from '../../terms/origin.ts';
import { releasedContents } from '../evaluate/releasedFolder.ts';
import { readRunBundle } from '../runBundle.ts';

/** A run to begin from, and the stage of it after which. */
export type ForkBase = {
  /** As it was given. */
  path: string;
  stage: string;
  settings: Settings;
  preset: string;
  /** That made it. */
  code: CodeIdentity;
  /** Settings on which it depends what the run holds after that stage. */
  read: ReadonlySet<SettingKey>;
  contents: BundleContents;
};

export type ForkSource = Omit<ForkBase, 'contents'> & {
  /** A bundle with that stage's end, for the page to import. */
  bundle: Uint8Array;
};

/** @param stage null for its last one. @throws UsageError where there is no such run or stage. */
export async function readForkBase(path: string, stage: string | null): Promise<ForkBase> {
  const isRun = existsSync(join(path, 'bundle.zip'));
  return asUsage(async () => {
    const contents = (isRun ? null : await releasedContents(path)) ?? readRunBundle(path);
    const ends = stageEnds(contents);
    const wanted = stage ?? ends.at(-1);
    if (wanted === undefined || !ends.includes(wanted)) {
      throw new UsageError(
        `${path} holds no checkpoint of the end of ${wanted ?? 'any stage'}.`,
        ends.length > 0 ? `Choose --at out of: ${ends.join(', ')}.` : 'Let that run finish a stage first.',
      );
    }
    const { preset, code } = contents.run;
    const settings = settingsOf(contents.run);
    return {
      path,
      stage: wanted,
      settings,
      preset,
      code,
      read: settingsReadUpTo(settings, wanted),
      contents,
    };
  });
}

/** @throws UsageError where an earlier stage was trained with other settings, or nothing is left to train. */
export function forkSource(base: ForkBase, settings: Settings): Promise<ForkSource> {
  const { contents, ...source } = base;
  const { stage } = base;
  return asUsage(async () => {
    if (nothingLeft(base.settings, settings, stage))
      throw new UsageError(
        `Nothing is left to train after ${stage}: --stages is ${settings.stages.join()}.`,
        'Choose an earlier stage with --at, or add one with --stages.',
      );
    return { ...source, bundle: await stageBundle(contents, stage, settings.replay !== 'none') };
  });
}

/** Why cells cannot begin from a run with these settings in the place of the planned foundation, in words, or null. */
export function otherFoundation(read: () => Settings, planned: Settings): string | null {
  try {
    const there = read();
    if (there.seed !== planned.seed) return `seed is ${there.seed} there and ${planned.seed} in the plan`;
    forkIndex(there, planned, planned.stages.at(-1) ?? '');
    return null;
  } catch (error) {
    if (!(error instanceof PlaygroundError)) throw error;
    const { setting, there, here } = error.details;
    return there === undefined ? error.message : `${setting} is ${there} there and ${here} in the plan`;
  }
}

/** What is wrong with a run that was named on the command line is a matter of usage. */
async function asUsage<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof PlaygroundError) throw new UsageError(error.message, error.hint);
    throw error;
  }
}
