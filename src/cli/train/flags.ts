// The flags of `npm run train`, and the run that they ask for.

import { UsageError } from '../../base/errors.ts';
import { flagName, type Settings } from '../../config/index.ts';
import type { ChromiumAdapter } from '../../tooling/chromium.ts';
import type { Given } from '../command.ts';
import { choiceFlag, switchFlag, textFlag } from '../flag.ts';
import { chosenSettings, settingFlags } from '../settingFlags.ts';

/** How the browser is started. */
export type BrowserChoice = { headed: boolean; adapter: ChromiumAdapter };

/** `path`: the folder of a run, or its bundle. */
export type ForkWords = { path: string; stage: string | null };

export type RunCommand =
  | {
      kind: 'start';
      settings: Settings;
      preset: string;
      name: string;
      outFolder: string;
      browser: BrowserChoice;
      page: string | null;
      /** Given where the run begins after a stage of another one; `stage` null is its last. */
      from: ForkWords | null;
    }
  | { kind: 'resume'; outFolder: string; browser: BrowserChoice; page: string | null };

const ADAPTERS: readonly ChromiumAdapter[] = ['none', 'swiftshader', 'opengles', 'system'];

export const adapterFlag = choiceFlag(
  ADAPTERS,
  'WebGPU adapter that the browser offers: none, swiftshader (software, the same everywhere), opengles, or system (the GPU of this machine).',
  'none',
);

export const TRAIN_FLAGS = {
  out: textFlag('DIR', 'Folder of the results; it must not hold another run. Default: runs/PRESET-SEED.'),
  name: textFlag('TEXT', 'Name of the run, as the page lists it. Default: the name of the folder.'),
  resume: textFlag(
    'DIR',
    'Goes on with the run in DIR from its newest checkpoint, with the settings it was started with.',
  ),
  from: textFlag(
    'DIR|FILE',
    'Begins after a stage of the run in DIR (or of the bundle FILE) instead of at the beginning. Settings that the stages before have read must be the same.',
  ),
  at: textFlag(
    'STAGE',
    'With --from: the stage after which the run begins, e.g. heads. Default: the last one that the bundle holds the end of.',
  ),
  list: switchFlag('Prints all presets and settings, and ends.'),
  headed: switchFlag('Shows the browser window.'),
  adapter: adapterFlag,
  page: textFlag(
    'DIR',
    'Trains with the built page in DIR, as npm run build leaves one in dist. Default: a build of the sources as they are now.',
  ),
  ...settingFlags(''),
};

/** @throws UsageError, SettingError */
export function runCommandOf(values: Given<typeof TRAIN_FLAGS>): RunCommand {
  const { resume, headed, adapter, page, from, at, given } = values;
  const browser: BrowserChoice = { headed, adapter };
  if (resume !== null) {
    const extra = given.find((key) => !['resume', 'headed', 'adapter', 'page'].includes(key));
    if (extra === undefined) return { kind: 'resume', outFolder: resume, browser, page };
    throw new UsageError(
      `${flagName(extra)} cannot be given together with --resume.`,
      'A run is resumed with the settings it was started with; start a new one to change them.',
    );
  }
  if (at !== null && from === null)
    throw new UsageError('--at names a stage, but there is no --from.', 'Say which run has that stage.');
  const { settings, preset } = chosenSettings(values);
  const outFolder = values.out ?? `runs/${preset || 'default'}-${settings.seed}`;
  const name = values.name ?? outFolder.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  const fork = from === null ? null : { path: from, stage: at };
  return { kind: 'start', settings, preset, name, outFolder, browser, page, from: fork };
}

/** A command line of this command that a shell reads back as these words, with the browser it was given. */
export function trainLine(words: readonly string[], browser: BrowserChoice): string {
  const all = browser.adapter === 'none' ? words : [...words, '--adapter', browser.adapter];
  return ['npm run train --', ...all.map(quoted)].join(' ');
}

function quoted(word: string): string {
  if (process.platform === 'win32') return /\s/.test(word) ? `"${word}"` : word;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
