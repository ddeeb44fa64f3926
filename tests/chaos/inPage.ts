// What runs in the page for the kills: a hold on its workers, and a look at what a user sees. Each function stands by itself, and
// names none inside: where names are kept, the page would lack the helper for it.

// Brings the type of `window.cosmo`.
import type {} from '../../src/protocol/automation.ts';
import type { Place } from './plan.ts';

/** `worker`: which train worker said it, counted from 1. */
type Heard = Place & { stage: string; step: number; worker: number };

type Hold = {
  workers: { [name: string]: Worker | undefined };
  trainers: number;
  heard: Heard | null;
  listens: boolean;
  errors: string[];
};

declare global {
  interface Window {
    chaos?: Hold;
  }
}

export type Alert = { text: string; buttons: readonly string[] };

/** What a user sees, and what the run has said last. */
export type View = {
  phase: string;
  heard: Heard | null;
  trainers: number;
  alerts: readonly Alert[];
  /** Uncaught, since the page was opened. */
  errors: readonly string[];
};

/** Before the programs of the page. */
export function holdWorkers(): void {
  const hold: Hold = { workers: {}, trainers: 0, heard: null, listens: false, errors: [] };
  window.chaos = hold;
  const Real = window.Worker;
  window.Worker = class extends Real {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(url, options);
      const name = options?.name ?? '';
      hold.workers[name] = this;
      if (name === 'train') hold.trainers += 1;
    }
  };
  window.addEventListener('error', ({ message }) => void hold.errors.push(message));
  window.addEventListener('unhandledrejection', ({ reason }) => void hold.errors.push(String(reason)));
}

/** Null while the page is not there yet. */
export function look(): View | null {
  const { chaos, cosmo } = window;
  if (!chaos || !cosmo) return null;
  if (!chaos.listens) {
    chaos.listens = true;
    cosmo.subscribe((events) => {
      for (const event of events) {
        if (event.kind !== 'progress') continue;
        const { stageIndex, iteration, stage, step } = event;
        chaos.heard = { stageIndex, iteration, stage, step, worker: chaos.trainers };
      }
    });
  }
  return {
    phase: document.querySelector('.phase')?.textContent ?? '',
    heard: chaos.heard,
    trainers: chaos.trainers,
    alerts: [...document.querySelectorAll('.alert')].map((alert) => ({
      text: alert.querySelector('strong')?.textContent ?? '',
      buttons: [...alert.querySelectorAll('button')].map((button) => button.textContent?.trim() ?? ''),
    })),
    errors: chaos.errors,
  };
}

/** Presses the first button of that name that can be seen and pressed; false where there is none. */
export function pressButton({ name, within }: { name: string; within: string }): boolean {
  const button = [...document.querySelectorAll<HTMLButtonElement>(`${within} button`)].find(
    // A sign may stand before it.
    (each) => each.textContent?.endsWith(name) && !each.disabled && each.checkVisibility(),
  );
  button?.click();
  return button !== undefined;
}

/** Ends a worker in the midst of whatever it does; false where there is none that lives. */
export function endWorker(name: string): boolean {
  const hold = window.chaos;
  const worker = hold?.workers[name];
  if (!hold || !worker) return false;
  worker.terminate();
  hold.workers[name] = undefined;
  return true;
}

export type StoredRun = { id: string; status: string };

export async function storedRuns(): Promise<StoredRun[] | null> {
  await window.cosmo?.ready();
  const runs = await window.cosmo?.listRuns();
  return runs?.map(({ id, status }) => ({ id, status })) ?? null;
}

/** The bundle of a run as Base64. */
export async function bundleOf(runId: string): Promise<string> {
  const { cosmo } = window;
  if (!cosmo) throw new Error('The page is not there.');
  const { id, sizeBytes } = await cosmo.openBundle(runId);
  const text = await cosmo.readBundle(id, 0, sizeBytes);
  await cosmo.closeBundle(id);
  return text;
}
