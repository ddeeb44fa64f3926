// A train worker of a queue: trains one run after the other, and says how each ended.

import { signal } from '@preact/signals';
import { asPlaygroundError, type ErrorCode } from '../../../base/errors.ts';
import type { ProgressEvent, StartRequest, TrainControl, TrainEvent } from '../../../protocol/messages.ts';
import { OtherTabs } from '../../session/otherTabs.ts';
import type { Session } from '../../session/session.ts';
import type { WorkerClient } from '../../session/workerClient.ts';

/** `lost`: its worker or device went away; it can go on from its last checkpoint. */
export type Ending = {
  how: 'done' | 'stopped' | 'failed' | 'lost';
  code?: ErrorCode;
  message: string;
};

/** Seconds without an answer after which a start is given up, as for the run on view. */
const MOST_BEGIN_MS = 120_000;

export class CellTrainer {
  /** Of the run in training; null while there is none, or it has said nothing yet. */
  readonly progress = signal<ProgressEvent | null>(null);
  readonly #session: Session;
  readonly #worker: WorkerClient<TrainControl>;
  /** A line of its own, so that the view Train of this tab can watch the run as other tabs do. */
  readonly #watchers: OtherTabs;
  #runId = '';
  #error: { code: ErrorCode; message: string } | null = null;
  #end: (ending: Ending) => void = () => undefined;

  constructor(session: Session) {
    this.#session = session;
    this.#watchers = new OtherTabs(session.store);
    this.#worker = session.workers.newTrainer(
      (events) => this.#receive(events),
      (error) => this.#end({ how: 'lost', code: error.code, message: error.message }),
    );
  }

  /** Resolves when the run has ended; never rejects. */
  async train(request: StartRequest): Promise<Ending> {
    this.#error = null;
    this.#runId = request.resumeRunId ?? request.runId ?? '';
    const ended = new Promise<Ending>((resolve) => (this.#end = resolve));
    const late = setTimeout(() => this.#worker.drop('the run did not begin in time'), MOST_BEGIN_MS);
    try {
      await this.#worker.api.start(request);
    } catch (thrown) {
      const { code, message, hint } = asPlaygroundError(thrown);
      const how = code === 'worker-died' ? 'lost' : 'failed';
      return { how, code, message: `${message} ${hint}`.trim() };
    } finally {
      clearTimeout(late);
    }
    const ending = await ended;
    this.progress.value = null;
    return ending;
  }

  /** The run in training ends with a checkpoint. */
  async stop(): Promise<void> {
    // A worker that has died has no run to stop.
    await this.#worker.api.stop().catch(() => undefined);
  }

  /** Ends the worker; the next run gets another one, with another device. */
  drop(): void {
    this.#worker.drop('another one takes its place', true);
  }

  close(): void {
    this.#session.workers.endTrainer(this.#worker);
  }

  #receive(events: readonly TrainEvent[]): void {
    this.#watchers.publish(events);
    for (const event of events) {
      if (event.runId !== this.#runId) continue;
      if (event.kind === 'progress') this.progress.value = event;
      if (event.kind === 'error') this.#error = event.error;
      if (event.kind === 'status') this.#said(event.phase, event.message);
    }
  }

  #said(phase: string, message: string): void {
    if (phase === 'done' || phase === 'stopped') this.#end({ how: phase, message });
    if (phase !== 'failed') return;
    const code = this.#error?.code;
    this.#end({
      how: code === 'device-lost' || code === 'worker-died' ? 'lost' : 'failed',
      ...(code && { code }),
      message,
    });
  }
}
