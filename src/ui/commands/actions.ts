// Everything that a key, a button of the transport or a program can ask of the run: one table, from which all of them come.

import type { Signal } from '@preact/signals';
import { projector } from '../browser/projector.ts';
import type { Session } from '../session/session.ts';
import { settingsOpen } from '../state/form/settingsOpen.ts';
import { isSameStart } from '../state/form/startPoint.ts';
import { canGoOn, isActive, type RunState } from '../state/run/runState.ts';
import { startOfRun } from '../state/runs/runSettings.ts';
import { startInSight, startNext } from './start.ts';

/** What the commands act on. */
export type Page = { session: Session; help: Signal<boolean> };

/** What the buttons depend on. `resumable`: the main button goes on with the stopped run on view. */
export type ButtonState = { phase: RunState['phase']; resumable: boolean };

type Button = {
  label: string | ((state: ButtonState) => string);
  title?: (state: ButtonState) => string | undefined;
  enabled?: (state: ButtonState) => boolean;
  /** Always, by default. */
  shown?: (state: ButtonState) => boolean;
};

export type Action = {
  name: string;
  /** What it does, for the help dialog and for readers of this table. */
  help: string;
  /** `press`: values of `KeyboardEvent.key`. `idle`: a focused button keeps the key for itself. */
  key?: { press: readonly string[]; title: string; idle?: true };
  button?: Button;
  /** What a key or button does: reported and one at a time, unless `atOnce`. Absent for programs' own commands. */
  press?: (page: Page) => Promise<unknown> | undefined;
  atOnce?: true;
  /** The command of the train worker that `window.cosmo` offers under the same name. */
  program?: (page: Page, ...args: string[]) => Promise<void>;
};

export const ACTIONS = [
  {
    name: 'toggle',
    help: 'start, pause, go on',
    key: { press: [' '], title: 'Space', idle: true },
    button: {
      label: toggleLabel,
      title: ({ resumable }) =>
        resumable ? 'Goes on with the run on view from its last checkpoint' : undefined,
      enabled: ({ phase }) => phase !== 'starting',
    },
    press: async (page) => {
      const { phase } = page.session.shown.value;
      if (phase === 'running') await page.session.trainer.pause();
      else if (phase === 'paused') await page.session.trainer.resume();
      else if (phase !== 'starting') await begin(page);
    },
  },
  {
    name: 'start',
    help: 'start another run',
    button: {
      label: 'Start',
      title: () => 'Starts another run with these settings; the run on view is kept',
      shown: ({ resumable }) => resumable,
    },
    press: startAnew,
  },
  { name: 'pause', help: 'pause', program: ({ session }) => session.trainer.pause() },
  { name: 'resume', help: 'go on with a paused run', program: ({ session }) => session.trainer.resume() },
  {
    name: 'step',
    help: 'one iteration, then pause',
    key: { press: ['.'], title: '.' },
    button: { label: 'Step', enabled: ({ phase }) => phase !== 'starting' },
    press: async (page) => {
      if (!page.session.training.value) await begin(page);
      await page.session.trainer.step();
    },
    program: ({ session }) => session.trainer.step(),
  },
  {
    name: 'skip',
    help: 'skip the stage of that name',
    program: ({ session }, stage) => session.trainer.skip(stage),
  },
  {
    name: 'stop',
    help: 'stop with a checkpoint',
    button: {
      label: 'Stop',
      enabled: ({ phase }) => isActive(phase),
      shown: ({ phase }) => phase !== 'idle',
    },
    press: ({ session }) => session.stop(),
    program: ({ session }) => session.stop(),
  },
  {
    name: 'reset',
    help: 'stop, keep the run, clear the view',
    key: { press: ['r', 'R'], title: 'R' },
    button: {
      label: 'New run',
      title: ({ phase }) =>
        isActive(phase) ? 'Stops this run, which is kept, and clears the view' : 'Clears the view',
      enabled: ({ phase }) => phase !== 'starting',
      shown: ({ phase }) => phase !== 'idle',
    },
    press: ({ session }) => session.reset(),
  },
  {
    name: 'projector',
    help: 'larger type, for a projector',
    key: { press: ['f', 'F'], title: 'F' },
    press: () => {
      projector.value = !projector.value;
      return undefined;
    },
    atOnce: true,
  },
  {
    name: 'help',
    help: 'this help',
    key: { press: ['?'], title: '?' },
    press: ({ help }) => {
      help.value = !help.value;
      return undefined;
    },
    atOnce: true,
  },
] as const satisfies readonly Action[];

export type ActionName = (typeof ACTIONS)[number]['name'];

export function actionOf(name: ActionName): Action {
  return ACTIONS.find((action) => action.name === name) as Action;
}

/** Runs an action as a user does. */
export function press({ press: command, atOnce }: Action, page: Page): void {
  if (!command) return;
  if (atOnce) void command(page);
  else void page.session.act(async () => command(page));
}

/** Text of the main button. */
export function toggleLabel({ phase, resumable }: ButtonState): string {
  if (resumable || phase === 'paused') return 'Go on';
  if (phase === 'running') return 'Pause';
  return phase === 'starting' ? 'Starting …' : 'Start';
}

/** The stopped run on view that the main button goes on with; null where the form is set to begin elsewhere than that run did. */
export function runToGoOn({
  shown,
  record,
  startPoint,
}: Pick<Session, 'shown' | 'record' | 'startPoint'>): string | null {
  const start = startPoint.value;
  const isSet = start !== null && !isSameStart(start, record.value ? startOfRun(record.value) : null);
  return canGoOn(shown.value) && !isSet ? shown.value.runId : null;
}

function startAnew({ session }: Page): Promise<string> {
  // Open settings stand beside what is live, where there is room: whoever changes them stays at his field.
  const movesOn = settingsOpen.value ? 'narrow screens' : 'every screen';
  return startInSight(session, movesOn, () => startNext(session));
}

async function begin(page: Page): Promise<string> {
  const stopped = runToGoOn(page.session);
  return stopped === null ? await startAnew(page) : await page.session.resumeRun(stopped);
}
