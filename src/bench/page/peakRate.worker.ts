// One thread of the processor's arithmetic peak: products and sums in registers for a given time.

import { expose } from 'comlink';
import { loadKernels } from '../../engine/wasm/kernels.ts';
import { LinearMemory } from '../../engine/wasm/memory.ts';
import { timed } from '../statistics.ts';

/** About a millisecond: long enough for the clock, short enough for many. */
const ROUNDS = 400_000;
/** A product and a sum in four lanes. */
const OPERATIONS = 8;

/** GFLOP/s of the loop over `durationMs`: of the median call and of the fastest. */
export async function peakRate(
  fused: boolean,
  durationMs: number,
): Promise<{ median: number; fastest: number }> {
  const memory = new LinearMemory();
  const kernels = await loadKernels(memory.memory, { shared: false, fused });
  memory.reserve(kernels.heapBase());
  const { pointer } = memory.allocate(4);
  let chains = 0;
  const run = () => {
    chains = kernels.peakLoop(ROUNDS, pointer);
  };
  // Compiled at first without care; the better code comes after some calls.
  await timed(run, durationMs / 4);
  const spread = await timed(run, durationMs);
  const rate = (ms: number) => (chains * OPERATIONS * ROUNDS) / ms / 1e6;
  return { median: rate(spread.median), fastest: rate(spread.min) };
}

expose(peakRate);
