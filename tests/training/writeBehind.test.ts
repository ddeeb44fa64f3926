// Writing behind: order, coalescing, and what a failed write leaves.

import { expect, test } from 'vitest';
import { MemoryStore, type MetricRow, type RunStore, type SampleBatch } from '../../src/storage/index.ts';
import { writeBehind } from '../../src/training/writeBehind.ts';

const row = (step: number): MetricRow => ({ step, stage: 'sft', iteration: step, values: { loss: step } });
const batch = (step: number) => ({ runId: 'run', step }) as SampleBatch;

/** A store whose writes end when they are told to; `log` says what was begun. */
function slowStore() {
  const log: string[] = [];
  const open: (() => void)[] = [];
  const begin = (what: string) => {
    log.push(what);
    return new Promise<void>((resolve) => open.push(resolve));
  };
  const store = {
    appendMetrics: (_: string, rows: readonly MetricRow[]) => begin(`rows ${rows.map(({ step }) => step)}`),
    putSamples: ({ step }: SampleBatch) => begin(`samples ${step}`),
    getRun: async () => {
      log.push('read');
      return null;
    },
  } as unknown as RunStore;
  const turn = () => new Promise((resolve) => setTimeout(resolve));
  const finish = async () => {
    await turn();
    open.shift()?.();
    await turn();
  };
  return { store, log, finish };
}

test('rows that wait are written together, samples in their order, and a read comes after all', async () => {
  const { store, log, finish } = slowStore();
  const { store: behind } = writeBehind(store);
  await behind.appendMetrics('run', [row(1)]);
  await finish();
  await behind.appendMetrics('run', [row(2)]);
  await behind.appendMetrics('run', [row(3)]);
  await behind.putSamples(batch(3));
  await behind.appendMetrics('run', [row(4)]);
  const read = behind.getRun('run');
  for (let i = 0; i < 5; i++) await finish();
  await read;
  expect(log).toEqual(['rows 1', 'rows 2', 'rows 3,4', 'samples 3', 'read']);
});

test('a store that is too slow is waited for', async () => {
  const { store, finish } = slowStore();
  const { store: behind } = writeBehind(store);
  let done = 0;
  for (let step = 0; step < 8; step++) void behind.putSamples(batch(step)).then(() => done++);
  await finish();
  expect(done).toBeLessThan(8);
  for (let step = 0; step < 8; step++) await finish();
  expect(done).toBe(8);
});

test('a failed write is told by what comes next, and nothing follows it', async () => {
  const memory = new MemoryStore();
  let calls = 0;
  const failing = new Proxy(memory, {
    get: (target, name) =>
      name === 'putSamples'
        ? () => (calls++ === 0 ? Promise.reject(new Error('the disk is full')) : Promise.resolve())
        : Reflect.get(target, name).bind(target),
  }) as RunStore;
  const { store: behind, settle } = writeBehind(failing);
  await behind.putSamples(batch(1));
  await expect(behind.listRuns()).rejects.toThrow('the disk is full');
  await expect(behind.putSamples(batch(2))).rejects.toThrow('the disk is full');
  await expect(settle()).rejects.toThrow('the disk is full');
  expect(calls).toBe(1);
});
