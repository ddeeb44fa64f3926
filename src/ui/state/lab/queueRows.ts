// The runs of a queue in their order: how each stands, by what is stored of it, and which is next.

import type { Expansion, PlannedRun } from '../../../experiments/plans.ts';
import type { QueueRecord, RunRecord } from '../../../storage/types.ts';
import { queuedRunId } from '../../../terms/run.ts';

/** `begun`: it stopped on its way and can go on; `collapsed`: the guard stopped it, which is a result. */
export type RowState = 'waiting' | 'begun' | 'running' | 'done' | 'collapsed' | 'failed' | 'cancelled';

export type QueueRow = {
  run: PlannedRun;
  /** Under which it is stored. */
  runId: string;
  title: string;
  state: RowState;
  /** Why it failed; else empty. */
  message: string;
};

/** Cell and seed in words, the name of its run too. */
export function runTitleOf({ name, seed, kind }: PlannedRun, cells: Expansion['cells']): string {
  const title = cells.find((cell) => cell.name === name)?.title ?? name;
  return kind === 'foundation' ? `${title}, shared, seed ${seed}` : `${title}, seed ${seed}`;
}

type Stored = Pick<RunRecord, 'status' | 'message' | 'failure'>;
type Queue = Pick<QueueRecord, 'id' | 'order' | 'dropped' | 'failures'>;

/** `isActive`: whether the stored run of that id is in training, here or in another tab. */
export function queueRows(
  queue: Queue,
  { cells, runs }: Expansion,
  stored: ReadonlyMap<string, Stored>,
  isActive: (runId: string) => boolean,
): QueueRow[] {
  const places = new Map(queue.order.map((id, place) => [id, place]));
  const placeOf = ({ id }: PlannedRun) => places.get(id) ?? Number.POSITIVE_INFINITY;
  const rows = runs.map((run): QueueRow => {
    const runId = queuedRunId(queue.id, run.id);
    const own = { run, runId, title: runTitleOf(run, cells) };
    return { ...own, ...standing(queue, run, stored.get(runId), isActive(runId)) };
  });
  const failed = new Set(rows.flatMap(({ run, state }) => (isLost(state) ? [run.id] : [])));
  return rows
    .map((row): QueueRow => {
      const origin = row.run.from?.id ?? null;
      if (row.state !== 'waiting' || origin === null || !failed.has(origin)) return row;
      return { ...row, state: 'failed', message: `${origin}, which it begins from, has no result.` };
    })
    .map((row, i) => ({ row, i }))
    .sort((a, b) => compare(placeOf(a.row.run), placeOf(b.row.run)) || a.i - b.i)
    .map(({ row }) => row);
}

/** Both may be infinite. */
const compare = (a: number, b: number) => (a < b ? -1 : a > b ? 1 : 0);

/** Nothing can begin from it. */
const isLost = (state: RowState) => state === 'failed' || state === 'collapsed' || state === 'cancelled';

function standing(
  queue: Queue,
  { id }: PlannedRun,
  stored: Stored | undefined,
  isActive: boolean,
): Pick<QueueRow, 'state' | 'message'> {
  const failure = queue.failures[id];
  if (stored?.status === 'done') return { state: 'done', message: '' };
  if (stored?.status === 'failed' && stored.failure?.code === 'diverged')
    return { state: 'collapsed', message: stored.message };
  if (queue.dropped.includes(id)) return { state: 'cancelled', message: '' };
  if (isActive) return { state: 'running', message: '' };
  if (failure !== undefined) return { state: 'failed', message: failure };
  return { state: stored ? 'begun' : 'waiting', message: '' };
}

/** It has a result, or never gets one. */
export function isOverRow({ state }: QueueRow): boolean {
  return state === 'done' || isLost(state);
}

/** Those that can begin, in order: first what stopped on its way, then what waits and whose origin is done. */
export function readyRows(rows: readonly QueueRow[]): QueueRow[] {
  const done = new Set(rows.flatMap(({ run, state }) => (state === 'done' ? [run.id] : [])));
  const ready = ({ run: { from } }: QueueRow) => !from || from.id === null || done.has(from.id);
  return [
    ...rows.filter(({ state }) => state === 'begun'),
    ...rows.filter((row) => row.state === 'waiting' && ready(row)),
  ];
}

/** The order with one waiting run a place earlier (-1) or later (1) among those that wait; as it was where there is no such place. */
export function moved(rows: readonly QueueRow[], id: string, by: -1 | 1): string[] {
  const ids = rows.map(({ run }) => run.id);
  const waiting = rows.filter(({ state }) => state === 'waiting').map(({ run }) => run.id);
  const other = waiting[waiting.indexOf(id) + by];
  if (!waiting.includes(id) || other === undefined) return ids;
  const [a, b] = [ids.indexOf(id), ids.indexOf(other)];
  [ids[a], ids[b]] = [other, id];
  return ids;
}

/** How many rows stand how. */
export function countStates(rows: readonly QueueRow[]): { readonly [state in RowState]: number } {
  const counts = { waiting: 0, begun: 0, running: 0, done: 0, collapsed: 0, failed: 0, cancelled: 0 };
  for (const { state } of rows) counts[state]++;
  return counts;
}
