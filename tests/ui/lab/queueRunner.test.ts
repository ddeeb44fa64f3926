// The queue at work, with workers that train nothing: order, pause, faults of a run and of the browser, and several at a time.

import { expect, it } from 'vitest';
import { PlaygroundError } from '../../../src/base/errors.ts';
import { resolvePreset } from '../../../src/config/index.ts';
import { expand, planOfInput } from '../../../src/experiments/plans.ts';
import type { StartRequest, TrainEvent } from '../../../src/protocol/messages.ts';
import type { QueueRecord, RunRecord } from '../../../src/storage/types.ts';
import type { Session } from '../../../src/ui/session/session.ts';
import { withDropped } from '../../../src/ui/state/lab/queueEdits.ts';
import { countStates, queueRows } from '../../../src/ui/state/lab/queueRows.ts';
import { QueueRunner } from '../../../src/ui/views/lab/queueRunner.ts';
import { makeQueue } from '../../storage/records.ts';

const { settings } = resolvePreset('quick');
const expansion = expand(
  planOfInput({
    name: 'x',
    base: { model: 'm', after: 'heads' },
    factors: [{ setting: 'policy_drift_coef', values: [0, 0.1] }],
    seeds: [1, 2],
  }),
  { settings, preset: 'quick', stage: 'heads' },
);

type Stored = Pick<RunRecord, 'status' | 'message' | 'failure'>;
/** What a run does when it is begun; `never`: it trains until it is stopped. */
type Act = 'done' | 'never' | 'diverges' | 'lost' | { refused: PlaygroundError };

/** A page with such a queue; `acts` says by planned run what its tries do, the last one again and again. */
function page(acts: { [planned: string]: Act[] } = {}, workers = 1) {
  let queue: QueueRecord = {
    ...makeQueue('lab-20260101-000000-aaaa', '2026-01-01T00:00:00.000Z'),
    wallMs: {},
  };
  const stored = new Map<string, Stored>();
  const begun: StartRequest[] = [];
  const listeners = new Set<() => void>();
  let most = 0;
  let training = 0;
  const newTrainer = (
    onEvents: (events: TrainEvent[]) => void,
    onDeath: (error: PlaygroundError) => void,
  ) => {
    let running = '';
    const end = (phase: 'done' | 'stopped' | 'failed', more: Partial<Stored> = {}) => {
      training--;
      stored.set(running, { status: phase, message: '', ...more });
      const code = more.failure?.code as 'diverged' | undefined;
      const error = { kind: 'error', runId: running, error: { code, message: 'It is bad.' } };
      onEvents([
        ...(code ? [error as TrainEvent] : []),
        { kind: 'status', runId: running, phase, message: 'It is bad.' },
      ]);
    };
    const start = async (request: StartRequest) => {
      running = request.resumeRunId ?? request.runId ?? '';
      const planned = running.slice(queue.id.length + 1);
      const tries = begun.filter((each) => (each.resumeRunId ?? each.runId) === running).length;
      begun.push(request);
      const mine = acts[planned] ?? ['done'];
      const act = mine[Math.min(tries, mine.length - 1)];
      if (typeof act === 'object') throw act.refused;
      stored.set(running, { status: 'running', message: '' });
      most = Math.max(most, ++training);
      const died = () => {
        training--;
        onDeath(new PlaygroundError('worker-died', 'It is gone.', ''));
      };
      if (act === 'done') setTimeout(() => end('done'));
      if (act === 'diverges') setTimeout(() => end('failed', { failure: { code: 'diverged', details: {} } }));
      if (act === 'lost') setTimeout(died);
      return { runId: running };
    };
    return { api: { start, stop: async () => end('stopped') }, drop: () => undefined };
  };
  const rows = () =>
    queueRows(queue, expansion, stored as Map<string, RunRecord>, (id) => runner.training.value.has(id));
  const change = async (change: (each: QueueRecord) => QueueRecord) => {
    queue = change(queue);
    for (const listener of listeners) queueMicrotask(listener);
  };
  const store = {
    getRun: async (id: string) => stored.get(id) ?? null,
    claimRun: async () => true,
    letGoRun: async () => undefined,
  };
  const session = { store, workers: { newTrainer, endTrainer: () => undefined } } as unknown as Session;
  const runner: QueueRunner = new QueueRunner(session, {
    running: () => (queue.status === 'running' ? queue : null),
    rows,
    presetOf: () => 'quick',
    allocation: async () => ({ workers, threads: 1 }),
    change: (_id, each) => change(each),
    refresh: async () => undefined,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  return { runner, change, rows, begun, queue: () => queue, most: () => most };
}

it('trains every run once, in order, from the stored base, and ends', async () => {
  const { runner, begun, queue, rows, most } = page();
  await runner.run();
  expect(begun.map(({ name }) => name)).toEqual([
    'policy_drift_coef 0, seed 1',
    'policy_drift_coef 0.1, seed 1',
    'policy_drift_coef 0, seed 2',
    'policy_drift_coef 0.1, seed 2',
  ]);
  expect(begun[0]).toMatchObject({ fork: { runId: 'a', stage: 'heads' }, preset: 'quick' });
  expect(begun[0].settings.wasm_threads).toBe(1);
  expect([queue().status, countStates(rows()).done, most()]).toEqual(['ended', 4, 1]);
  expect(Object.keys(queue().wallMs)).toHaveLength(4);
  expect(runner.place.value).toBe('nobody');
});

it('trains as many at a time as there are workers', async () => {
  const { runner, rows, most } = page({}, 3);
  await runner.run();
  expect([countStates(rows()).done, most()]).toEqual([4, 3]);
});

it('a pause stops what is in training, and it goes on from there', async () => {
  const { runner, change, rows, queue, begun } = page({ 'policy_drift_coef-0.1-s1': ['never', 'done'] });
  const running = runner.run();
  await expect.poll(() => countStates(rows()).running === 1 && countStates(rows()).done === 1).toBe(true);
  await change((each) => ({ ...each, status: 'paused' }));
  await running;
  expect(countStates(rows())).toMatchObject({ done: 1, begun: 1, waiting: 2 });
  await change((each) => ({ ...each, status: 'running' }));
  await runner.run();
  expect([queue().status, countStates(rows()).done]).toEqual(['ended', 4]);
  expect(begun[2].resumeRunId).toBe(`${queue().id}-policy_drift_coef-0.1-s1`);
});

it('a cancelled run stops, and the others go on', async () => {
  const { runner, change, rows } = page({ 'policy_drift_coef-0-s1': ['never'] });
  const running = runner.run();
  await expect.poll(() => countStates(rows()).running).toBe(1);
  await change((each) => withDropped(each, rows(), ({ run }) => run.name === 'policy_drift_coef-0'));
  await running;
  expect(countStates(rows())).toMatchObject({ done: 2, cancelled: 2 });
});

it('a collapse is a result, a refusal is named, and both leave the others', async () => {
  const refused = new PlaygroundError('bad-setting', 'It cannot begin.', 'Give another value.');
  const { runner, rows, queue } = page({
    'policy_drift_coef-0-s1': ['diverges'],
    'policy_drift_coef-0-s2': [{ refused }],
  });
  await runner.run();
  expect(countStates(rows())).toMatchObject({ done: 2, collapsed: 1, failed: 1 });
  expect(queue().failures).toEqual({ 'policy_drift_coef-0-s2': 'It cannot begin. Give another value.' });
});

it('a full disk pauses the queue with a sentence', async () => {
  const refused = new PlaygroundError('disk-full', 'The storage is full.', 'Delete old runs.');
  const { runner, rows, queue } = page({ 'policy_drift_coef-0.1-s1': [{ refused }, 'done'] });
  await runner.run();
  expect(queue()).toMatchObject({ status: 'paused', failures: {} });
  expect(queue().message).toMatch('policy_drift_coef 0.1, seed 1: The storage is full. Delete old runs.');
  expect(countStates(rows())).toMatchObject({ done: 1, waiting: 3 });
});

it('a worker that dies is replaced; one that dies again and again fails its run alone', async () => {
  const { runner, rows, begun } = page({
    'policy_drift_coef-0-s1': ['lost', 'done'],
    'policy_drift_coef-0-s2': ['lost'],
  });
  await runner.run();
  expect(countStates(rows())).toMatchObject({ done: 3, failed: 1 });
  expect(begun[1].resumeRunId).toBe(begun[0].runId);
});
