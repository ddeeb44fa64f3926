// What the user reads about runs that resume by themselves, and the buttons under it.

import { PlaygroundError, type WireError } from '../../base/errors.ts';
import type { StartRequest } from '../../protocol/messages.ts';
import type { RunRecord } from '../../storage/types.ts';
import type { AlertAction } from '../state/alerts.ts';
import { runTitle } from '../state/runs/runNames.ts';
import type { Notices } from './notices.ts';
import { MAX_TRIES } from './retries.ts';
import { rememberResumes } from './tabMemory.ts';

export type ResumeOptions = Pick<StartRequest, 'paused' | 'engine'>;

/** What the buttons do; each runs as a command of the user. */
export type ResumeButtons = {
  goOn: (runId: string) => void;
  /** Again by itself, with the counts begun anew. */
  retry: (runId: string) => void;
  pause: () => void;
  watch: (runId: string) => void;
};

export class ResumeMessages {
  readonly #notices: Notices;
  readonly #buttons: ResumeButtons;
  /** The message that a run goes on, which holds while it does. */
  #goesOn: number | null = null;

  constructor(notices: Notices, buttons: ResumeButtons) {
    this.#notices = notices;
    this.#buttons = buttons;
  }

  elsewhere(run: RunRecord): void {
    this.#notices.inform(
      `The run ${titleOf(run)} is in training in another tab.`,
      'Watch it here. If that tab is closed, this one takes over.',
      [{ label: 'Watch it', run: () => this.#buttons.watch(run.id) }],
    );
  }

  /** `what`: what has become of the run; `step` is 0 where it has no checkpoint. */
  offer(run: RunRecord, what: string, step: number, canDecide = false): void {
    const place = step > 0 ? `from its last checkpoint, step ${step}` : 'from the beginning';
    this.#notices.inform(`The run ${titleOf(run)} ${what}.`, `It can go on ${place}.`, [
      this.#resume(run.id),
      ...(canDecide ? [{ label: 'Always resume automatically', run: () => this.#decide(true) }] : []),
    ]);
  }

  goesOn(
    run: RunRecord | undefined,
    why: string,
    { step, attempt }: { step: number; attempt: number },
    { paused, engine }: ResumeOptions,
  ): void {
    const at = paused ? 'at' : 'from';
    const place =
      step > 0
        ? `${at} its last checkpoint, step ${step}`
        : `${at} the beginning, for it had no checkpoint yet`;
    const which = attempt > 1 ? ` (try ${attempt} of ${MAX_TRIES})` : '';
    const on = engine
      ? ` It is computed with "${engine}" from now on: the same settings, but a run is equal bit for bit only on one engine.`
      : '';
    const what = paused ? 'is paused again' : 'resumed';
    this.#goesOn = this.#notices.inform(`The run ${titleOf(run)} ${what}${which}, ${place}.`, `${why}${on}`, [
      ...(paused ? [] : [{ label: 'Pause', run: this.#buttons.pause }]),
      { label: "Don't resume automatically", run: () => this.#decide(false) },
    ]);
  }

  /** Takes back that a run goes on. */
  withdraw(): void {
    if (this.#goesOn !== null) this.#notices.dismiss(this.#goesOn);
    this.#goesOn = null;
  }

  /** Gives the error that was shown. */
  givenUp(runId: string, why: string): PlaygroundError {
    const error = new PlaygroundError(
      'worker-died',
      `The run stopped ${MAX_TRIES} times without getting further. ${why}`,
      'What was stored is safe. Close other tabs and programs, then resume it; or begin a new run with a smaller model or batch, or with another engine.',
      { runId },
    );
    this.#notices.report(error, [
      { label: 'Resume from the last checkpoint', run: () => this.#buttons.retry(runId) },
    ]);
    return error;
  }

  roomAgain(run: RunRecord): void {
    this.#notices.inform(
      `There is room again for the run ${titleOf(run)}.`,
      'It can go on from its last checkpoint.',
      [this.#resume(run.id)],
    );
  }

  /** Buttons of an error that stopped a run. */
  actionsFor({ code }: WireError, runId: string | null): readonly AlertAction[] {
    if (code === 'diverged') return [{ label: 'See what went wrong', run: showGuard }];
    if (code !== 'disk-full' || runId === null) return [];
    return [{ label: 'See the runs', run: () => show('runs') }, this.#resume(runId)];
  }

  #resume(runId: string): AlertAction {
    return { label: 'Resume it', run: () => this.#buttons.goOn(runId) };
  }

  #decide(byItself: boolean): void {
    rememberResumes(byItself);
    this.#notices.inform(
      byItself
        ? 'Interrupted runs resume by themselves from now on.'
        : 'Interrupted runs are offered from now on, and wait for you.',
      'This browser remembers it.',
      byItself ? [] : [{ label: 'Undo', run: () => this.#decide(true) }],
    );
  }
}

function titleOf(run: RunRecord | undefined): string {
  return run ? `“${runTitle(run)}”` : '';
}

function show(view: string): void {
  location.hash = view;
}

/** The card in the view Train that says what ended a run, and offers the way back. */
function showGuard(): void {
  show('train');
  document.getElementById('guard-title')?.scrollIntoView({ block: 'center' });
}
