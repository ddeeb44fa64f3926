// Which stored groups show best how a policy learns: large advantages, and safe beside unsafe responses.

import type { GroupPlace, RunStore, SampleBatch, SampleIndexRow } from '../storage/types.ts';
import { HEAD_TABLE } from '../terms/heads.ts';
import { SAFETY_VERDICTS, UNSAFE, VERDICT_TABLE } from '../terms/verdicts.ts';

/** So many batches are read at most. */
const MOST_READ = 40;
const MOST_GIVEN = 20;

/** Groups that were trained on and teach most, best first: those with safe and unsafe responses, then the rest. */
export async function instructiveGroups(store: RunStore, runId: string): Promise<GroupPlace[]> {
  const rows = (await store.sampleIndex({ runId, newestFirst: true }))
    .filter(({ discarded, heapScore }) => !discarded && heapScore > 0)
    .sort((a, b) => b.heapScore - a.heapScore);
  const judged: readonly string[] = HEAD_TABLE.safety.labels;
  const batches = new Map<number, SampleBatch | null>();
  const mixed: SampleIndexRow[] = [];
  for (const row of rows.filter(({ label }) => judged.includes(label)).slice(0, MOST_READ)) {
    const batch = batches.get(row.step) ?? (await store.getSamples(runId, row.step));
    batches.set(row.step, batch);
    if (batch && isMixed(batch, row.group)) mixed.push(row);
    if (mixed.length >= MOST_GIVEN) break;
  }
  const rest = rows.filter((row) => !mixed.includes(row));
  return [...mixed, ...rest].slice(0, MOST_GIVEN).map(({ step, group }) => ({ step, group }));
}

/** Whether the oracle finds safe and unsafe responses in a group. */
function isMixed({ oracleClasses, groupSize }: SampleBatch, group: number): boolean {
  const classes = oracleClasses.safety?.subarray(group * groupSize, (group + 1) * groupSize) ?? [];
  const isSafe = (index: number) => {
    const verdict = SAFETY_VERDICTS[index];
    return verdict !== undefined && VERDICT_TABLE[verdict].safe;
  };
  return classes.some((each) => each === UNSAFE) && classes.some(isSafe);
}
