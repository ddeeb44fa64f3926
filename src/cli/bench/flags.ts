// The flags of `npm run bench`, and the measurement that they ask for.

import { type AdapterKind, ENGINES, SIZES } from '../../bench/index.ts';
import type { Given } from '../command.ts';
import { choiceFlag, countFlag, parsedFlag, someFlag, switchFlag } from '../flag.ts';
import { outputFileFlag, outputFolderFlag } from '../output.ts';

const GPU_ADAPTERS = ['swiftshader', 'opengles', 'system'] as const satisfies readonly AdapterKind[];
const FAMILIES = ['ours', 'eager', 'tfjs', 'jax', 'torch'] as const;

export const BENCH_FLAGS = {
  suite: choiceFlag(
    ['engine', 'page'],
    'page: first paint, size of what a user loads, long tasks while training; exit code 1 over a budget. It takes --json and --repeats alone.',
    'engine',
  ),
  json: outputFileFlag('All figures as JSON.'),
  out: outputFolderFlag(
    'DIR',
    'engine.md and SVG curves in this folder (docs/figures is where the README looks).',
  ),
  quick: switchFlag('Two small sizes, few repeats, a short cap: a few minutes.'),
  sizes: someFlag(
    SIZES.map(({ name }) => name),
    'Sizes of the model. Default: all, with --quick tiny and small.',
  ),
  engines: someFlag(
    ENGINES.map(({ id }) => id),
    `Default: all; ${FAMILIES.join(', ')} stand for all of a family.`,
    new Map(FAMILIES.map((name) => [name, idsOf(name)])),
  ),
  adapters: someFlag(GPU_ADAPTERS, 'Graphics adapters. Default: swiftshader,opengles.'),
  cap: parsedFlag<number, null>(
    'SECONDS',
    'Time limit of each measure of each contestant, default 60 (with --quick 6); the first run, which compiles, has twice that and at least 30 s.',
    null,
    (text) => (Number(text) > 0 && Number.isFinite(Number(text)) ? Number(text) : undefined),
    'Give a number above 0.',
  ),
  repeats: countFlag('Warm runs where the cap allows. Default: 7, with --quick 3.', null),
  noIsolation: switchFlag('Serve without the headers that let tfjs and jax-js use threads.'),
};

/** What the engine benchmark measures. */
export function engineOptions(values: Given<typeof BENCH_FLAGS>) {
  const { quick, json, out, adapters, engines, cap, noIsolation } = values;
  return {
    ...{ json, out, quick, isolated: !noIsolation },
    sizes: values.sizes ?? (quick ? ['tiny', 'small'] : SIZES.map(({ name }) => name)),
    engines: engines ?? ENGINES.map(({ id }) => id),
    adapters: adapters ?? GPU_ADAPTERS.filter((adapter) => adapter !== 'system'),
    /** Time limit of one measure of one contestant. */
    capMs: 1000 * (cap ?? (quick ? 6 : 60)),
    repeats: values.repeats ?? (quick ? 3 : 7),
  };
}

function idsOf(family: string): string[] {
  return ENGINES.filter((entry) => entry.family === family).map(({ id }) => id);
}
