// The flags of `npm run bench`.

import { parseArgs } from 'node:util';
import { ENGINES } from './engines.ts';
import { SIZES } from './task.ts';
import type { AdapterKind } from './types.ts';

export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

export const GPU_ADAPTERS = ['swiftshader', 'opengles', 'system'] as const satisfies readonly AdapterKind[];
export type GpuAdapter = (typeof GPU_ADAPTERS)[number];

export type BenchCommand =
  | { kind: 'help' }
  | { kind: 'page'; json: string | null; repeats: number }
  | {
      kind: 'run';
      json: string | null;
      out: string | null;
      quick: boolean;
      sizes: string[];
      engines: string[];
      adapters: GpuAdapter[];
      isolated: boolean;
      /** Time limit of one measure of one contestant. */
      capMs: number;
      repeats: number;
    };

export const HELP = `Usage: npm run bench -- [--suite engine|page] [flags]

Times our engines, plain tfjs and jax-js on the same model, batch and optimiser, in Chromium, alternating between them, and holds the
figures to the project's targets. Exit code: 0 measured, 1 stopped, or an engine of ours failed or computed something else,
2 the command could not run.

  --suite engine     the engines (default); everything but --json, --repeats and --help is for it alone
  --suite page       first paint, size of what a user loads, long tasks while training; exit code 1 over a budget
  --json FILE        all figures as JSON
  --out DIR          engine.md and SVG curves in this folder (docs/figures is where the README looks)
  --quick            two small sizes, few repeats, a short cap: a few minutes
  --sizes LIST       of ${SIZES.map(({ name }) => name).join(', ')}
  --engines LIST     of ${ENGINES.map(({ id }) => id).join(', ')};
                     ours, eager, tfjs and jax stand for all of a family (default: all)
  --adapters LIST    of ${GPU_ADAPTERS.join(', ')} (default swiftshader,opengles)
  --cap SECONDS      time limit of each measure of each contestant (default 60, quick 6); the first run, which
                     compiles, has twice that and at least 30 s
  --repeats N        warm runs where the cap allows (default 7, quick 3)
  --no-isolation     serve without the headers that let tfjs and jax-js use threads
  --help             this text
`;

/** Reads the flags. @throws BenchUsageError naming the flag and what it takes. */
export function parseBenchArguments(words: readonly string[]): BenchCommand {
  const values = readWords(words);
  if (values.help) return { kind: 'help' };
  if (values.suite === 'page') {
    return {
      kind: 'page',
      json: values.json ?? null,
      repeats: Math.ceil(positive('--repeats', values.repeats, 7)),
    };
  }
  if (values.suite !== undefined && values.suite !== 'engine') {
    throw new BenchUsageError(`--suite ${values.suite} is not known: there are engine and page.`);
  }
  const quick = values.quick === true;
  const adapters = choose('--adapters', values.adapters, GPU_ADAPTERS, ['swiftshader', 'opengles']);
  return {
    kind: 'run',
    json: values.json ?? null,
    out: values.out ?? null,
    quick,
    sizes: choose(
      '--sizes',
      values.sizes,
      SIZES.map(({ name }) => name),
      quick ? ['tiny', 'small'] : null,
    ),
    engines: chooseEngines(values.engines),
    adapters,
    isolated: values['no-isolation'] !== true,
    capMs: 1000 * positive('--cap', values.cap, quick ? 6 : 60),
    repeats: Math.ceil(positive('--repeats', values.repeats, quick ? 3 : 7)),
  };
}

function readWords(words: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  try {
    return parseArgs({
      args: [...words],
      options: {
        suite: text,
        json: text,
        out: text,
        sizes: text,
        engines: text,
        adapters: text,
        cap: text,
        repeats: text,
        quick: flag,
        'no-isolation': flag,
        help: { ...flag, short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new BenchUsageError(`${(error as Error).message} See npm run bench -- --help.`);
  }
}

/** The named ones in the order of the table; null or absent takes `standard`, or all. */
function choose<T extends string>(
  flag: string,
  given: string | undefined,
  known: readonly T[],
  standard: readonly T[] | null,
): T[] {
  if (given === undefined) return [...(standard ?? known)];
  const names = given.split(',').filter((name) => name !== '');
  const stray = names.find((name) => !known.some((one) => one === name));
  if (stray !== undefined || names.length === 0) {
    throw new BenchUsageError(`${flag} ${given}: "${stray ?? ''}" is none of ${known.join(', ')}.`);
  }
  return known.filter((one) => names.includes(one));
}

function chooseEngines(given: string | undefined): string[] {
  const ids = ENGINES.map(({ id }) => id);
  if (given === undefined) return ids;
  const families = new Set(ENGINES.map(({ family }) => String(family)));
  const spelled = given
    .split(',')
    .flatMap((name) =>
      families.has(name) ? ENGINES.filter(({ family }) => family === name).map(({ id }) => id) : [name],
    );
  return choose('--engines', spelled.join(','), ids, null);
}

function positive(flag: string, given: string | undefined, standard: number): number {
  if (given === undefined) return standard;
  const value = Number(given);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new BenchUsageError(`${flag} ${given}: give a number above 0.`);
}
