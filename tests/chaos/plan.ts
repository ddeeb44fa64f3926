// Which kills come when: drawn by a seed, spread over the kinds and over the stages of the run.

import { RandomStream } from '../../src/random/philox.ts';
import type { PlanEntry } from '../../src/terms/stages.ts';

/** What is killed: workers by force, processes by SIGKILL; the rest is what users do. */
export const KILLS = {
  train: 'train worker',
  store: 'store worker',
  tab: 'process of the tab',
  browser: 'browser',
  reload: 'page by a reload',
  close: 'page by closing its tab',
  quit: 'browser by closing it',
} as const;
export type KillKind = keyof typeof KILLS;

/** A place in the run: so many iterations of a stage are done. */
export type Place = { stageIndex: number; iteration: number };

export type Kill = {
  kind: KillKind;
  /** Where the run must be; null: right after the kill before, while the run is resumed. */
  at: Place | null;
  delayMs: number;
};

const RESUMING_SHARE = 0.25;
/** Within an iteration or the next one. */
const MOST_DELAY_MS = 300;
/** Long enough to meet every part of opening the page and resuming. */
const MOST_RESUMING_MS = 2500;

/** The kills of one run, in the order of the places where they meet it. */
export function planKills(seed: number, count: number, stages: readonly PlanEntry[]): Kill[] {
  const random = new RandomStream(seed, 'chaos');
  const kinds = deck(random, count, Object.keys(KILLS) as KillKind[]);
  const whileResuming = Array.from({ length: count }, (_, i) => i > 0 && random.chance(RESUMING_SHARE));
  const placed = whileResuming.filter((each) => !each).length;
  const indices = deck(random, placed, [...stages.keys()]);
  const places = indices
    .map((stageIndex) => ({ stageIndex, iteration: random.int(stages[stageIndex].iterations) }))
    .sort((a, b) => a.stageIndex - b.stageIndex || a.iteration - b.iteration);
  return kinds.map((kind, i) => {
    const at = whileResuming[i] ? null : (places.shift() ?? null);
    return { kind, at, delayMs: random.int(at ? MOST_DELAY_MS : MOST_RESUMING_MS) };
  });
}

/** So many items in random order, each as often as the others. */
function deck<T>(random: RandomStream, count: number, items: readonly T[]): T[] {
  const cards = Array.from({ length: Math.ceil(count / items.length) }, () => shuffled(random, items)).flat();
  return shuffled(random, cards.slice(0, count));
}

function shuffled<T>(random: RandomStream, items: readonly T[]): T[] {
  const left = [...items];
  return items.map(() => left.splice(random.int(left.length), 1)[0]);
}

/** Whether a run that is at a place has come to another. */
export function hasReached(now: Place, wanted: Place): boolean {
  return (
    now.stageIndex > wanted.stageIndex ||
    (now.stageIndex === wanted.stageIndex && now.iteration >= wanted.iteration)
  );
}
