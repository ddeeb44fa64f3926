// What the benchmark's tests share: runs, cells and results with the fields that a test names.

import { sizeFigures } from '../../src/bench/flops.ts';
import { SIZES } from '../../src/bench/task.ts';
import type { AdapterKind, Cell, MeasureKind, Peak, Results, RunResult } from '../../src/bench/types.ts';
import type { SequenceBatch } from '../../src/engine/types.ts';

export function runOf(over: globalThis.Partial<RunResult>): RunResult {
  return { ms: 1, loss: null, sampled: null, phases: null, counts: null, ...over };
}

type CellOptions = {
  median: number;
  state?: Cell['state'];
  adapter?: AdapterKind;
  tokensPerSecond?: number;
  peakShare?: number;
};

export function cellOf(engine: string, size: string, measure: MeasureKind, options: CellOptions): Cell {
  const { median, state = 'measured', adapter = 'cpu', tokensPerSecond = null, peakShare = null } = options;
  return {
    engine,
    adapter,
    size,
    measure,
    state,
    note: '',
    ms: { median, min: median, max: median, count: 1 },
    runsMs: [median],
    firstMs: null,
    losses: [],
    phases: {},
    counts: { dispatches: 12, submits: 2, uploadBytes: 34_000 },
    tokensPerSecond,
    gflopPerSecond: 1,
    peakShare,
  };
}

/** Items of `time` tokens, with a picture where it says 1. */
export function batchOf(time: number, hasImage: readonly number[]): SequenceBatch {
  const batch = hasImage.length;
  const lengths = new Int32Array(batch).fill(time);
  const tokens = new Int32Array(batch * time);
  return { batch, time, tokens, lengths, patches: null, hasImage: Uint8Array.from(hasImage) };
}

/** A peak of the processor. */
export function peakOf(simd: Peak['simd'], gflopPerSecond: number): Peak {
  return {
    ...{ adapter: 'cpu', simd, what: 'a loop', gflopPerSecond },
    ...{ oneThreadGflopPerSecond: gflopPerSecond / 2, fastestGflopPerSecond: gflopPerSecond + 3 },
    copyGbPerSecond: 10,
  };
}

/** A run over two sizes with ours, a bound, and a name that needs escaping. */
export function resultsOf(over: globalThis.Partial<Results> = {}): Results {
  return {
    kind: 'engine-benchmark',
    date: '2026-01-02 03:04',
    quick: true,
    interrupted: false,
    capMs: 6000,
    repeats: 3,
    machine: { cpu: 'A <CPU> | 1', cores: 2, memoryGb: 8, platform: 'linux', node: 'v20' },
    hosts: [],
    versions: { playground: '1' },
    defaults: [],
    unavailable: [{ engine: 'wgsl', adapter: 'swiftshader', reason: 'no such engine' }],
    adapters: [],
    sizes: SIZES.slice(0, 2).map(sizeFigures),
    peaks: [peakOf('fused', 50)],
    cells: [
      cellOf('wasm', 'tiny', 'sft', { median: 12 }),
      cellOf('wasm', 'small-b16', 'sft', { median: 24 }),
      cellOf('tfjs-webgpu', 'tiny', 'sft', { median: 6000, state: 'over-cap', adapter: 'swiftshader' }),
      cellOf('tfjs-wasm', 'tiny', 'rl', { median: 300, tokensPerSecond: 40 }),
    ],
    disqualified: [{ engine: 'tfjs-wasm', adapter: 'cpu', size: 'tiny', reason: 'loss is 7' }],
    verdicts: [{ target: 'be fast', met: true, text: '9x' }],
    ...over,
  };
}
