// How many runs of a plan train at the same time here, and how long one of them takes.

import type { EngineIdentity } from '../../../terms/origin.ts';
import type { Session } from '../../session/session.ts';
import type { Opened } from '../../state/lab/openedPlan.ts';
import { type Allocation, allocations, fastest, msAfter } from '../../state/lab/workTime.ts';

/** No stored run was made on it. */
const NO_ENGINE: EngineIdentity = { backend: '', adapter: '', simd: null, threads: null };

/**
 * How many runs train at a time, and the time of one of them (null where nothing tells). Several workers compute on the processor at
 * once; a graphics card has one. `measure` times a step with each number of threads.
 */
export async function chooseAllocation(
  session: Session,
  opened: Opened,
  measure: boolean,
): Promise<{ allocation: Allocation; runMs: number | null }> {
  const device = session.device.value;
  const choices =
    device?.backend === 'wasm'
      ? allocations(navigator.hardwareConcurrency || 1)
      : [{ workers: 1, threads: 0 }];
  const timed: { allocation: Allocation; runMs: number | null }[] = [];
  // By steps timed here alone: a stored run may have shared the processor with others.
  for (const allocation of choices)
    timed.push({ allocation, runMs: await runMs(session, opened, allocation, null, measure) });
  const allocation = fastest(timed);
  const stepMs = timed.find((each) => each.allocation === allocation)?.runMs ?? null;
  return {
    allocation,
    runMs: (device && (await runMs(session, opened, allocation, device, false))) ?? stepMs,
  };
}

/** From stored runs on that device, or from a timed step. */
async function runMs(
  session: Session,
  { expansion }: Opened,
  { threads }: Allocation,
  device: EngineIdentity | null,
  measure: boolean,
): Promise<number | null> {
  const run = expansion.runs.find(({ kind }) => kind === 'cell');
  if (!run) return null;
  const settings = { ...run.settings, wasm_threads: threads };
  const engine = device ? { ...device, threads: threads === 0 ? device.threads : threads } : NO_ENGINE;
  return msAfter(await session.trainer.estimate({ settings, engine, measure }), run.from);
}
