// Resumes a run whose tab, worker, store or device died, or watches it where another tab trains it.

import type { Signal } from '@preact/signals';
import {
  asPlaygroundError,
  type ErrorCode,
  type PlaygroundError,
  type WireError,
} from '../../base/errors.ts';
import type { TrainEvent } from '../../protocol/messages.ts';
import type { RunRecord } from '../../storage/types.ts';
import { queueOfRun } from '../../terms/run.ts';
import type { AlertAction } from '../state/alerts.ts';
import { isActive, type RunState } from '../state/run/runState.ts';
import type { Connections } from './connections.ts';
import type { RunLibrary } from './library.ts';
import type { Notices } from './notices.ts';
import { heldRuns } from './otherTabs.ts';
import { ResumeMessages, type ResumeOptions } from './resumeMessages.ts';
import { MAX_LOSSES, Retries } from './retries.ts';
import type { RunStarter } from './runStarter.ts';
import { resumesByItself } from './tabMemory.ts';

/** A failure of what the run is computed on or stored with, and not of the run: it can be taken up again. */
const RECOVERABLE: readonly ErrorCode[] = ['device-lost', 'worker-died'];
/** Time for the death of the other worker to be noticed, before the next try. */
const PAUSE_MS = 400;
const RELEASE_MS = 50;
const RELEASE_TRIES = 20;

export type AutoResumeParts = {
  shown: Signal<RunState>;
  connections: Connections;
  stored: RunLibrary;
  starter: RunStarter;
  notices: Notices;
  /** The run that this tab had on view before it was reloaded. */
  viewedBefore: string | null;
  /** Runs a command of the user. */
  act: (command: () => Promise<unknown>) => Promise<void>;
  /** Shows a run that another tab trains. */
  watch: (runId: string) => Promise<void>;
};

/** A worker that was ended still holds its run for a moment. A run that stays held is trained in another tab. */
async function released(runId: string, { store }: Connections): Promise<void> {
  for (let tries = 0; tries < RELEASE_TRIES && (await heldRuns(store)).has(runId); tries++)
    await new Promise((resolve) => setTimeout(resolve, RELEASE_MS));
}

export class AutoResume {
  readonly #parts: AutoResumeParts;
  readonly #messages: ResumeMessages;
  readonly #retries = new Retries();
  #resuming = false;
  /** The run that stopped for want of room, and how many runs there were. */
  #cramped: { runId: string; runs: number } | null = null;

  constructor(parts: AutoResumeParts) {
    this.#parts = parts;
    const { notices, act, watch, starter, connections } = parts;
    this.#messages = new ResumeMessages(notices, {
      goOn: (runId) => void act(() => starter.goOn(runId)),
      retry: (runId) => {
        this.forget();
        void act(() => this.resume(runId, 'You asked for it.'));
      },
      pause: () => void act(() => connections.trainer.pause()),
      watch: (runId) => void act(() => watch(runId)),
    });
  }

  /** On opening the page: takes up the run that this tab, or a tab that is gone, was training. Those of a queue are left to it. */
  async takeUp(): Promise<void> {
    const { stored, watch } = this.#parts;
    const unfinished = stored.runs.value.filter(
      ({ id, status, trashedAt }) =>
        trashedAt === undefined && queueOfRun(id) === null && (status === 'running' || status === 'paused'),
    );
    if (unfinished.length === 0) return;
    const held = await heldRuns(this.#parts.connections.store);
    const mine = unfinished.find(({ id }) => id === this.#parts.viewedBefore);
    if (mine && held.has(mine.id)) return await watch(mine.id);
    const free = unfinished.filter(({ id }) => !held.has(id));
    const run = mine ?? free.find(({ status }) => status === 'running') ?? free[0];
    if (!run) this.#messages.elsewhere(unfinished[0]);
    else if (run.driven || !resumesByItself())
      await this.#offer(run, run.status === 'paused' ? 'is paused' : 'was interrupted', !run.driven);
    else if (run.status === 'running')
      await this.resume(run.id, 'The page was closed or reloaded while it was training.');
    // What was paused here stands here again, so that the same key goes on with it.
    else if (run === mine)
      await this.resume(run.id, 'The page was closed or reloaded while it was paused.', true);
    else await this.#offer(run, 'is paused');
  }

  /** A tab has let go of a run that is watched here. */
  async takeOver(runId: string): Promise<void> {
    const { stored, shown } = this.#parts;
    await stored.refresh();
    const run = this.#record(runId);
    if (shown.value.runId !== runId) return;
    const isFree = run?.status === 'running' && queueOfRun(runId) === null;
    if (run && isFree && !run.driven && resumesByItself())
      return await this.resume(runId, 'The tab that trained it was closed.');
    shown.value = run ? await stored.state(runId) : { ...shown.value, phase: 'stopped' };
    if (run && (isFree || run.status === 'paused')) await this.#offer(run, 'was left by the other tab');
  }

  /** True where the death of the train worker is taken in hand. */
  trainerDied(error: PlaygroundError): boolean {
    if (this.#resuming) return true;
    const { runId, phase } = this.#parts.shown.value;
    if (!isActive(phase) || runId === null || this.#parts.starter.driven) return false;
    this.#report(this.resume(runId, error.message, phase === 'paused'));
    return true;
  }

  /** True for errors that are taken in hand once the run has ended of them. */
  takes(error: { code: ErrorCode }): boolean {
    return RECOVERABLE.includes(error.code) && !this.#parts.starter.driven;
  }

  /** True for what was thrown because the device or worker of a run went away that is taken up again, on wasm if need be. */
  mends(thrown: unknown): boolean {
    const isKept = this.#resuming || isActive(this.#parts.shown.value.phase);
    const error = asPlaygroundError(thrown);
    return isKept && (this.takes(error) || error.code === 'no-device');
  }

  /** Called when the view has taken in what the worker said. */
  onEvents(events: readonly TrainEvent[]): void {
    for (const event of events) if (event.kind === 'progress') this.#retries.reached(event.step);
    const { shown, stored, starter, connections } = this.#parts;
    if (!isActive(shown.value.phase) && !this.#resuming) this.#messages.withdraw();
    const failed = events.some((event) => event.kind === 'status' && event.phase === 'failed');
    const { error, runId } = shown.value;
    if (!failed || !error || runId === null || starter.driven) return;
    if (error.code === 'disk-full') this.#cramped = { runId, runs: countOf(stored) };
    if (!this.takes(error) || this.#resuming) return;
    // Another worker gets another device, and another line to the store.
    connections.dropTrainer();
    const engine = error.code === 'device-lost' && this.#retries.lost() ? 'wasm' : undefined;
    const why = engine ? `${error.message} It was lost ${MAX_LOSSES} times in this run.` : error.message;
    this.#report(this.resume(runId, why, false, engine));
  }

  /** Whether runs have gone since one stopped for want of room: then it is offered. */
  checkRoom(): void {
    const cramped = this.#cramped;
    if (!cramped || countOf(this.#parts.stored) >= cramped.runs) return;
    this.#cramped = null;
    const run = this.#record(cramped.runId);
    if (run) this.#messages.roomAgain(run);
  }

  /** Buttons of an error that stopped a run. */
  actionsFor(error: WireError): readonly AlertAction[] {
    const { runId } = error.details;
    return this.#messages.actionsFor(
      error,
      typeof runId === 'string' ? runId : this.#parts.shown.value.runId,
    );
  }

  /** A user's own command begins the counts anew. */
  forget(): void {
    this.#retries.clear();
    this.#cramped = null;
    this.#messages.withdraw();
  }

  /** Goes on from the newest checkpoint, again if need be, and says so; gives up after a few tries without progress. */
  async resume(runId: string, why: string, paused = false, engine?: string): Promise<void> {
    const { starter, watch, shown } = this.#parts;
    if (this.#resuming) return;
    this.#resuming = true;
    let options: ResumeOptions = { ...(paused && { paused }), ...(engine && { engine }) };
    try {
      for (;;) {
        const attempt = this.#retries.next();
        if (attempt === null) {
          const { message } = this.#messages.givenUp(runId, why);
          shown.value = { ...shown.value, phase: 'failed', message };
          return;
        }
        if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (attempt - 1)));
        try {
          const step = await this.#newestStep(runId);
          await released(runId, this.#parts.connections);
          await starter.goOn(runId, options);
          this.#messages.goesOn(this.#record(runId), why, { step, attempt }, options);
          return;
        } catch (thrown) {
          const error = asPlaygroundError(thrown);
          if (error.code === 'busy') return await watch(runId);
          if (error.code === 'no-device' && options.engine !== 'wasm')
            options = { ...options, engine: 'wasm' };
          else if (!RECOVERABLE.includes(error.code)) throw thrown;
        }
      }
    } catch (error) {
      if (isActive(shown.value.phase)) shown.value = { ...shown.value, phase: 'failed' };
      throw error;
    } finally {
      this.#resuming = false;
    }
  }

  #record(runId: string): RunRecord | undefined {
    return this.#parts.stored.runs.value.find(({ id }) => id === runId);
  }

  async #newestStep(runId: string): Promise<number> {
    return (await this.#parts.connections.store.listCheckpoints(runId)).at(-1)?.step ?? 0;
  }

  async #offer(run: RunRecord, what: string, canDecide = false): Promise<void> {
    this.#messages.offer(run, what, await this.#newestStep(run.id), canDecide);
  }

  /** Work that nobody waits for. */
  #report(work: Promise<void>): void {
    work.catch((error) => this.#parts.notices.report(error));
  }
}

/** Those in the trash take their room too. */
function countOf({ runs, trash }: RunLibrary): number {
  return runs.value.length + trash.value.length;
}
