// How the walk finds, clicks and waits, by what the page shows.

import type { Tab } from './tab.ts';

const PATIENCE_MS = 60_000;
const PAUSE_MS = 100;

/** Waits until the function of the page gives something. @throws where it does not. */
export async function seen<Given extends unknown[], Result>(
  tab: Tab,
  what: string,
  look: (...given: Given) => Result | null | undefined | false,
  ...given: Given
): Promise<Result> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await tab.evaluate(look, ...given);
    if (found !== null && found !== undefined && found !== false) return found as Result;
    if (performance.now() > end) throw new Error(`Not seen: ${what}.\n${await textOf(tab)}`);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

export const textOf = (tab: Tab): Promise<string> => tab.evaluate(() => document.body.innerText);

/** Opens an address of the page and waits until it can be used. */
export async function openPage(tab: Tab, address: string): Promise<void> {
  await tab.open(address);
  await seen(tab, 'the button Start', () => document.querySelector('.transport button') !== null);
}
