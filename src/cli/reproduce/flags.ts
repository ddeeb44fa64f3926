// The flags of `npm run reproduce`, read into one command.

import { cpus } from 'node:os';
import { UsageError } from '../../base/errors.ts';
import { clamp } from '../../base/numbers.ts';
import { type OwnFlag, parseFlags, type Settings, toFlags } from '../../config/index.ts';
import {
  CELLS,
  cellNames,
  GRID_NAMES,
  type GridName,
  type GridPart,
  type Shard,
} from '../../experiments/index.ts';
import type { ChromiumAdapter } from '../../tooling/chromium.ts';

export type GridChoice = GridName | 'all';

export type ReproduceCommand =
  | { kind: 'help' }
  | {
      kind: 'list' | 'run' | 'merge' | 'report';
      grid: GridChoice;
      /** Cells of the grid, or fewer, under their seeds; and some of them under more. */
      parts: readonly GridPart[];
      outFolder: string;
      /** RESULTS.md and figures/ go there. */
      docsFolder: string;
      /** All numbers, as JSON. */
      resultsFile: string;
      shard: Shard;
      jobs: number;
      mergeFolders: readonly string[];
      /** A results file whose runs stand for those that are in no folder. */
      published: string | null;
      /** What every cell changes. */
      base: Settings;
      preset: string;
      adapter: ChromiumAdapter;
      /** The command without what concerns this machine alone. */
      commandText: string;
    };

export type GridCommand = Exclude<ReproduceCommand, { kind: 'help' }>;

const DEFAULT_PRESET = 'quick';
/** Away from the seed that the presets were tuned on. */
const DEFAULT_SEEDS = '11,12,13';
/** The results that docs/RESULTS.md reports. */
const PUBLISHED_FILE = 'results/published.json';
const ADAPTERS: readonly ChromiumAdapter[] = ['none', 'swiftshader', 'opengles', 'system'];
/** Settings that the grid itself gives. */
const TAKEN = ['--seed', '--stages', '--evaluate', '--no-evaluate'];

const OWN_FLAGS: readonly OwnFlag[] = [
  { name: 'grid', value: [...GRID_NAMES, 'all'].join('|'), help: 'Which cells. Default: core.' },
  { name: 'cells', value: 'A,B', help: 'Only these cells of the grid; --list names them.' },
  { name: 'seeds', value: 'N,N', help: `Seeds of every cell. Default: ${DEFAULT_SEEDS}.` },
  {
    name: 'more-seeds',
    value: 'N,N',
    help: 'Seeds that some cells have beside the others, which narrows their intervals.',
  },
  {
    name: 'more-cells',
    value: 'A,B',
    help: 'The cells with more seeds. Default: all of the grid.',
  },
  { name: 'out', value: 'DIR', help: 'Folder of the runs, one folder each. Default: runs/reproduce.' },
  {
    name: 'docs',
    value: 'DIR',
    help: `Folder of RESULTS.md, results.json and figures/. Default: docs, with the numbers in ${PUBLISHED_FILE}; with another preset or other settings, DIR/docs in the folder of the runs.`,
  },
  {
    name: 'shard',
    value: 'I/N',
    help: 'Does part I of N of the cells and writes no report; join the parts with --merge.',
  },
  { name: 'jobs', value: 'N', help: 'Runs at a time. Default: 1.' },
  {
    name: 'merge',
    value: 'DIR...',
    help: 'Runs nothing: copies finished runs out of these folders into --out, and writes the report.',
  },
  {
    name: 'published',
    value: 'FILE',
    help: 'With --merge or --report-only: a results file, e.g. results/published.json, whose runs stand for those in no folder.',
  },
  { name: 'report-only', help: 'Runs nothing: writes the report from what is in --out.' },
  { name: 'list', help: 'Prints the runs and how long they take, and ends.' },
  {
    name: 'adapter',
    value: ADAPTERS.join('|'),
    help: 'WebGPU adapter that the browser offers. Default: none.',
  },
  { name: 'help', help: 'Prints this text, and ends.' },
];

/** @throws UsageError, SettingError: both end the command with exit code 2. */
export function parseReproduceWords(words: readonly string[], cores = cpus().length): ReproduceCommand {
  if (words.includes('--help') || words.includes('-h')) return { kind: 'help' };
  const given = words.map((word) => word.split('=')[0] ?? '');
  const taken = TAKEN.find((flag) => given.includes(flag));
  if (taken !== undefined)
    throw new UsageError(`${taken} cannot be given: the grid sets it.`, 'Seeds are given by --seeds.');
  const ownPreset = given.includes('--preset');
  const { settings, preset, own, positional } = parseFlags(
    ownPreset ? words : ['--preset', DEFAULT_PRESET, ...words],
    OWN_FLAGS,
  );
  const text = (name: string, otherwise: string): string => {
    const value = own[name];
    return typeof value === 'string' ? value : otherwise;
  };
  const stray = own.merge === undefined ? positional[0] : undefined;
  if (stray !== undefined)
    throw new UsageError(`"${stray}" is no flag.`, 'Flags begin with two dashes; --help lists all.');
  const grid = readGrid(text('grid', 'core'));
  const cells = readCells(own.cells, grid);
  const seeds = readSeeds(text('seeds', DEFAULT_SEEDS), 'seeds');
  const more = readMore(own, grid, seeds);
  const outFolder = text('out', 'runs/reproduce');
  const jobs = readCount(text('jobs', '1'), 'jobs');
  // The bits are the same with any number of threads; more of them than cores only wait for each other.
  const threads = settings.wasm_threads || clamp(Math.floor(cores / jobs), 1, 4);
  const plain = toFlags(settings, preset).join(' ') === `--preset ${DEFAULT_PRESET}`;
  const whole = own.cells === undefined;
  const docsFolder = text('docs', plain && whole ? 'docs' : `${outFolder}/docs`);
  return {
    kind: kindOf(own),
    grid,
    parts: [{ cells, seeds }, ...more],
    outFolder,
    docsFolder,
    resultsFile: docsFolder === 'docs' ? PUBLISHED_FILE : `${docsFolder}/results.json`,
    shard: readShard(text('shard', '1/1')),
    jobs,
    published: readPublished(own),
    mergeFolders: typeof own.merge === 'string' ? [own.merge, ...positional] : [],
    base: { ...settings, wasm_threads: threads },
    preset,
    adapter: readAdapter(text('adapter', 'none')),
    commandText: [
      'npm run reproduce --',
      `--grid ${grid}`,
      ...(whole ? [] : [`--cells ${cells.join(',')}`]),
      `--seeds ${seeds.join(',')}`,
      ...more.flatMap((part) => [
        `--more-seeds ${part.seeds.join(',')}`,
        `--more-cells ${part.cells.join(',')}`,
      ]),
      ...toFlags(settings, preset),
    ].join(' '),
  };
}

function kindOf(own: { readonly [name: string]: string | true }): GridCommand['kind'] {
  if (own.list) return 'list';
  if (own.merge) return 'merge';
  return own['report-only'] ? 'report' : 'run';
}

function readGrid(text: string): GridChoice {
  const found = ([...GRID_NAMES, 'all'] as const).find((name) => name === text);
  if (found) return found;
  throw new UsageError(`There is no grid "${text}".`, `Choose one of: ${GRID_NAMES.join(', ')}, all.`);
}

function readCells(text: string | true | undefined, grid: GridChoice): string[] {
  const names = cellNames(grid);
  if (typeof text !== 'string') return names;
  const wanted = text.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const elsewhere = CELLS.some(({ name }) => name === unknown) ? ' It is in another grid.' : '';
    throw new UsageError(
      `The grid ${grid} has no cell "${unknown}".${elsewhere}`,
      `It has: ${names.join(', ')}.`,
    );
  }
  return names.filter((name) => wanted.includes(name));
}

/** The part of the cells with more seeds; none without --more-seeds. */
function readMore(
  own: { readonly [name: string]: string | true },
  grid: GridChoice,
  seeds: readonly number[],
): GridPart[] {
  const text = own['more-seeds'];
  if (typeof text !== 'string') {
    if (own['more-cells'] === undefined) return [];
    throw new UsageError('--more-cells stands alone.', 'Say with --more-seeds which seeds they have.');
  }
  const more = readSeeds(text, 'more-seeds');
  const twice = more.find((seed) => seeds.includes(seed));
  if (twice !== undefined)
    throw new UsageError(`Seed ${twice} is in --seeds and in --more-seeds.`, 'Name it once.');
  return [{ cells: readCells(own['more-cells'], grid), seeds: more }];
}

function readPublished(own: { readonly [name: string]: string | true }): string | null {
  if (typeof own.published !== 'string') return null;
  if (own.merge !== undefined || own['report-only'] !== undefined) return own.published;
  throw new UsageError(
    '--published is for a report from runs that are there.',
    'Give it with --merge or --report-only.',
  );
}

function readSeeds(text: string, name: string): number[] {
  const seeds = text.split(',').map((word) => (/^\d+$/.test(word.trim()) ? Number(word) : Number.NaN));
  const bad = seeds.some((seed) => !(seed <= 2147483647)) || new Set(seeds).size < seeds.length;
  if (!bad) return seeds;
  throw new UsageError(
    `--${name} is "${text}".`,
    'Give different whole numbers from 0 to 2147483647, with commas: 11,12,13.',
  );
}

function readCount(text: string, name: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} is "${text}".`, 'Give a whole number from 1 to 999.');
}

function readShard(text: string): Shard {
  const [, index, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text) ?? [];
  if (index !== undefined && Number(index) <= Number(count))
    return { index: Number(index), count: Number(count) };
  throw new UsageError(`--shard is "${text}".`, 'Write it as I/N with I from 1 to N, e.g. 2/4.');
}

function readAdapter(text: string): ChromiumAdapter {
  const found = ADAPTERS.find((adapter) => adapter === text);
  if (found) return found;
  throw new UsageError(`There is no adapter "${text}".`, `Choose one of: ${ADAPTERS.join(', ')}.`);
}

export function reproduceHelp(): string {
  const flags = OWN_FLAGS.map(
    ({ name, value, help }) => `  --${name}${value ? ` ${value}` : ''}\n      ${help}`,
  );
  return `Runs a grid of settings and seeds through the headless browser and writes what holds of the paper's claims.

  npm run reproduce -- --list
  npm run reproduce -- --grid core --jobs 2
  npm run reproduce -- --grid all --shard 2/4 --out runs/part2
  npm run reproduce -- --grid all --merge runs/part1 runs/part2 runs/part3 runs/part4

Started again, it goes on: finished runs are passed over, a stopped or killed one is resumed. SFT and heads are trained
once per seed and backbone, and the cells begin from there. A run that fails is named and does not stop the others; one that
the guard stopped has collapsed, which is a result. Ctrl-C stops all runs with a checkpoint; a second one aborts.
Exit code: 0 every run has a result, 1 one has failed, 2 the command was not understood, 130 stopped by Ctrl-C.

${flags.join('\n')}
  --preset NAME[+NAME...], and every setting of npm run train
      What the cells start from. Default: ${DEFAULT_PRESET}.`;
}
