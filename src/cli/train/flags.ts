// The flags of `npm run train`, read into one command.

import { UsageError } from '../../base/errors.ts';
import {
  flagName,
  flagsHelp,
  formatValue,
  type OwnFlag,
  PRESETS,
  parseFlags,
  rangeText,
  SETTING_GROUPS,
  type Settings,
} from '../../config/index.ts';
import type { ChromiumAdapter } from '../../tooling/chromium.ts';

const ADAPTERS: readonly ChromiumAdapter[] = ['none', 'swiftshader', 'opengles', 'system'];

/** How the browser is started. */
export type BrowserChoice = { headed: boolean; adapter: ChromiumAdapter };

/** `path`: the folder of a run, or its bundle. */
export type ForkWords = { path: string; stage: string | null };

export type TrainCommand =
  | { kind: 'help' }
  | { kind: 'list' }
  | {
      kind: 'start';
      settings: Settings;
      preset: string;
      name: string;
      outFolder: string;
      browser: BrowserChoice;
      /** Given where the run begins after a stage of another one; `stage` null is its last. */
      from: ForkWords | null;
    }
  | { kind: 'resume'; outFolder: string; browser: BrowserChoice };

const OWN_FLAGS: readonly OwnFlag[] = [
  {
    name: 'out',
    value: 'DIR',
    help: 'Folder of the results; it must not hold another run. Default: runs/PRESET-SEED.',
  },
  {
    name: 'name',
    value: 'TEXT',
    help: 'Name of the run, as the page lists it. Default: the name of the folder.',
  },
  {
    name: 'resume',
    value: 'DIR',
    help: 'Goes on with the run in DIR from its newest checkpoint, with the settings it was started with.',
  },
  {
    name: 'from',
    value: 'DIR|FILE',
    help: 'Begins after a stage of the run in DIR (or of the bundle FILE) instead of at the beginning. Settings that the stages before have read must be the same.',
  },
  {
    name: 'at',
    value: 'STAGE',
    help: 'With --from: the stage after which the run begins, e.g. heads. Default: the last one that the bundle holds the end of.',
  },
  { name: 'list', help: 'Prints all presets and settings, and ends.' },
  { name: 'headed', help: 'Shows the browser window.' },
  {
    name: 'adapter',
    value: ADAPTERS.join('|'),
    help: 'WebGPU adapter that the browser offers: none (default), swiftshader (software, the same everywhere), opengles, or system (the GPU of this machine).',
  },
  { name: 'help', help: 'Prints this text, and ends.' },
];

/** @throws UsageError, SettingError: both end the command with exit code 2. */
export function parseTrainWords(words: readonly string[]): TrainCommand {
  if (words.includes('--help') || words.includes('-h')) return { kind: 'help' };
  const { settings, preset, own, positional } = parseFlags(words, OWN_FLAGS);
  if (own.list === true) return { kind: 'list' };
  const stray = positional[0];
  if (stray !== undefined) {
    throw new UsageError(`"${stray}" is no flag.`, 'Flags begin with two dashes; --help lists all.');
  }
  const browser: BrowserChoice = { headed: own.headed === true, adapter: readAdapter(own.adapter) };
  const resumed = own.resume;
  if (typeof resumed === 'string') {
    const others = words
      .filter((word) => word.startsWith('--'))
      .map((word) => word.slice(2).split('=')[0] ?? '');
    const extra = others.find((name) => !['resume', 'headed', 'adapter'].includes(name));
    if (extra !== undefined) {
      throw new UsageError(
        `--${extra} cannot be given together with --resume.`,
        'A run is resumed with the settings it was started with; start a new one to change them.',
      );
    }
    return { kind: 'resume', outFolder: resumed, browser };
  }
  const outFolder = typeof own.out === 'string' ? own.out : `runs/${preset || 'default'}-${settings.seed}`;
  const name =
    typeof own.name === 'string'
      ? own.name
      : (outFolder.split(/[\\/]/).findLast((part) => part !== '') ?? '');
  return { kind: 'start', settings, preset, name, outFolder, browser, from: readFork(own) };
}

function readFork({ from, at }: { readonly [name: string]: string | true }): ForkWords | null {
  if (typeof from === 'string') return { path: from, stage: typeof at === 'string' ? at : null };
  if (at === undefined) return null;
  throw new UsageError('--at names a stage, but there is no --from.', 'Say which run has that stage.');
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

function readAdapter(text: string | true | undefined): ChromiumAdapter {
  if (text === undefined) return 'none';
  const found = ADAPTERS.find((adapter) => adapter === text);
  if (!found)
    throw new UsageError(`There is no adapter "${text}".`, `Choose one of: ${ADAPTERS.join(', ')}.`);
  return found;
}

export function helpText(): string {
  return `Trains a model in a headless browser, exactly as the page does, and writes the results into a folder.

  npm run train -- --preset quick --seed 7 --out runs/a
  npm run train -- --preset smoke+grpo --group-size 8 --out runs/b
  npm run train -- --from runs/a --at heads --preset quick+safety-only --seed 7 --out runs/c
  npm run train -- --resume runs/a

Written into the folder: bundle.zip (the page imports it), metrics.csv, evaluation.json, report.md, summary.json (how it
ended, for programs), and run.json (what --resume needs, beside the browser's profile in .browser).

With --from, the stages up to --at are taken from another run: the result is bit for bit that of the whole run.

The same settings and seed on the same machine give the same run. To check that for two runs, compare the
"metrics digest" that each prints at its end: it is the SHA-256 of metrics.csv without the columns whose names start
with time/ or tokens_per_second/, the only ones that hold measured times.

Ctrl-C stops after the iteration in progress with a checkpoint, and writes what there is; a second one aborts.
Exit code: 0 done, 1 the run failed, 2 the command was not understood, 130 stopped by Ctrl-C.

${flagsHelp(OWN_FLAGS)}`;
}

/** Presets, and every setting with its default and range. */
export function listText(): string {
  const lines = ['Presets (layers combine with +, later ones over earlier ones):'];
  for (const preset of PRESETS)
    lines.push(`  ${preset.name.padEnd(20)} ${preset.kind.padEnd(10)} ${preset.sentence}`);
  for (const group of SETTING_GROUPS) {
    lines.push('', group.title);
    for (const row of group.settings) {
      const unit = row.unit === undefined ? '' : `, ${row.unit}`;
      lines.push(
        `  ${flagName(row.key).padEnd(30)} ${formatValue(row, row.default)}${unit} (${rangeText(row)})`,
      );
    }
  }
  return lines.join('\n');
}
