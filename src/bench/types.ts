// The words of the benchmark: contestants, measures, replies of the page, and the file of results.

import type { Simd } from '../terms/origin.ts';

/** Where a contestant computes: the processor, or a WebGPU / WebGL adapter of one browser. */
export type AdapterKind = 'cpu' | 'swiftshader' | 'opengles' | 'system';

/** What is timed: one supervised step, one step of the classifier, or one iteration of reinforcement learning. */
export type MeasureKind = 'sft' | 'heads' | 'rl';

/** Parts of an RL iteration, in their order. */
export const PHASES = ['rollout', 'scoring', 'reference', 'update'] as const;
export type Phase = (typeof PHASES)[number];
export type PhaseTimes = { [phase in Phase]: number };

/** Calls to the GPU during one run, counted at the browser's own interface or by the engine. */
export type CallCounts = { dispatches: number; submits: number; uploadBytes: number };

/** A contestant that has started: what it runs on, in words, and the build of our kernels. */
export type Started = { words: string; simd: Simd | null };

/** What one run of a measure gives. */
export type RunResult = {
  ms: number;
  /** Mean -log pi or cross-entropy of the batch before the step (sft, heads). */
  loss: number | null;
  /** Mean log pi of the sampled tokens and mean score of the responses (rl). */
  sampled: { meanLogp: number; meanScore: number } | null;
  phases: PhaseTimes | null;
  counts: CallCounts | null;
};

/** How far a run had come when it was cut off. */
export type Partial = { phases: { [phase in Phase]?: number }; phase: Phase | null; tokens: number };

/** The page's answer to one call on one contestant. */
export type Reply<T> =
  | { kind: 'done'; value: T; ms: number }
  | { kind: 'over-cap'; ms: number; partial: Partial }
  | { kind: 'failed'; error: string };

/** Median with the smallest and largest of `count` runs. */
export type Spread = { median: number; min: number; max: number; count: number };

/**
 * `measured`: warm runs. `cold`: the only run is the first, with compilation in it. `over-cap`: cut off, `ms` is what had passed.
 * `not-tried`: over the cap at a smaller size already. `failed`: an error, in `note`. `skipped`: stopped before its turn.
 */
export type CellState = 'measured' | 'cold' | 'over-cap' | 'not-tried' | 'failed' | 'skipped';

/** One measure of one contestant at one size. */
export type Cell = {
  engine: string;
  adapter: AdapterKind;
  size: string;
  measure: MeasureKind;
  state: CellState;
  note: string;
  /** Milliseconds; of a cut-off run a lower bound. */
  ms: Spread | null;
  runsMs: number[];
  firstMs: number | null;
  losses: number[];
  phases: { [phase in Phase]?: Spread };
  counts: CallCounts | null;
  /** Tokens a second: trained (sft), or sampled (rollout of rl). Of a cut-off rollout an upper bound. */
  tokensPerSecond: number | null;
  gflopPerSecond: number | null;
  /** Share of the measured peak of its adapter. */
  peakShare: number | null;
};

/** A contestant that does not compute the same model is out; `reason` says by how much. */
export type Disqualification = { engine: string; adapter: AdapterKind; size: string; reason: string };

/**
 * What an adapter can do: on the processor products and sums in registers, fused or one after the other, on all threads at the same
 * time and on one; on a graphics adapter a matrix product; each by its median and its fastest. And a copy.
 */
export type Peak = {
  adapter: AdapterKind;
  /** The build of the loop; null on a graphics adapter. */
  simd: 'fused' | 'plain' | null;
  what: string;
  oneThreadGflopPerSecond: number | null;
  gflopPerSecond: number;
  fastestGflopPerSecond: number;
  copyGbPerSecond: number;
};

export type SizeFigures = {
  name: string;
  model: string;
  batch: number;
  parameters: number;
  /** Floating-point operations of a step or an iteration, and of the rollout within it; 0 where there is no such measure. */
  flops: { [measure in MeasureKind]: number } & { rollout: number };
  /** Tokens of an SFT step, and of a rollout. */
  trainedTokens: number;
  sampledTokens: number;
};

export type Verdict = {
  target: string;
  /** null: not enough was measured. */
  met: boolean | null;
  text: string;
};

/** Everything of one run. */
export type Results = {
  kind: 'engine-benchmark';
  date: string;
  quick: boolean;
  interrupted: boolean;
  capMs: number;
  repeats: number;
  machine: { cpu: string; cores: number; memoryGb: number; platform: string; node: string };
  hosts: { adapter: AdapterKind; browser: string; isolated: boolean; webgpu: string; webgl: string }[];
  versions: { [name: string]: string };
  /** What the engine choice `auto` takes, by host. */
  defaults: { adapter: AdapterKind; engine: string; reason: string }[];
  /** Contestants that could not start, with the reason. */
  unavailable: { engine: string; adapter: AdapterKind; reason: string }[];
  adapters: ({ engine: string; adapter: AdapterKind } & Started)[];
  sizes: SizeFigures[];
  peaks: Peak[];
  cells: Cell[];
  disqualified: Disqualification[];
  verdicts: Verdict[];
};
