// `window.cosmo`: the page's own session, offered to programs.

import { asPlaygroundError, PlaygroundError, toWireError } from '../../base/errors.ts';
import type { Automation } from '../../protocol/automation.ts';
import { WIRE_ERROR_MARK } from '../../protocol/automation.ts';
import { ACTIONS, type Action, type Page } from './actions.ts';

/** Bytes that are turned to text at once; an apply with more arguments overflows the stack in some engines. */
const TEXT_CHUNK_BYTES = 0x2000;

/** `opened` resolves when the session is ready. */
export function createAutomation(page: Page, opened: Promise<void>): Automation {
  const { session } = page;
  const bundles = new Map<number, Uint8Array>();
  let bundleCount = 0;
  return {
    version: 1,
    ready: () => wired(() => opened),
    settings: () => session.draft.value.settings,
    describeDevice: (engineChoice) => wired(() => session.describeDevice(engineChoice)),
    start: (request) =>
      wired(async () => {
        session.draft.value = { preset: request.preset, settings: request.settings };
        const resumed = request.resumeRunId;
        // A program that drives a run goes on with it itself: what the page does by itself would be in its way.
        const driven = { ...request, driven: true };
        return {
          runId: resumed ? await session.resumeRun(resumed, { driven: true }) : await session.start(driven),
        };
      }),
    ...programCommands(page),
    subscribe: (listener, kinds) =>
      session.subscribe((events) => {
        const wanted = kinds ? events.filter((event) => kinds.includes(event.kind)) : events;
        if (wanted.length > 0) listener(wanted);
      }),
    listRuns: () =>
      wired(async () => {
        await session.library.refresh();
        return [...session.runs.value];
      }),
    openBundle: (runId) =>
      wired(async () => {
        const bytes = await session.store.exportBundle(runId);
        bundleCount += 1;
        bundles.set(bundleCount, bytes);
        return { id: bundleCount, sizeBytes: bytes.length };
      }),
    readBundle: (id, offsetBytes, lengthBytes) =>
      wired(async () => {
        const bytes = bundles.get(id);
        if (!bytes)
          throw new PlaygroundError('not-found', 'This bundle is not open.', 'Open it again.', { id });
        return toBase64(bytes.subarray(offsetBytes, offsetBytes + lengthBytes));
      }),
    closeBundle: async (id) => {
      bundles.delete(id);
    },
    importBundle: (base64) => wired(() => session.library.importBundle(fromBase64(base64))),
  };
}

type ProgramCommands = Pick<Automation, 'pause' | 'resume' | 'step' | 'stop' | 'skip'>;

/** The actions of the table that programs are offered, by name. */
function programCommands(page: Page): ProgramCommands {
  const actions: readonly Action[] = ACTIONS;
  const offered = actions.flatMap(({ name, program }) =>
    program ? [[name, (...args: string[]) => wired(() => program(page, ...args))]] : [],
  );
  return Object.fromEntries(offered) as ProgramCommands;
}

/** Errors that leave the page keep only their message: it carries the whole of a `WireError`. */
async function wired<Result>(command: () => Promise<Result>): Promise<Result> {
  try {
    return await command();
  } catch (error) {
    throw new Error(`${WIRE_ERROR_MARK}${JSON.stringify(toWireError(asPlaygroundError(error)))}`);
  }
}

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += TEXT_CHUNK_BYTES)
    text += String.fromCharCode(...bytes.subarray(at, at + TEXT_CHUNK_BYTES));
  return btoa(text);
}

export function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
