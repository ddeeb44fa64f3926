// Which variant of a kernel this adapter gets: a short measurement at start, kept for the next visit.

import { extent } from '../../base/numbers.ts';
import { type MeasurementCache, remembered } from '../device/tuningCache.ts';
import type { Gpu } from './gpu.ts';
import { type KernelUse, rowsWord } from './kernel.ts';
import { decodeAttention } from './kernels/decodeAttention.ts';
import { linearBackward, linearForward } from './kernels/matmul.ts';
import { normForward } from './kernels/norm.ts';
import { Program, type ProgramBuffers } from './program.ts';
import { StepBlock } from './stepBlock.ts';
import { PARALLEL, PORTABLE, type Variants } from './variants.ts';

/** Part of the cache key: another number after a change of the kernels measures anew. */
const TUNING_VERSION = 3;

/** Repeats of a use in one submit, and submits of which the fastest counts. */
const REPEATS = 8;
const TRIES = 3;

/** A variant this many times slower on its first try is not tried again. */
const TOO_SLOW = 3;

const ROWS = 512;
const COLS = 128;
const HEADS = 8;
const SLOTS = 64;
/** Of each prompt, which eight slots share. */
const PROMPT_ROWS = 32;
/** Elements of each buffer that the trials write to. */
const ROOM = ROWS * COLS * 8;

/** Where a decode step finds its slots; see `RolloutRegions`. */
const PLACES = {
  slots: 0,
  promptEnd: SLOTS,
  promptStart: 2 * SLOTS,
  promptRows: 3 * SLOTS,
  counts: 0,
  rows: rowsWord('sampleRows'),
};

type Choice = {
  [key in keyof Variants]: { candidates: readonly Variants[key][]; trial(value: Variants[key]): KernelUse[] };
};

/** What is tried, in this order; later trials use what earlier ones chose. */
function choices(chosen: Variants): Choice {
  const sizes = { inCols: COLS, outCols: COLS, transposed: false, bias: false, room: ROWS };
  const rows = rowsWord('sequenceRows');
  /** Input, result of the forward pass or its gradient, and a third matrix. */
  const [x, out, third] = [0, ROWS * COLS, 2 * ROWS * COLS];
  const zeros = { weight: 0, bias: 0, residual: 0, dWeight: 0, dBias: 0, dBiasStride: 0, gain: 0 };
  const backward = (variant: Variants['matmul'], rowsPerPlane: number) => {
    const planes = Math.ceil(ROWS / rowsPerPlane);
    return linearBackward(
      { ...sizes, needsInput: true, accumulate: false, planes, rowsPerPlane, variant },
      { ...zeros, x, dOut: out, dX: third, dWeightStride: COLS * COLS, rows },
    );
  };
  return {
    matmul: {
      candidates: ['registers', 'tiled', 'wide'],
      trial: (variant) => [
        linearForward({ ...sizes, residual: false, variant }, { ...zeros, x, out, rows }),
        backward(variant, chosen.rowsPerPlane),
      ],
    },
    rowsPerPlane: {
      candidates: [PORTABLE.rowsPerPlane, PARALLEL.rowsPerPlane],
      trial: (rowsPerPlane) => [backward(chosen.matmul, Math.min(ROWS, rowsPerPlane / 2))],
    },
    rows: {
      candidates: [PORTABLE.rows, PARALLEL.rows],
      trial: (variant) => [
        normForward({ kind: 'rms', cols: COLS, variant }, { ...zeros, x, out, stats: third, rows }),
      ],
    },
    decode: {
      candidates: [PORTABLE.decode, PARALLEL.decode],
      trial: (variant) => [
        decodeAttention(
          { heads: HEADS, headSize: COLS / HEADS, rope: true, variant },
          { ...PLACES, qkv: 0, out: ROWS * COLS * 3, cache: 0, rope: 0 },
        ),
      ],
    },
  };
}

/**
 * The variants for a device: those given, else those remembered for the adapter, else those that measure fastest.
 * Takes well under a second on a GPU, a few on a software adapter.
 */
export async function chooseVariants(
  gpu: Gpu,
  given: Partial<Variants>,
  cache?: MeasurementCache,
): Promise<Variants> {
  const keys = Object.keys(PORTABLE) as (keyof Variants)[];
  if (keys.every((key) => given[key] !== undefined)) return { ...PORTABLE, ...given };
  const name = `wgsl variants ${TUNING_VERSION}: ${gpu.description}`;
  const known = choices(PORTABLE);
  const kept = await remembered<Variants>(cache, name, (found) =>
    keys.every((key) => (known[key].candidates as readonly unknown[]).includes(found[key])),
  );
  if (kept) return { ...kept, ...given };
  const measured = await measureVariants(gpu, given);
  await cache?.set(name, JSON.stringify(measured)).catch(() => undefined);
  return measured;
}

async function measureVariants(gpu: Gpu, given: Partial<Variants>): Promise<Variants> {
  const chosen: Variants = { ...PORTABLE, ...given };
  const bench = new TrialBench(gpu);
  try {
    for (const key of ['matmul', 'rowsPerPlane', 'rows', 'decode'] as const) {
      if (given[key] === undefined) await choose(bench, chosen, key);
    }
    return chosen;
  } finally {
    bench.dispose();
  }
}

async function choose<K extends keyof Variants>(bench: TrialBench, chosen: Variants, key: K): Promise<void> {
  const { candidates, trial } = choices(chosen)[key];
  const programs = await Promise.all(candidates.map((value) => bench.prepare(trial(value))));
  const best = candidates.map(() => Number.POSITIVE_INFINITY);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    for (const [i, program] of programs.entries()) {
      const fastest = extent(best)[0];
      if (attempt > 0 && best[i] > TOO_SLOW * fastest) continue;
      best[i] = Math.min(best[i], await bench.time(program));
    }
  }
  for (const program of programs) program.dispose();
  chosen[key] = candidates[best.indexOf(extent(best)[0])];
}

type Trial = Program<'uses'>;

/** Buffers for the trials; what is computed does not matter. */
class TrialBench {
  private readonly step: StepBlock;
  private readonly buffers: ProgramBuffers;

  constructor(private readonly gpu: Gpu) {
    const make = (length: number) => gpu.createBuffer(length);
    this.step = new StepBlock(gpu);
    this.step.set({ sequenceRows: ROWS, sampleRows: SLOTS, maxNewTokens: 1 });
    this.step.write();
    this.buffers = {
      arena: make(ROOM),
      parameters: make(COLS * COLS),
      partials: make(8 * COLS * COLS),
      inputs: make(4 * SLOTS),
      state: make(SLOTS),
      cache: make((ROWS + SLOTS) * 2 * COLS),
      rope: make(2 * PROMPT_ROWS * COLS),
      step: this.step.buffer,
    };
    // Slots 0 .., each behind its prompt.
    const inputs = new Uint32Array(4 * SLOTS);
    for (let s = 0; s < SLOTS; s++) {
      inputs[PLACES.slots + s] = s;
      inputs[PLACES.promptEnd + s] = PROMPT_ROWS;
      inputs[PLACES.promptStart + s] = Math.floor(s / 8) * PROMPT_ROWS;
      inputs[PLACES.promptRows + s] = PROMPT_ROWS;
    }
    gpu.write(this.buffers.inputs, 0, inputs);
    gpu.write(this.buffers.state, 0, new Uint32Array(SLOTS).fill(1));
  }

  /** Compiles the uses and runs them once. */
  async prepare(uses: KernelUse[]): Promise<Trial> {
    const program = await Program.create(this.gpu, { uses });
    program.bind(() => this.buffers, 0);
    await this.run(program, 1);
    return program;
  }

  /** Milliseconds of one run. */
  async time(program: Trial): Promise<number> {
    const start = performance.now();
    await this.run(program, REPEATS);
    return (performance.now() - start) / REPEATS;
  }

  private async run(program: Trial, repeats: number): Promise<void> {
    const encoder = this.gpu.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (let i = 0; i < repeats; i++) program.record(pass, 'uses', this.step);
    pass.end();
    this.gpu.submit(encoder);
    await this.gpu.idle();
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
  }
}
