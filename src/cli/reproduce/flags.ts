// The flags of `npm run reproduce`, and the grid that they ask for.

import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { flagName, toFlags } from '../../config/index.ts';
import { CELLS, cellNames, GRID_NAMES, type GridName, type GridPart } from '../../experiments/index.ts';
import { type Given, strayWord } from '../command.ts';
import { seedsFlag, shardFlag, threadsFor } from '../experiments/flags.ts';
import { choiceFlag, countFlag, listFlag, pathFlag, switchFlag } from '../flag.ts';
import { outputFolderFlag } from '../output.ts';
import { chosenSettings, settingFlags } from '../settingFlags.ts';
import { adapterFlag, runtimeFlag } from '../train/flags.ts';
import { requireNode } from '../train/runtime.ts';
import { projectPath, typedPath } from '../typedPath.ts';

export type GridChoice = GridName | 'all';

export type GridCommand = ReturnType<typeof gridCommandOf>;

const DEFAULT_PRESET = 'quick';
/** Away from the seed that the presets were tuned on. */
const DEFAULT_SEEDS = [11, 12, 13];
const PUBLISHED_DOCS = 'docs';
/** The results that docs/RESULTS.md reports. */
const PUBLISHED_FILE = 'results/published.json';
/** Settings that the grid itself gives. */
const TAKEN = ['seed', 'stages', 'evaluate'];

export const REPRODUCE_FLAGS = {
  grid: choiceFlag<GridChoice>([...GRID_NAMES, 'all'], 'Which cells.', 'core'),
  cells: listFlag('A,B', 'Only these cells of the grid; --list names them.'),
  seeds: seedsFlag(`Seeds of every cell. Default: ${DEFAULT_SEEDS.join(',')}.`),
  moreSeeds: seedsFlag('Seeds that some cells have beside the others, which narrows their intervals.'),
  moreCells: listFlag('A,B', 'The cells with more seeds. Default: all of the grid.'),
  out: outputFolderFlag('DIR', 'Folder of the runs, one folder each.', projectPath('runs/reproduce')),
  docs: outputFolderFlag(
    'DIR',
    `Folder of RESULTS.md, results.json and figures/. Default: docs in the folder of the runs. Only --docs ${PUBLISHED_DOCS} writes the published report, with its numbers in ${PUBLISHED_FILE}.`,
  ),
  shard: shardFlag('Does part I of N of the cells and writes no report; join the parts with --merge.'),
  jobs: countFlag('Runs at a time.', 1),
  merge: pathFlag(
    'DIR...',
    'Runs nothing: copies finished runs out of these folders into --out, and writes the report.',
  ),
  published: pathFlag(
    'FILE',
    `With --merge or --report-only: a results file, e.g. ${PUBLISHED_FILE}, whose runs stand for those in no folder.`,
  ),
  reportOnly: switchFlag('Runs nothing: writes the report from what is in --out.'),
  list: switchFlag('Prints the runs and how long they take, and ends.'),
  runtime: runtimeFlag,
  adapter: adapterFlag,
  ...settingFlags(DEFAULT_PRESET),
};

type Values = Given<typeof REPRODUCE_FLAGS>;

/** @throws UsageError, SettingError */
export function gridCommandOf(values: Values, cores = cpus().length) {
  const { given, words, grid, merge, reportOnly, published, jobs, out } = values;
  const taken = TAKEN.find((key) => given.includes(key));
  if (taken !== undefined)
    throw new UsageError(
      `${flagName(taken)} cannot be given: the grid sets it.`,
      'Seeds are given by --seeds.',
    );
  if (merge === null && words.length > 0) throw strayWord(words[0]);
  if (published !== null && merge === null && !reportOnly)
    throw new UsageError(
      '--published is for a report from runs that are there.',
      'Give it with --merge or --report-only.',
    );
  const { settings, preset } = chosenSettings(values);
  if (values.runtime === 'node')
    requireNode(settings.engine, given.includes('adapter') ? flagName('adapter') : undefined);
  const cells = knownCells(values.cells, grid);
  const seeds = values.seeds ?? DEFAULT_SEEDS;
  const more = moreParts(values, seeds);
  const whole = values.cells === null;
  const docsFolder = values.docs ?? `${out}/docs`;
  return {
    ...{ grid, jobs, preset, published, reportOnly, list: values.list },
    ...{
      shard: values.shard,
      adapter: values.adapter,
      runtime: values.runtime,
      outFolder: out,
      outGiven: given.includes('out'),
      docsFolder,
    },
    /** All numbers, as JSON. */
    resultsFile:
      resolve(docsFolder) === resolve(PUBLISHED_DOCS) ? PUBLISHED_FILE : `${docsFolder}/results.json`,
    /** Cells of the grid, or fewer, under their seeds; and some of them under more. */
    parts: [{ cells, seeds }, ...more],
    /** Null where nothing is merged. */
    mergeFolders: merge === null ? null : [merge, ...words.map((word) => typedPath(word))],
    /** What every cell changes. */
    base: { ...settings, wasm_threads: threadsFor(settings, jobs, cores) },
    /** The command without what concerns this machine alone. */
    commandText: [
      `npm run reproduce -- --grid ${grid}`,
      ...(whole ? [] : [`--cells ${cells.join(',')}`]),
      `--seeds ${seeds.join(',')}`,
      ...more.flatMap((part) => [
        `--more-seeds ${part.seeds.join(',')} --more-cells ${part.cells.join(',')}`,
      ]),
      ...toFlags(settings, preset),
    ].join(' '),
  };
}

function knownCells(wanted: readonly string[] | null, grid: GridChoice): string[] {
  const names = cellNames(grid);
  const unknown = wanted?.find((name) => !names.includes(name));
  if (unknown === undefined) return names.filter((name) => wanted === null || wanted.includes(name));
  const elsewhere = CELLS.some(({ name }) => name === unknown) ? ' It is in another grid.' : '';
  throw new UsageError(
    `The grid ${grid} has no cell "${unknown}".${elsewhere}`,
    `It has: ${names.join(', ')}.`,
  );
}

/** The part of the cells with more seeds; none without --more-seeds. */
function moreParts({ moreSeeds, moreCells, grid }: Values, seeds: readonly number[]): GridPart[] {
  if (moreSeeds === null) {
    if (moreCells === null) return [];
    throw new UsageError('--more-cells stands alone.', 'Say with --more-seeds which seeds they have.');
  }
  const twice = moreSeeds.find((seed) => seeds.includes(seed));
  if (twice !== undefined)
    throw new UsageError(`Seed ${twice} is in --seeds and in --more-seeds.`, 'Name it once.');
  return [{ cells: knownCells(moreCells, grid), seeds: moreSeeds }];
}
