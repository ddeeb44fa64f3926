// Whether the work of a run fits into the linear memory, by the plans that it will be done with.

import { PlaygroundError } from '../../base/errors.ts';
import { formatBytes } from '../../base/format.ts';
import { sum } from '../../base/numbers.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { makePlan } from '../plan/plan.ts';
import { decodeCounts, roomyShape } from '../plan/planShape.ts';
import { cacheLength, shapeOf, type Workload, workloadName } from '../workload.ts';

/** Parameters, gradients and two moments. */
const COPIES = 4;

/** Bytes of one kind of work: its arena, and the cache of keys and values of a rollout. */
function workBytes(work: Workload): { arena: number; cache: number } {
  const { spec, kind, rollout } = work;
  const whole = makePlan(spec.full, shapeOf(work), kind).size;
  const decode =
    rollout && spec.decode
      ? makePlan(spec.decode, roomyShape(decodeCounts(rollout.samples)), 'inference').size
      : 0;
  return { arena: 4 * Math.max(whole, decode), cache: 4 * cacheLength(work) };
}

/** What there can be at most, and what the engine has taken of it for itself. */
type Room = { mostBytes: number; takenBytes: number };

/**
 * Models have memory of their own; the arena is as large as the largest plan, and the cache stays beside it.
 * @throws PlaygroundError `out-of-memory` that names the largest work and what makes it smaller.
 */
export function requireRoom(
  { mostBytes, takenBytes }: Room,
  models: readonly ModelSpec[],
  work: readonly Workload[],
): void {
  const own = takenBytes + sum(models.map(({ layout }) => 4 * COPIES * layout.size));
  const needs = work.map((each) => ({ each, ...workBytes(each) }));
  const cache = needs.reduce((most, need) => Math.max(most, need.cache), 0);
  for (const { each, arena } of needs.sort((a, b) => b.arena + b.cache - a.arena - a.cache)) {
    const bytes = own + cache + arena;
    if (bytes <= mostBytes) continue;
    throw new PlaygroundError(
      'out-of-memory',
      `${workloadName(each)} needs about ${formatBytes(bytes)} of compute memory with the models of the run, and there are at most ${formatBytes(mostBytes)}.`,
      each.advice,
      { bytes, mostBytes, batch: each.batch },
    );
  }
}
