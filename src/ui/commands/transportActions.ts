// The commands of the transport and of the keys.

import type { Signal } from '@preact/signals';
import type { Session } from '../session/session.ts';
import type { Draft } from '../state/form/draft.ts';
import { canGoOn, isActive } from '../state/run/runView.ts';
import { startInSight } from './startInSight.ts';
import { startNext } from './startNext.ts';

export type TransportActions = {
  /** Start, pause or go on, whichever fits. */
  toggle: () => void;
  /** Another run, whatever is on view. */
  start: () => void;
  step: () => void;
  stop: () => void;
  /** Ends what runs (it is kept) and clears the view for another run. */
  reset: () => void;
  help: () => void;
};

/** The stopped run on view that the main button goes on with; null where the form is set to begin after a stage of a run. */
export function runToGoOn({ view, library }: Pick<Session, 'view' | 'library'>): string | null {
  return canGoOn(view.value) && library.nextFork.value === null ? view.value.runId : null;
}

export function transportActions(session: Session, draft: Signal<Draft>, help: () => void): TransportActions {
  const start = () => startInSight(session, 'narrow screens', () => startNext(session, draft));
  const begin = async (): Promise<string> => {
    const stopped = runToGoOn(session);
    return stopped === null ? await start() : await session.resumeRun(stopped);
  };
  const toggle = async (): Promise<unknown> => {
    const { phase } = session.view.value;
    if (phase === 'running') return await session.pause();
    if (phase === 'paused') return await session.resume();
    return phase === 'starting' ? undefined : await begin();
  };
  const step = async (): Promise<void> => {
    if (!isActive(session.view.value.phase)) await begin();
    await session.step();
  };
  return {
    toggle: () => void session.act(toggle),
    start: () => void session.act(start),
    step: () => void session.act(step),
    stop: () => void session.act(() => session.stop()),
    reset: () => void session.act(() => session.reset()),
    help,
  };
}
