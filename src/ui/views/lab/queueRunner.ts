// Works through the queue: as many runs at a time as there are workers, in one tab alone, until it is paused or nothing can begin.

import { signal } from '@preact/signals';
import type { ErrorCode } from '../../../base/errors.ts';
import { holdLock } from '../../../protocol/locks.ts';
import type { StartRequest } from '../../../protocol/messages.ts';
import type { QueueRecord } from '../../../storage/types.ts';
import { QUEUE_LOCK, queuedRunId } from '../../../terms/run.ts';
import type { Session } from '../../session/session.ts';
import { type QueueRow, readyRows } from '../../state/lab/queueRows.ts';
import type { Allocation } from '../../state/lab/workTime.ts';
import { CellTrainer, type Ending } from './cellTrainer.ts';

/** What the runner needs of the model of the view. */
export type QueueSource = {
  /** The queue that is to run; null where there is none. */
  running: () => QueueRecord | null;
  rows: (queue: QueueRecord) => readonly QueueRow[];
  presetOf: (queue: QueueRecord) => string;
  allocation: (queue: QueueRecord) => Promise<Allocation>;
  change: (id: string, change: (queue: QueueRecord) => QueueRecord) => Promise<void>;
  /** Reads runs and queues from the store, and the results of runs that have ended. */
  refresh: () => Promise<void>;
  /** Calls back at every change of a queue; returns the way to end it. */
  onChange: (listener: () => void) => () => void;
};

/** Faults of this browser and not of the run: the next one would meet them too. */
const PAUSES: readonly ErrorCode[] = [
  'disk-full',
  'storage-unavailable',
  'not-loaded',
  'no-device',
  'not-found',
];
/** A worker or device that goes away so often in one run will do so again. */
const MOST_LOSSES = 3;
/** Between two looks at a queue of another tab, or at a run that is held. */
const LOOK_MS = 2000;

const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export class QueueRunner {
  /** Who works through the queue that is to run. */
  readonly place = signal<'nobody' | 'here' | 'elsewhere'>('nobody');
  /** By id of the stored run. */
  readonly training = signal<ReadonlyMap<string, CellTrainer>>(new Map());
  /** Of the queue that runs here; null before it is chosen. */
  readonly allocation = signal<Allocation | null>(null);
  readonly #session: Session;
  readonly #queues: QueueSource;
  #driving = false;

  constructor(session: Session, queues: QueueSource) {
    this.#session = session;
    this.#queues = queues;
  }

  /** Resolves when the queue is paused or ended; at once where it runs here already. */
  async run(): Promise<void> {
    if (this.#driving) return;
    this.#driving = true;
    const trainers: CellTrainer[] = [];
    let release: (() => void) | null = null;
    try {
      release = await this.#own();
      const queue = this.#queues.running();
      if (!release || !queue) return;
      this.place.value = 'here';
      const allocation = await this.#queues.allocation(queue);
      this.allocation.value = allocation;
      for (let i = 0; i < allocation.workers; i++) trainers.push(new CellTrainer(this.#session));
      await this.#drive(trainers, allocation.threads);
    } finally {
      for (const trainer of trainers) trainer.close();
      release?.();
      this.#driving = false;
      this.place.value = 'nobody';
      await this.#queues.refresh();
    }
    // It may have been taken up again while the last run ended.
    if (this.#queues.running()) await this.run();
  }

  /** The queue for this tab alone; waits while another one has it. Null where it is to run no more. */
  async #own(): Promise<(() => void) | null> {
    const { store } = this.#session;
    for (;;) {
      const held = await holdLock(QUEUE_LOCK);
      if (typeof held === 'function') return held;
      if (held === null && (await store.claimRun(QUEUE_LOCK)))
        return () => void store.letGoRun(QUEUE_LOCK).catch(() => undefined);
      this.place.value = 'elsewhere';
      await rest(LOOK_MS);
      await this.#queues.refresh();
      if (!this.#queues.running()) return null;
    }
  }

  async #drive(trainers: readonly CellTrainer[], threads: number): Promise<void> {
    const free = [...trainers];
    const pending = new Map<string, Promise<void>>();
    await this.#queues.refresh();
    for (;;) {
      const queue = this.#queues.running();
      const changed = this.#nextChange();
      const rows = queue ? this.#queues.rows(queue) : [];
      // Its base is gone, which the view says: what has no runs is not done.
      const end = rows.length > 0 ? 'ended' : 'paused';
      for (const [runId, trainer] of this.training.value) {
        const row = rows.find((each) => each.runId === runId);
        if (!row || row.state === 'cancelled') void trainer.stop();
      }
      const ready = readyRows(rows).filter(({ runId }) => !pending.has(runId));
      for (const row of ready.slice(0, free.length)) {
        const trainer = free.pop() as CellTrainer;
        const work = this.#train(queue as QueueRecord, row, trainer, threads).finally(() => {
          pending.delete(row.runId);
          free.push(trainer);
        });
        pending.set(row.runId, work);
      }
      if (pending.size === 0) {
        changed.end();
        if (queue) await this.#queues.change(queue.id, (each) => ({ ...each, status: end }));
        return;
      }
      await Promise.race([...pending.values(), changed.promise]);
      changed.end();
    }
  }

  #nextChange(): { promise: Promise<void>; end: () => void } {
    let resolve = (): void => undefined;
    const promise = new Promise<void>((settle) => (resolve = settle));
    return { promise, end: this.#queues.onChange(() => resolve()) };
  }

  async #train(queue: QueueRecord, row: QueueRow, trainer: CellTrainer, threads: number): Promise<void> {
    const { runId, run } = row;
    const startedAt = performance.now();
    let whole = row.state === 'waiting';
    this.#mark(runId, trainer);
    let ending: Ending = { how: 'lost', message: '' };
    for (let tries = 0; ending.how === 'lost' && tries < MOST_LOSSES; tries++) {
      if (tries > 0) {
        whole = false;
        trainer.drop();
      }
      const isStored = (await this.#session.store.getRun(runId)) !== null;
      ending = await trainer.train({
        ...requestOf(queue, row, threads, isStored),
        preset: this.#queues.presetOf(queue),
      });
    }
    // What is stored is read before the row is free again, so that it is not taken for one that stopped on its way.
    await this.#queues.refresh();
    this.#mark(runId, null);
    const wallMs = Math.round(performance.now() - startedAt);
    if (ending.how === 'done' && whole)
      await this.#queues.change(queue.id, (each) => ({
        ...each,
        wallMs: { ...each.wallMs, [run.id]: wallMs },
      }));
    if (ending.how === 'failed' || ending.how === 'lost') await this.#failed(queue.id, row, ending);
  }

  /** A run that diverged has a result; what this browser lacks pauses the queue; the rest is the run's own fault. */
  async #failed(queueId: string, { run, title }: QueueRow, { code, message }: Ending): Promise<void> {
    if (code === 'diverged') return;
    // Another tab trains it by hand, or its worker has not let go of it yet.
    if (code === 'busy') return await rest(LOOK_MS);
    await this.#queues.change(queueId, (queue) =>
      code && PAUSES.includes(code)
        ? { ...queue, status: 'paused', message: `${title}: ${message}` }
        : { ...queue, failures: { ...queue.failures, [run.id]: message } },
    );
  }

  #mark(runId: string, trainer: CellTrainer | null): void {
    const next = new Map(this.training.value);
    if (trainer) next.set(runId, trainer);
    else next.delete(runId);
    this.training.value = next;
  }
}

function requestOf(
  { id, baseRunId }: QueueRecord,
  { run, runId, title }: QueueRow,
  threads: number,
  isStored: boolean,
): Omit<StartRequest, 'preset'> {
  const settings = { ...run.settings, wasm_threads: threads };
  const request = { settings, name: title };
  if (isStored) return { ...request, resumeRunId: runId };
  const { from } = run;
  const origin = from && (from.id === null ? baseRunId : queuedRunId(id, from.id));
  return {
    ...request,
    runId,
    ...(from && origin !== null && { fork: { runId: origin, stage: from.stage } }),
  };
}
