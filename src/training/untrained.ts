// RL stages that have trained nothing, in words: every group of theirs was without a signal.

import type { MetricRow } from '../storage/types.ts';

/** A sentence that names the RL stages without an update of the policy; empty where each has one. */
export function untrainedText(rows: readonly MetricRow[]): string {
  let before = 0;
  const versions = new Map<string, { from: number; to: number }>();
  for (const { stage, values } of rows) {
    const version = values.policy_version;
    if (version === undefined) continue;
    versions.set(stage, { from: versions.get(stage)?.from ?? before, to: version });
    before = version;
  }
  const untrained = [...versions].flatMap(([stage, { from, to }]) => (from === to ? [stage] : []));
  if (untrained.length === 0) return '';
  return ` Nothing was trained in ${untrained.join(' and ')}: in no iteration did the responses of a group earn different rewards. Raise the temperature or the group size, or choose other tasks.`;
}
