// The run that a new one begins from (`--from`, `--at`), read from its folder or bundle and checked before a browser is started.

import { PlaygroundError, UsageError } from '../../base/errors.ts';
import { type Settings, settingsOf } from '../../config/index.ts';
import { stageBundle, stageEnds } from '../../storage/index.ts';
import type { CodeIdentity } from '../../terms/origin.ts';
import { forkIndex } from '../../training/forkSettings.ts';
import { readRunBundle } from '../runBundle.ts';
import type { ForkWords } from './flags.ts';

export type ForkSource = {
  /** As it was given. */
  path: string;
  stage: string;
  /** That made it. */
  code: CodeIdentity;
  /** A bundle with that stage's end, for the page to import. */
  bundle: Uint8Array;
};

/** @throws UsageError where there is no such run or stage, or where an earlier stage was trained with other settings. */
export async function readForkSource(words: ForkWords, settings: Settings): Promise<ForkSource> {
  const { path } = words;
  const contents = readRunBundle(path);
  try {
    const ends = stageEnds(contents);
    const stage = words.stage ?? ends.at(-1);
    if (stage === undefined || !ends.includes(stage)) {
      throw new UsageError(
        `${path} holds no checkpoint of the end of ${stage ?? 'any stage'}.`,
        ends.length > 0 ? `Choose --at out of: ${ends.join(', ')}.` : 'Let that run finish a stage first.',
      );
    }
    forkIndex(settingsOf(contents.run), settings, stage);
    const { code } = contents.run;
    return { path, stage, code, bundle: await stageBundle(contents, stage, settings.replay !== 'none') };
  } catch (error) {
    if (error instanceof PlaygroundError) throw new UsageError(error.message, error.hint);
    throw error;
  }
}
