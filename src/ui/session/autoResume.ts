// What goes on by itself: a run whose tab, worker, store or device died is taken up again, or watched where another tab trains it.

import type { Signal } from '@preact/signals';
import { type ErrorCode, PlaygroundError, type WireError } from '../../protocol/errors.ts';
import type { StartRequest, TrainEvent } from '../../protocol/messages.ts';
import type { RunRecord } from '../../storage/types.ts';
import type { AlertAction } from '../state/alerts.ts';
import { isActive, type RunView } from '../state/run/runView.ts';
import { runTitle } from '../state/runs/runTitle.ts';
import { shownError } from '../state/shownError.ts';
import type { Connections } from './connections.ts';
import { rememberResumes, resumesByItself } from './memory.ts';
import type { Notices } from './notices.ts';
import { heldRuns } from './otherTabs.ts';
import { MAX_LOSSES, MAX_TRIES, Retries } from './retries.ts';
import type { RunCommands } from './runCommands.ts';
import type { StoredRuns } from './storedRuns.ts';

/** A failure of what the run is computed on or stored with, and not of the run: it can be taken up again. */
const RECOVERABLE: readonly ErrorCode[] = ['device-lost', 'worker-died'];
/** Time for the death of the other worker to be noticed, before the next try. */
const PAUSE_MS = 400;
const RELEASE_MS = 50;
const RELEASE_TRIES = 20;

export type AutoResumeParts = {
  view: Signal<RunView>;
  connections: Connections;
  stored: StoredRuns;
  commands: RunCommands;
  notices: Notices;
  /** The run that this tab had on view before it was reloaded. */
  viewedBefore: string | null;
  /** Runs a command of the user. */
  act: (command: () => Promise<unknown>) => Promise<void>;
  /** Shows a run that another tab trains. */
  watch: (runId: string) => Promise<void>;
};

/** A worker that was ended still holds its run for a moment. A run that stays held is trained in another tab. */
async function released(runId: string): Promise<void> {
  for (let tries = 0; tries < RELEASE_TRIES && (await heldRuns()).has(runId); tries++)
    await new Promise((resolve) => setTimeout(resolve, RELEASE_MS));
}

export class AutoResume {
  readonly #parts: AutoResumeParts;
  readonly #retries = new Retries();
  #resuming = false;
  /** The message that a run goes on, which holds while it does. */
  #said: number | null = null;
  /** The run that stopped for want of room, and how many runs there were. */
  #cramped: { runId: string; runs: number } | null = null;

  constructor(parts: AutoResumeParts) {
    this.#parts = parts;
  }

  /** On opening the page: takes up the run that this tab, or a tab that is gone, was training. */
  async takeUp(): Promise<void> {
    const { stored, notices, watch } = this.#parts;
    const unfinished = stored.runs.value.filter(
      ({ status, trashedAt }) => trashedAt === undefined && (status === 'running' || status === 'paused'),
    );
    if (unfinished.length === 0) return;
    const held = await heldRuns();
    const mine = unfinished.find(({ id }) => id === this.#parts.viewedBefore);
    if (mine && held.has(mine.id)) return await watch(mine.id);
    const free = unfinished.filter(({ id }) => !held.has(id));
    const run = mine ?? free.find(({ status }) => status === 'running') ?? free[0];
    if (!run) {
      const [elsewhere] = unfinished;
      notices.inform(
        `The run ${titleOf(elsewhere)} is in training in another tab.`,
        'It can be watched here; when that tab is closed, this one goes on with it.',
        [{ label: 'Watch it', run: () => void this.#parts.act(() => watch(elsewhere.id)) }],
      );
    } else if (run.driven || !resumesByItself())
      await this.#offer(
        run,
        `The run ${titleOf(run)} ${run.status === 'paused' ? 'is paused' : 'was interrupted'}.`,
        !run.driven,
      );
    else if (run.status === 'running')
      await this.resume(run.id, 'The page was closed or reloaded while it was training.');
    // What was paused here stands here again, so that the same key goes on with it.
    else if (run === mine)
      await this.resume(run.id, 'The page was closed or reloaded while it was paused.', true);
    else await this.#offer(run, `The run ${titleOf(run)} is paused.`);
  }

  /** A tab has let go of a run that is watched here. */
  async takeOver(runId: string): Promise<void> {
    const { stored, view } = this.#parts;
    await stored.refresh();
    const run = stored.runs.value.find(({ id }) => id === runId);
    if (view.value.runId !== runId) return;
    if (run?.status === 'running' && !run.driven && resumesByItself())
      return await this.resume(runId, 'The tab that trained it was closed.');
    view.value = run ? await stored.view(runId) : { ...view.value, phase: 'stopped' };
    if (run?.status === 'running' || run?.status === 'paused')
      await this.#offer(run, `The run ${titleOf(run)} was left by the other tab.`);
  }

  /** True where the autoResume has taken the death of the train worker in hand. */
  trainerDied(error: PlaygroundError): boolean {
    if (this.#resuming) return true;
    const { runId, phase } = this.#parts.view.value;
    if (!isActive(phase) || runId === null || this.#parts.commands.driven) return false;
    this.#report(this.resume(runId, error.message, phase === 'paused'));
    return true;
  }

  /** True for errors that the autoResume takes in hand once the run has ended of them. */
  takes(error: { code: ErrorCode }): boolean {
    return RECOVERABLE.includes(error.code) && !this.#parts.commands.driven;
  }

  /** True for what was thrown because the device or worker of a run went away that is taken up again, on wasm if need be. */
  mends(thrown: unknown): boolean {
    const isKept = this.#resuming || isActive(this.#parts.view.value.phase);
    const error = shownError(thrown);
    return isKept && (this.takes(error) || error.code === 'no-device');
  }

  /** Called when the view has taken in what the worker said. */
  onEvents(events: readonly TrainEvent[]): void {
    for (const event of events) if (event.kind === 'progress') this.#retries.reached(event.step);
    const { view, stored, commands, connections } = this.#parts;
    if (!isActive(view.value.phase) && !this.#resuming) this.#withdraw();
    const failed = events.some((event) => event.kind === 'status' && event.phase === 'failed');
    const { error, runId } = view.value;
    if (!failed || !error || runId === null || commands.driven) return;
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
    const { stored, notices, act } = this.#parts;
    const cramped = this.#cramped;
    if (!cramped || countOf(stored) >= cramped.runs) return;
    this.#cramped = null;
    const run = stored.runs.value.find(({ id }) => id === cramped.runId);
    if (!run) return;
    notices.inform(
      `There is room again for the run ${titleOf(run)}.`,
      'It can go on from its last checkpoint.',
      [{ label: 'Resume it', run: () => void act(() => this.#parts.commands.goOn(run.id)) }],
    );
  }

  /** Buttons of an error that stopped a run. */
  actionsFor(error: WireError): readonly AlertAction[] {
    const { act, commands } = this.#parts;
    if (error.code === 'diverged') return [{ label: 'See what the guard saw', run: showGuard }];
    const { runId } = error.details;
    const id = typeof runId === 'string' ? runId : this.#parts.view.value.runId;
    if (error.code !== 'disk-full' || id === null) return [];
    return [
      {
        label: 'See the runs',
        run: () => {
          location.hash = 'runs';
        },
      },
      { label: 'Resume it', run: () => void act(() => commands.goOn(id)) },
    ];
  }

  /** A user's own command begins the counts anew. */
  forget(): void {
    this.#retries.clear();
    this.#cramped = null;
    this.#withdraw();
  }

  #withdraw(): void {
    if (this.#said !== null) this.#parts.notices.dismiss(this.#said);
    this.#said = null;
  }

  /** Goes on from the newest checkpoint, again if need be, and says so; gives up after a few tries without progress. */
  async resume(runId: string, why: string, paused = false, engine?: string): Promise<void> {
    const { commands, watch, view } = this.#parts;
    if (this.#resuming) return;
    this.#resuming = true;
    let options: Pick<StartRequest, 'paused' | 'engine'> = {
      ...(paused && { paused }),
      ...(engine && { engine }),
    };
    try {
      for (;;) {
        const attempt = this.#retries.next();
        if (attempt === null) {
          this.#giveUp(runId, why);
          return;
        }
        if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * (attempt - 1)));
        try {
          const step = await this.#newestStep(runId);
          await released(runId);
          await commands.goOn(runId, options);
          this.#say(runId, why, step, attempt, options);
          return;
        } catch (thrown) {
          const error = shownError(thrown);
          if (error.code === 'busy') return await watch(runId);
          if (error.code === 'no-device' && options.engine !== 'wasm')
            options = { ...options, engine: 'wasm' };
          else if (!RECOVERABLE.includes(error.code)) throw thrown;
        }
      }
    } catch (error) {
      if (isActive(view.value.phase)) view.value = { ...view.value, phase: 'failed' };
      throw error;
    } finally {
      this.#resuming = false;
    }
  }

  async #newestStep(runId: string): Promise<number> {
    return (await this.#parts.connections.store.listCheckpoints(runId)).at(-1)?.step ?? 0;
  }

  #say(
    runId: string,
    why: string,
    step: number,
    attempt: number,
    { paused, engine }: Pick<StartRequest, 'paused' | 'engine'>,
  ): void {
    const { stored, notices, act, commands } = this.#parts;
    const name = titleOf(stored.runs.value.find(({ id }) => id === runId));
    const place =
      step > 0
        ? `${paused ? 'at' : 'from'} its last checkpoint, step ${step}`
        : `${paused ? 'at' : 'from'} the beginning, for it had no checkpoint yet`;
    const which = attempt > 1 ? ` (try ${attempt} of ${MAX_TRIES})` : '';
    const on = engine
      ? ` It is computed with "${engine}" from now on: the same settings, but a run is equal bit for bit only on one engine.`
      : '';
    this.#said = notices.inform(
      paused
        ? `The run ${name} is paused again${which}, ${place}.`
        : `The run ${name} goes on by itself${which}, ${place}.`,
      `${why}${on}`,
      [
        ...(paused ? [] : [{ label: 'Pause', run: () => void act(() => commands.pause()) }]),
        { label: 'Do not resume by itself', run: () => this.#decide(false) },
      ],
    );
  }

  #giveUp(runId: string, why: string): void {
    const { view, notices, act } = this.#parts;
    const error = new PlaygroundError(
      'worker-died',
      `The run stopped ${MAX_TRIES} times without getting further. ${why}`,
      'What was stored is safe. Close other tabs and programs, then resume it; or begin a new run with a smaller model or batch, or with another engine.',
      { runId },
    );
    view.value = { ...view.value, phase: 'failed', message: error.message };
    notices.report(error, [
      {
        label: 'Resume from the last checkpoint',
        run: () => {
          this.forget();
          void act(() => this.resume(runId, 'You asked for it.'));
        },
      },
    ]);
  }

  async #offer(run: RunRecord, message: string, canDecide = false): Promise<void> {
    const { notices, act, commands } = this.#parts;
    const step = await this.#newestStep(run.id);
    const place = step > 0 ? `from its last checkpoint, step ${step}` : 'from the beginning';
    notices.inform(message, `It can go on ${place}.`, [
      { label: 'Resume it', run: () => void act(() => commands.goOn(run.id)) },
      ...(canDecide ? [{ label: 'Always resume by itself', run: () => this.#decide(true) }] : []),
    ]);
  }

  #decide(byItself: boolean): void {
    rememberResumes(byItself);
    this.#parts.notices.inform(
      byItself
        ? 'Interrupted runs resume by themselves from now on.'
        : 'Interrupted runs are offered from now on, and wait for you.',
      'This browser remembers it.',
      byItself ? [] : [{ label: 'Undo', run: () => this.#decide(true) }],
    );
  }

  /** Work that nobody waits for. */
  #report(work: Promise<void>): void {
    work.catch((error) => this.#parts.notices.report(error));
  }
}

/** Those in the trash take their room too. */
function countOf({ runs, trash }: StoredRuns): number {
  return runs.value.length + trash.value.length;
}

function titleOf(run: RunRecord | undefined): string {
  return run ? `“${runTitle(run)}”` : '';
}

/** The card in the view Train that says what ended a run, and offers the way back. */
function showGuard(): void {
  location.hash = 'train';
  document.getElementById('guard-title')?.scrollIntoView({ block: 'center' });
}
