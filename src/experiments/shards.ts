// The parts of a grid that several machines do: contiguous cells with what they begin from, so that the longest part is as short as it can be.

import { relativeSeconds } from './estimate.ts';
import type { PlannedRun } from './plan.ts';

export type Shard = { index: number; count: number };

/** Halvings of the range in which the longest part's time lies. */
const STEPS = 60;

/**
 * The runs of one part. The parts together are all cells, each once; the foundations at the border of two parts are trained by both (to
 * the same bits). Times are those of one run after the other.
 */
export function shardRuns(runs: readonly PlannedRun[], { index, count }: Shard): PlannedRun[] {
  if (count === 1) return [...runs];
  const byId = new Map(runs.map((run) => [run.id, run]));
  const cells = runs.filter(({ kind }) => kind === 'cell');
  const seconds = new Map(runs.map((run) => [run.id, relativeSeconds(run)]));
  const timeOf = (id: string) => seconds.get(id) ?? 0;
  let low = 0;
  let high = runs.reduce((sum, { id }) => sum + timeOf(id), 0);
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (partsWithin(cells, timeOf, middle).length <= count) high = middle;
    else low = middle;
  }
  const part = partsWithin(cells, timeOf, high)[index - 1] ?? [];
  const foundations = new Set(part.flatMap(({ from }) => from?.id ?? []));
  return [...[...foundations].flatMap((id) => byId.get(id) ?? []), ...part];
}

/** As few parts as there can be that take no longer than `limit` each; a cell that takes longer is a part of its own. */
function partsWithin(
  cells: readonly PlannedRun[],
  timeOf: (id: string) => number,
  limit: number,
): PlannedRun[][] {
  const parts: PlannedRun[][] = [];
  let [time, begun] = [Number.POSITIVE_INFINITY, new Set<string>()];
  for (const cell of cells) {
    const own = timeOf(cell.id);
    const origin = cell.from?.id ?? null;
    const added = own + (origin === null || begun.has(origin) ? 0 : timeOf(origin));
    const last = parts.at(-1);
    if (last && time + added <= limit) {
      last.push(cell);
      time += added;
    } else {
      parts.push([cell]);
      begun = new Set();
      time = own + (origin === null ? 0 : timeOf(origin));
    }
    if (origin !== null) begun.add(origin);
  }
  return parts;
}
