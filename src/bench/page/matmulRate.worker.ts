// One thread of the processor's matrix-product peak: multiplies for a given time and tells how fast it was.

import { expose } from 'comlink';
import { loadKernels } from '../../engine/wasm/kernels.ts';
import { LinearMemory } from '../../engine/wasm/memory.ts';
import { timed } from '../statistics.ts';

const SIDE = 512;
const BLOCK_SCRATCH = 1 << 20;

/** GFLOP/s of our wasm matrix kernel over `durationMs`, at side 512: of the median product and of the fastest. The first warms up. */
export async function matmulRate(durationMs: number): Promise<{ median: number; fastest: number }> {
  const memory = new LinearMemory();
  const kernels = await loadKernels(memory.memory);
  memory.reserve(kernels.heapBase());
  const area = SIDE * SIDE;
  const parts = [area, area, area, BLOCK_SCRATCH].map((length) => memory.allocate(length));
  const [a, b, c, scratch] = parts.map(({ pointer }) => pointer);
  for (const part of parts.slice(0, 2)) memory.f32(part).fill(0.5);
  const run = () => kernels.gemm(SIDE, SIDE, SIDE, a, SIDE, 1, b, SIDE, c, SIDE, 0, 0, 0, scratch);
  const spread = await timed(run, durationMs);
  const rate = (ms: number) => (2 * SIDE ** 3) / ms / 1e6;
  return { median: rate(spread.median), fastest: rate(spread.min) };
}

expose(matmulRate);
