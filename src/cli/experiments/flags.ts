// What the commands that run plans have in common: seeds, parts, threads.

import { clamp } from '../../base/numbers.ts';
import type { Settings } from '../../config/index.ts';
import type { Shard } from '../../experiments/index.ts';
import { type Flag, parsedFlag } from '../flag.ts';

const MOST_SEED = 2147483647;
/** In one range. */
const MOST_SEEDS = 10_000;

/** `11,12,20..24` as a list; undefined where it is none. */
function seedsOf(text: string): number[] | undefined {
  const seeds: number[] = [];
  for (const word of text.split(',')) {
    const [, first, last] = /^\s*(\d{1,10})(?:\.\.(\d{1,10}))?\s*$/.exec(word) ?? [];
    const [from, to] = [Number(first), Number(last ?? first)];
    if (!(from <= to && to <= MOST_SEED && to - from < MOST_SEEDS)) return undefined;
    for (let seed = from; seed <= to; seed++) seeds.push(seed);
  }
  return new Set(seeds).size < seeds.length ? undefined : seeds;
}

export function seedsFlag(help: string): Flag<number[] | null> {
  const hint = `Give different whole numbers from 0 to ${MOST_SEED}, with commas, or a range: 11,12,13 or 11..13.`;
  return parsedFlag<number[], null>('N,N', help, null, seedsOf, hint);
}

export function shardFlag(help: string): Flag<Shard> {
  const parse = (text: string) => {
    const [, index, count] = /^([1-9]\d{0,3})\/([1-9]\d{0,3})$/.exec(text)?.map(Number) ?? [];
    return index <= count ? { index, count } : undefined;
  };
  const hint = 'Write it as I/N with I from 1 to N, e.g. 2/4.';
  return parsedFlag<Shard>('I/N', help, { index: 1, count: 1 }, parse, hint);
}

/** The bits are the same with any number of threads; more of them than cores only wait for each other. */
export function threadsFor({ wasm_threads }: Settings, jobs: number, cores: number): number {
  return wasm_threads || clamp(Math.floor(cores / jobs), 1, 4);
}
