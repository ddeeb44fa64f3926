// What an embedded page and the page around it say to each other, by `postMessage`; docs/EMBED.md describes it.

import { computed, effect } from '@preact/signals';
import { asPlaygroundError, PlaygroundError } from '../../base/errors.ts';
import { validateSettings } from '../../config/index.ts';
import type { Embedding } from '../browser/embedding.ts';
import type { Page } from '../commands/actions.ts';
import { startNext } from '../commands/start.ts';
import { safetyOf, startFromRelease } from '../opening/fromRelease.ts';
import { isActive } from '../state/run/runState.ts';

/** On every message of the page. */
const FROM = 'cosmo';

/** What the page around is told of the run. */
type RunReport = {
  phase: string;
  runId: string | null;
  stage: string | null;
  iteration: number;
  iterations: number;
  step: number;
  /** Threads of the engine; null until it is known. An embedded page is not isolated and has one. */
  threads: number | null;
};

type Told =
  | { type: 'ready'; view: string }
  | { type: 'height'; heightPx: number }
  | ({ type: 'state' } & RunReport)
  | { type: 'refused'; command: string; message: string };

type Frame = Pick<Window, 'parent' | 'addEventListener' | 'removeEventListener'>;

/** Commands of the page around, by name; each throws a PlaygroundError for what it cannot do. */
function commandsOf({ session }: Page, view: string) {
  let isSet = false;
  return {
    set: async (settings: unknown) => {
      if (typeof settings !== 'object' || settings === null)
        throw new PlaygroundError(
          'bad-setting',
          'The command “set” has no settings.',
          'Send an object of them.',
        );
      const { preset, settings: before } = session.draft.value;
      const given = Object.fromEntries(Object.entries(settings));
      session.draft.value = { preset, settings: validateSettings(given, before) };
      isSet = true;
    },
    start: async () => {
      const { phase } = session.shown.value;
      if (view.startsWith('lesson-'))
        throw new PlaygroundError('busy', 'A lesson starts its own runs.', 'Press its button.');
      if (phase === 'paused') await session.trainer.resume();
      else if (!isActive(phase)) {
        // As the opening does, until settings are sent.
        const model = isSet ? undefined : (await session.inspector.released())[0];
        await (model ? startFromRelease(session, safetyOf(model)) : startNext(session));
      }
    },
    pause: async () => {
      if (session.shown.value.phase === 'running') await session.trainer.pause();
    },
  };
}

/**
 * Speaks with the page around from now on; `opened` resolves when the session is ready. Commands are taken from the parent alone, and only
 * where its origin is allowed. Returns the way to end it.
 */
export function speakWithParent(
  page: Page,
  { view, allowed }: Embedding,
  opened: Promise<void>,
  frame: Frame = window,
): () => void {
  const { session } = page;
  // Nobody but the allowed learns of the run; how high the page is may be known.
  const tell = (told: Told, to: readonly string[]) => {
    for (const origin of to) frame.parent.postMessage({ from: FROM, ...told }, origin);
  };
  const commands = commandsOf(page, view);
  const obey = async (data: unknown) => {
    const { command, settings } = (data ?? {}) as { command?: unknown; settings?: unknown };
    if (typeof command !== 'string' || !Object.hasOwn(commands, command)) return;
    try {
      await opened;
      await commands[command as keyof typeof commands](settings);
    } catch (error) {
      const { message, hint } = asPlaygroundError(error);
      tell({ type: 'refused', command, message: `${message} ${hint}` }, allowed);
    }
  };
  let queue = Promise.resolve();
  const listener = ({ source, origin, data }: MessageEvent): void => {
    if (source !== frame.parent || !allowed.includes(origin)) return;
    queue = queue.then(() => obey(data));
  };
  frame.addEventListener('message', listener);
  opened.then(
    () => tell({ type: 'ready', view }, ['*']),
    () => {},
  );
  const report = computed((): string => {
    const { phase, runId, progress } = session.shown.value;
    const told: RunReport = {
      ...{ phase, runId, stage: progress?.stage ?? null },
      ...{
        iteration: progress?.iteration ?? 0,
        iterations: progress?.iterations ?? 0,
        step: progress?.step ?? 0,
      },
      threads: session.device.value?.threads ?? null,
    };
    return JSON.stringify(told);
  });
  const endReports = effect(() =>
    tell({ type: 'state', ...(JSON.parse(report.value) as RunReport) }, allowed),
  );
  return () => {
    frame.removeEventListener('message', listener);
    endReports();
  };
}

/** Tells the page around how high the element is, whenever that changes. */
export function tellHeight(element: HTMLElement): () => void {
  const observer = new ResizeObserver(() => {
    parent.postMessage({ from: FROM, type: 'height', heightPx: Math.ceil(element.offsetHeight) }, '*');
  });
  observer.observe(element);
  return () => observer.disconnect();
}
