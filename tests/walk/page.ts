// The page for the walk: its phases, steps, runs, files and faults.

// Brings the type of `window.cosmo`.
import type {} from '../../src/protocol/automation.ts';
import { readBundle } from '../../src/storage/index.ts';
import { metricsDigest } from '../../src/storage/metricsDigest.ts';
import { click, type SavedFile, saved, seen, text } from './hands.ts';
import type { Tab } from './tab.ts';

/** Opens an address of the page, waits until it can be used, and remembers what goes wrong in it. */
export async function openPage(tab: Tab, address: string): Promise<void> {
  await tab.open(address);
  await ready(tab);
}

export async function reloadPage(tab: Tab): Promise<void> {
  await tab.reload();
  await ready(tab);
}

async function ready(tab: Tab): Promise<void> {
  await seen(tab, 'window.cosmo', () => window.cosmo !== undefined);
  await tab.evaluate(() => {
    const faults: string[] = [];
    Object.assign(window, { faults });
    addEventListener('error', ({ message }) => faults.push(message));
    addEventListener('unhandledrejection', ({ reason }) => faults.push(String(reason?.message ?? reason)));
    return window.cosmo?.ready();
  });
}

/** What went wrong in the page: errors that nobody caught, messages of errors, views that failed. */
export function faultsOf(tab: Tab): Promise<string[]> {
  return tab.evaluate(() => {
    const told = [...document.querySelectorAll<HTMLElement>('.alert.error, .card[role=alert]')];
    const faults: unknown = Reflect.get(window, 'faults');
    // A browser's note that a resize goes on in the next frame is no fault.
    const seen = (Array.isArray(faults) ? faults : ['unwatched']).filter(
      (fault) => !String(fault).startsWith('ResizeObserver loop'),
    );
    return [...seen, ...told.map(({ innerText }) => innerText)];
  });
}

export async function phase(tab: Tab, wanted: string): Promise<void> {
  await text(tab, new RegExp(`^${wanted}$`), '.phase');
}

export function stepOf(tab: Tab): Promise<number> {
  return tab.evaluate(() => Number(document.querySelector('.counter b')?.textContent ?? 0));
}

/** Waits until the run is past a step; gives where it is. */
export function pastStep(tab: Tab, step: number): Promise<number> {
  return seen(
    tab,
    `a step after ${step}`,
    (wanted) => {
      const now = Number(document.querySelector('.counter b')?.textContent ?? 0);
      return now > wanted && now;
    },
    step,
  );
}

/** Of the newest run, whose details are then unfolded in the view Runs. */
export async function bundleOf(tab: Tab, downloads: string): Promise<SavedFile> {
  await click(tab, 'Runs', 'nav');
  if (await tab.evaluate(() => document.querySelector('.run-panel') === null))
    await click(tab, 'More', '.runs');
  return await saved(tab, downloads, 'Bundle (.zip)', '.run-panel');
}

/** As `npm run train` computes it. */
export function digestOf(bundle: Uint8Array): string {
  return metricsDigest(readBundle(bundle).metrics);
}

/** A figure of the view Device. */
export function fact(tab: Tab, term: string): Promise<string> {
  return seen(
    tab,
    term,
    (wanted) => {
      const row = [...document.querySelectorAll('.device-facts > div')].find(
        (each) => each.querySelector('dt')?.textContent === wanted,
      );
      return row?.querySelector('b')?.textContent ?? null;
    },
    term,
  );
}

/** Waits for the answers of all stages in the view Probe. */
export async function waitForAnswers(tab: Tab): Promise<void> {
  await seen(
    tab,
    'the answers',
    () =>
      document.querySelectorAll('.probe-answer').length >= 3 &&
      document.querySelector('.answers[aria-busy="true"], .waiting') === null,
  );
}
