// PyTorch as a contestant: the lines it is spoken to by, with a stand-in for Python, and its numbers against ours where it is there.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Agreement } from '../../src/bench/agreement.ts';
import { ENGINES } from '../../src/bench/engines.ts';
import { rlIteration, steps } from '../../src/bench/page/contestant.ts';
import { startOurs } from '../../src/bench/page/ours.ts';
import { SIZES } from '../../src/bench/task.ts';
import { TorchHost } from '../../src/bench/torch/host.ts';
import { taskFile, uniformsOf } from '../../src/bench/torch/taskFile.ts';
import type { MeasureKind, Reply, RunResult, Started } from '../../src/bench/types.ts';
import { workOf } from '../../src/bench/worldWork.ts';
import { decodeSafetensors } from '../../src/storage/index.ts';

const [TINY] = SIZES;
const WORLD: (typeof SIZES)[number] = { name: 'quick-tiny', model: 'tiny', batch: 64, world: true };

describe('what PyTorch is given', () => {
  it('holds weights, batches and the numbers of a rollout', () => {
    const work = workOf(TINY);
    const { bytes, task } = taskFile(work);
    const tensors = decodeSafetensors(bytes);
    expect(tensors['policy.text.embedding'].shape).toEqual([243, 32]);
    expect(tensors['scorer.output.classes.weight'].shape).toEqual([32, 3]);
    expect(tensors['sft.0.tokens'].data).toEqual(work.sft[0].batch.tokens);
    expect(tensors['prompts.patches'].shape).toEqual([4, 9, 192]);
    expect(task.counts).toEqual({ sft: 1, heads: 0, scoring: 0, reference: 0, update: 0 });
    expect(taskFile(workOf(WORLD)).task.counts).toEqual({
      sft: 4,
      heads: 4,
      scoring: 1,
      reference: 1,
      update: 4,
    });
    const uniforms = uniformsOf(work, 0);
    expect(uniforms).toHaveLength(24 * 32);
    expect(new Set(uniforms).size).toBeGreaterThan(24 * 31);
    expect(uniformsOf(work, 1)).not.toEqual(uniforms);
  });
});

/** Answers as the Python script does; the round says how. */
const STAND_IN = `
process.stdout.write('{"ready": "1"}\\n');
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const call = JSON.parse(line);
  if (call.round === 9) return;
  if (call.round === 8) process.exit(3);
  const answer = call.round === 7 ? { error: 'RuntimeError: no room' } : { value: call };
  process.stdout.write(JSON.stringify(answer) + '\\n');
});
`;

describe('the lines of JSON', () => {
  let folder = '';
  let script = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'torch-test-'));
    script = join(folder, 'standIn.cjs');
    writeFileSync(script, STAND_IN);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const call = (host: TorchHost, name: string, args: readonly unknown[], capMs = 30_000) =>
    host.call<{ [name: string]: unknown }>('torch-cpu', name, args, capMs);

  it('start a process and run measures in it, and tell its errors and its end', async () => {
    const host = new TorchHost(2, [process.execPath], script);
    const start = () => call(host, 'start', ['torch-cpu', TINY]);
    expect(await start()).toMatchObject({ kind: 'done', value: { device: 'cpu', threads: 2 } });
    expect(await call(host, 'run', ['sft', 0])).toMatchObject({ kind: 'done', value: { uniforms: [] } });
    const rl = await call(host, 'run', ['rl', 1]);
    expect(rl.kind === 'done' && rl.value.uniforms).toEqual(uniformsOf(workOf(TINY), 1));
    expect(await call(host, 'run', ['sft', 7])).toEqual({ kind: 'failed', error: 'RuntimeError: no room' });
    await start();
    expect(await call(host, 'run', ['sft', 8])).toMatchObject({
      kind: 'failed',
      error: expect.stringMatching(/has ended/),
    });
    await start();
    expect(await call(host, 'run', ['sft', 9], 50)).toMatchObject({ kind: 'over-cap' });
    expect(await call(host, 'run', ['sft', 0])).toEqual({
      kind: 'failed',
      error: 'PyTorch has not been started',
    });
    await start();
    const waiting = call(host, 'run', ['sft', 9]);
    host.abort();
    expect(await waiting).toMatchObject({ kind: 'over-cap' });
  });

  it('say in one sentence what is missing', async () => {
    const host = new TorchHost(1, ['no-such-python'], script);
    expect(await call(host, 'start', ['torch-cpu', TINY])).toEqual({
      kind: 'failed',
      error: 'there is no no-such-python. On Debian: apt-get install python3-torch libopenblas0-openmp.',
    });
  });
});

const hasTorch = ['python3', '/usr/bin/python3'].some(
  (name) => spawnSync(name, ['-c', 'import torch, numpy']).status === 0,
);

describe.skipIf(!hasTorch)('PyTorch (skipped where python3 has none)', () => {
  it.each([TINY, WORLD])(
    'computes what our engine computes: $name',
    async (size) => {
      const host = new TorchHost(1);
      const done = <T>(reply: Reply<T>): T => {
        if (reply.kind !== 'done') throw new Error(JSON.stringify(reply));
        return reply.value;
      };
      const { words } = done(await host.call<Started>('t', 'start', ['torch-cpu', size], 60_000));
      expect(words).toContain('PyTorch');
      const ours = await startOurs(ENGINES[0], size);
      const work = workOf(size);
      const agreement = new Agreement();
      const runs: { [measure in MeasureKind]: (round: number) => Promise<Omit<RunResult, 'counts'>> } = {
        sft: () => steps(work.sft, (batch) => ours.sftStep(batch)),
        heads: () => steps(work.heads, (batch) => ours.headsStep(batch)),
        rl: (round) => rlIteration(ours, work, round, () => undefined),
      };
      for (const measure of size.world ? (['sft', 'heads', 'rl'] as const) : (['sft', 'rl'] as const)) {
        await ours.reset();
        for (const round of [0, 1]) {
          const own = { ...(await runs[measure](round)), counts: null };
          const theirs = done(await host.call<RunResult>('t', 'run', [measure, round], 60_000));
          expect(agreement.check(measure, round, own)).toBeNull();
          expect(agreement.check(measure, round, theirs)).toBeNull();
        }
      }
      await host.close();
    },
    120_000,
  );
});
