// How the unit tests run: in Node, with one copy of tfjs.

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** WebGPU in Node reads the environment of its process, and a thread has a copy of its own. */
const GPU = ['tests/**/gpu*.test.ts'];
/** One replaces modules, which must not have been read before; one weighs garbage, and code that others have run is compiled otherwise. */
const ALONE = ['tests/training/reward.test.ts', 'tests/engine/wasmSteps.test.ts'];
/** They run again with the kernels that have fused multiply-add. */
const FUSED = ['gemm', 'kernels', 'attentionKernels', 'wasmModel', 'agreement', 'wasmThreads'].map(
  (name) => `tests/engine/${name}.test.ts`,
);
/** It needs Slurm, and both cores. */
const SLURM = ['tests/slurm/*.test.ts'];
const NO_TESTS = ['tests/browser/**', 'node_modules/**'];

export default defineConfig({
  // tfjs has `main` (CommonJS) and `module` entries; mixing them would load two copies of it.
  resolve: { mainFields: ['module', 'main'] },
  test: {
    environment: 'node',
    // Vitest leaves one core idle, which is half of a small machine.
    maxWorkers: availableParallelism(),
    globalSetup: ['tests/engine/kernelsSetup.ts'],
    // They end a test that hangs; the first test of a file may load tfjs, beside whatever else the machine does.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    server: { deps: { inline: [/@tensorflow/] } },
    projects: [
      {
        // One thread for many files: what they import is read once. A file takes back what it changes for all.
        extends: true,
        test: {
          name: 'together',
          pool: 'threads',
          isolate: false,
          include: ['tests/**/*.test.ts'],
          exclude: [...NO_TESTS, ...GPU, ...ALONE, ...SLURM],
        },
      },
      {
        extends: true,
        test: { name: 'fused', pool: 'threads', isolate: false, include: FUSED, env: { WASM_SIMD: 'fused' } },
      },
      { extends: true, test: { name: 'alone', pool: 'forks', include: ALONE, exclude: NO_TESTS } },
      { extends: true, test: { name: 'slurm', pool: 'forks', include: SLURM, testTimeout: 900_000 } },
      { extends: true, test: { name: 'gpu', pool: 'forks', include: GPU, exclude: NO_TESTS } },
    ],
  },
});
