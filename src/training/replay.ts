// Replay: which stored groups join a batch. Pure functions of index rows; ties and order never depend on the store.

import type { RandomStream } from '../random/philox.ts';
import type { GroupPlace, SampleIndexRow } from '../storage/types.ts';

/** `none` is on-policy; the others reuse stored groups. */
export const REPLAY_MODES = ['none', 'recent', 'ssr', 'group_heap'] as const;
export type ReplayMode = (typeof REPLAY_MODES)[number];

/** What is needed of a stored group. */
export type ReplayRow = Readonly<
  Pick<SampleIndexRow, 'step' | 'group' | 'policyVersion' | 'maxAbsAdvantage' | 'heapScore'>
>;

export type ReplayRequest = {
  mode: ReplayMode;
  rows: readonly ReplayRow[];
  /** Groups wanted; fewer come back where fewer are eligible. For `group_heap`: the zero-variance groups to replace. */
  count: number;
  /** Version of the policy that is about to be updated. */
  policyVersion: number;
  /** Largest allowed age in policy versions. */
  staleness: number;
  /**
   * Last step that may be used. A resumed run passes the last step that it has done itself, so that it never sees
   * samples that were stored after its checkpoint.
   */
  maxStep?: number;
  stream: RandomStream;
};

/** Rows young enough and not from the future, oldest first: the order in which random numbers are used. */
function eligibleRows(request: ReplayRequest): ReplayRow[] {
  const { rows, policyVersion, staleness, maxStep = Infinity } = request;
  return rows
    .filter((row) => row.step <= maxStep)
    .filter((row) => row.policyVersion <= policyVersion && policyVersion - row.policyVersion <= staleness)
    .sort((a, b) => a.step - b.step || a.group - b.group);
}

/** The stored groups that join the batch, without repetition. */
export function selectReplay(request: ReplayRequest): GroupPlace[] {
  const { mode, count, stream } = request;
  if (mode === 'none' || count <= 0) return [];
  const rows = eligibleRows(request);
  return pick(mode, rows, Math.floor(count), stream).map(({ step, group }) => ({ step, group }));
}

function pick(mode: ReplayMode, rows: ReplayRow[], count: number, stream: RandomStream): ReplayRow[] {
  switch (mode) {
    case 'none':
      return [];
    case 'recent':
      // A group without a signal taught nothing then and would teach format noise now.
      return rows
        .filter((row) => row.maxAbsAdvantage > 0)
        .sort(newestFirst)
        .slice(0, count);
    case 'ssr':
      return draw(rows, (row) => row.maxAbsAdvantage, count, stream);
    case 'group_heap':
      return draw(rows, (row) => row.heapScore, count, stream);
  }
}

function newestFirst(a: ReplayRow, b: ReplayRow): number {
  return b.step - a.step || a.group - b.group;
}

/**
 * Draws groups without replacement, each time with p ~ weight over those that are left; groups of weight 0 are never drawn.
 *
 * `ssr` (VL-Rethinker, arXiv 2504.08837): weight |A|, the largest of the group. VL-Rethinker draws samples, not groups: with
 * advantages divided by the std of their group the largest of each are alike, so that the draw is nearly uniform over groups with
 * spread. `group_heap` (TRL's replay buffer): weight sum |A| x std of the rewards.
 */
function draw(
  rows: readonly ReplayRow[],
  weightOf: (row: ReplayRow) => number,
  count: number,
  stream: RandomStream,
): ReplayRow[] {
  const left = rows.filter((row) => weightOf(row) > 0);
  const drawn: ReplayRow[] = [];
  while (drawn.length < count && left.length > 0) {
    const index = stream.weighted(left.map(weightOf));
    drawn.push(left[index]);
    left.splice(index, 1);
  }
  return drawn;
}
