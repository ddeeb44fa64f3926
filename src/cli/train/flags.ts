// The flags of `npm run train`, and the run that they ask for.

import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import {
  changedKeys,
  flagName,
  formatSetting,
  PRESETS,
  requireTogether,
  resolvePreset,
  SETTING_KEYS,
  type Settings,
  writtenKeys,
} from '../../config/index.ts';
import type { ChromiumAdapter } from '../../tooling/chromium.ts';
import type { Given } from '../command.ts';
import { choiceFlag, type Flag, pathFlag, switchFlag, textFlag } from '../flag.ts';
import { outputFolderFlag } from '../output.ts';
import { chosenOver, chosenSettings, settingFlags } from '../settingFlags.ts';
import { projectPath, typedPath } from '../typedPath.ts';
import type { ForkBase } from './fork.ts';
import { RUNTIMES, type Runtime } from './trainer.ts';

/** How the browser is started. */
export type BrowserChoice = { headed: boolean; adapter: ChromiumAdapter };

export type RunCommand = {
  outFolder: string;
  browser: BrowserChoice;
  page: string | null;
  /** Flags that were given and say something of a browser. */
  browserFlags: readonly string[];
} & (
  | {
      kind: 'start';
      settings: Settings;
      preset: string;
      name: string;
      runtime: Runtime;
      /** Settings that come from the run that this one begins from, in words. */
      taken: readonly string[];
    }
  | {
      kind: 'resume';
      /** Null: that of the run. */
      runtime: Runtime | null;
    }
);

/** Flags of which only a browser knows. */
const BROWSER_FLAGS: readonly string[] = ['headed', 'adapter', 'page'];

const ADAPTERS: readonly ChromiumAdapter[] = ['none', 'swiftshader', 'opengles', 'system'];

export const adapterFlag = choiceFlag(
  ADAPTERS,
  'WebGPU adapter that the browser offers: none, swiftshader (software, the same everywhere), opengles, or system (the GPU of this machine).',
  'none',
);

export const runtimeFlag = choiceFlag(
  RUNTIMES,
  'Where to train: in a headless browser, or in threads of Node without one, on the engine wasm, with the same bits.',
  'browser',
);

/** A word that is no path here stays as it is: it may be the name of a released model. */
function namedOr(flag: Flag<string | null>): Flag<string | null> {
  const isPath = (text: string) => basename(text) !== text || existsSync(typedPath(text));
  return { ...flag, read: (text, name) => (text === '' || isPath(text) ? flag.read(text, name) : text) };
}

export const TRAIN_FLAGS = {
  out: outputFolderFlag(
    'DIR',
    'Folder of the results; it must not hold another run. Default: runs/PRESET-SEED.',
  ),
  name: textFlag('TEXT', 'Name of the run, as the page lists it. Default: the name of the folder.'),
  resume: outputFolderFlag(
    'DIR',
    'Goes on with the run in DIR from its newest checkpoint, with the settings it was started with.',
  ),
  from: namedOr(
    pathFlag(
      'DIR|FILE|MODEL',
      'Begins after a stage of the run in DIR (or of the bundle FILE, or of a released model: its name or folder) instead of at the beginning. Settings start from that run; with --preset, only those do that the stages before have read.',
    ),
  ),
  at: textFlag(
    'STAGE',
    'With --from: the stage after which the run begins, e.g. heads. Default: the last one that the bundle holds the end of.',
  ),
  runtime: runtimeFlag,
  list: switchFlag('Prints all presets and settings, and ends.'),
  headed: switchFlag('Shows the browser window.'),
  adapter: adapterFlag,
  page: pathFlag(
    'DIR',
    'Trains with the built page in DIR, as npm run build leaves one in dist. Default: a build of the sources as they are now.',
  ),
  ...settingFlags(''),
};

/** @param base the run that `--from` names. @throws UsageError, SettingError */
export function runCommandOf(values: Given<typeof TRAIN_FLAGS>, base: ForkBase | null = null): RunCommand {
  const { resume, headed, adapter, page, runtime, from, at, given } = values;
  const browser: BrowserChoice = { headed, adapter };
  const browserFlags = given.filter((key) => BROWSER_FLAGS.includes(key)).map((key) => flagName(key));
  if (resume !== null) {
    const extra = given.find((key) => !['resume', 'runtime', ...BROWSER_FLAGS].includes(key));
    const asked = given.includes('runtime') ? runtime : null;
    if (extra === undefined)
      return { kind: 'resume', outFolder: resume, runtime: asked, browser, page, browserFlags };
    throw new UsageError(
      `${flagName(extra)} cannot be given together with --resume.`,
      'A run is resumed with the settings it was started with; start a new one to change them.',
    );
  }
  if (at !== null && from === null)
    throw new UsageError('--at names a stage, but there is no --from.', 'Say which run has that stage.');
  const { settings, preset, taken } = base
    ? settingsAfter(base, values)
    : { ...chosenSettings(values), taken: [] };
  requireTogether(settings);
  const outFolder = values.out ?? projectPath(`runs/${preset || 'default'}-${settings.seed}`);
  const name = values.name ?? outFolder.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  const start = { kind: 'start', settings, preset, name, taken } as const;
  return { ...start, outFolder, runtime, browser, page, browserFlags };
}

/**
 * Settings of a run that begins from another one. Without a preset they start from that run's; with one, those on which it depends what
 * is taken over are still that run's. A flag goes before both.
 */
function settingsAfter(base: ForkBase, values: Given<typeof TRAIN_FLAGS>) {
  const asked = chosenSettings(values);
  const withPreset = values.given.includes('preset');
  const start = withPreset ? startAfter(base, asked.preset) : base.settings;
  const settings = chosenOver(values, start);
  const taken = changedKeys(settings, asked.settings).map(
    (key) => `${key} ${formatSetting(key, settings[key])}`,
  );
  return { settings, preset: withPreset ? asked.preset : knownPreset(base.preset), taken };
}

/** What a preset gives a run that takes over a stage of another one. */
function startAfter({ settings, read }: Taken, preset: string): Settings {
  const keys = SETTING_KEYS.filter((key) => read.has(key));
  return {
    ...resolvePreset(preset).settings,
    ...Object.fromEntries(keys.map((key) => [key, settings[key]])),
  };
}

/** A run may have been stored under a preset that is gone. */
function knownPreset(name: string): string {
  return name.split('+').every((layer) => PRESETS.some((preset) => preset.name === layer)) ? name : '';
}

/** What a run that begins from another one takes its settings from. */
type Taken = Pick<ForkBase, 'path' | 'stage' | 'settings' | 'preset' | 'read'>;

/** The words of `npm run train` that begin a run with these settings after a stage of another one. */
export function forkWords(base: Taken, settings: Settings, preset = knownPreset(base.preset)): string[] {
  const own = preset === knownPreset(base.preset);
  const start = own ? base.settings : startAfter(base, preset);
  const flags = writtenKeys(settings, start).flatMap((key) => [
    flagName(key),
    formatSetting(key, settings[key]),
  ]);
  return ['--from', base.path, '--at', base.stage, ...(own ? [] : ['--preset', preset]), ...flags];
}

/** A command line of this command that a shell reads back as these words, with the browser it was given. */
export function trainLine(words: readonly string[], browser: BrowserChoice): string {
  const all = browser.adapter === 'none' ? words : [...words, '--adapter', browser.adapter];
  return ['npm run train --', ...all.map(quoted)].join(' ');
}

/** A word as a shell reads it back. */
export function quoted(word: string): string {
  if (process.platform === 'win32') return /\s/.test(word) ? `"${word}"` : word;
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
