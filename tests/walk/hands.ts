// How the walk sees, clicks, types and saves, by what the page shows.

import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Tab } from './tab.ts';

/** So long nothing may change: a machine under load is slow, but its page goes on. */
const STANDSTILL_MS = 60_000;
const PAUSE_MS = 50;
/** So often something stands at the same place before it is clicked. */
const STILL_LOOKS = 4;

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

/** Calls `look` until it gives something. @throws what is missing, once that has told the same for a while. */
async function until<Result>(
  look: () => Promise<Result | null>,
  missing: () => Promise<string>,
): Promise<Result> {
  let told = '';
  for (let end = performance.now() + STANDSTILL_MS; ; await pause()) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() < end) continue;
    const now = await missing();
    if (now === told) throw new Error(now);
    told = now;
    end = performance.now() + STANDSTILL_MS;
  }
}

/** Waits until a function of the page gives something else than null or false. */
export function seen<Given extends unknown[], Result>(
  tab: Tab,
  what: string,
  look: (...given: Given) => Result | null | false,
  ...given: Given
): Promise<Result> {
  return until(
    async () => ((await tab.evaluate(look, ...given)) || null) as Result | null,
    async () => `${what} is not seen. The page says:\n${await tab.evaluate(() => document.body.innerText)}`,
  );
}

/** Waits for a text inside an element of the selector (an expression, as text), and gives what it matched. */
export function text(tab: Tab, pattern: RegExp, within = 'body'): Promise<string> {
  return seen(
    tab,
    `${pattern} in ${within}`,
    (source, selector) => {
      for (const element of document.querySelectorAll<HTMLElement>(selector)) {
        const match = new RegExp(source).exec(element.innerText);
        if (match) return match[0];
      }
      return null;
    },
    pattern.source,
    within,
  );
}

/** Where what has this name (or begins with it) is to be clicked, once it can be and nothing lies over it. */
function placeOf(name: string, within: string): { x: number; y: number } | null {
  // Not `innerText`: in WebKit it lacks the space before words for screen readers alone.
  const nameOf = (element: HTMLElement) =>
    (element.getAttribute('aria-label') ?? element.textContent)
      .replaceAll(/\s+/g, ' ')
      .replace(/^[^\w“]+ /, '')
      .trim();
  const all = [...document.querySelectorAll<HTMLElement>(`${within} :is(button, a, summary, input)`)];
  const open = all.filter((each) => !each.matches(':disabled') && each.getClientRects().length > 0);
  const found =
    open.find((each) => nameOf(each) === name) ?? open.find((each) => nameOf(each).startsWith(`${name} `));
  if (found === undefined) return null;
  found.scrollIntoView({ block: 'center', behavior: 'instant' });
  const { left, top, width, height } = found.getBoundingClientRect();
  const [x, y] = [left + width / 2, top + height / 2];
  return found.contains(document.elementFromPoint(x, y)) ? { x, y } : null;
}

/** Clicks what has this name; a sign in front of it does not count. */
export async function click(tab: Tab, name: string, within = 'body'): Promise<void> {
  const place = () => seen(tab, `“${name}” in ${within}`, placeOf, name, within);
  let at = await place();
  // What comes into sight may grow, and move the rest; so does a browser's bar of downloads.
  for (let still = 0; still < STILL_LOOKS; still++) {
    const before = at;
    await pause();
    at = await place();
    if (before.x !== at.x || before.y !== at.y) still = -1;
  }
  await tab.clickAt(at.x, at.y);
}

/** Types into what has the focus. */
export async function type(tab: Tab, words: string): Promise<void> {
  for (const key of words) await tab.press(key);
}

/** Has the page remember how many bytes it hands out from now on. */
function noteSizes(): void {
  const first = !Reflect.has(window, 'handedOut');
  Object.assign(window, { handedOut: -1 });
  if (!first) return;
  const make = URL.createObjectURL;
  URL.createObjectURL = (given) => {
    Object.assign(window, { handedOut: given instanceof Blob ? given.size : -1 });
    return make.call(URL, given);
  };
}

/** Of a download on its way: whole, perhaps, but about to be renamed. */
const UNDER_WAY = /\.(crdownload|part|wkdownload)$/;

const handedOut = () => Reflect.get(window, 'handedOut') as number;

/** The file that a button saves. */
export async function saved(tab: Tab, folder: string, name: string, within = 'body'): Promise<SavedFile> {
  for (const old of readdirSync(folder)) rmSync(join(folder, old));
  await tab.evaluate(noteSizes);
  await click(tab, name, within);
  return await until(
    async () => {
      // While it grows, another name stands beside its own, or it is shorter than what the page handed out.
      const names = readdirSync(folder);
      const path = join(folder, names[0] ?? '');
      const bytes = names.length === 1 ? readFileSync(path) : new Uint8Array();
      const whole =
        !UNDER_WAY.test(path) && bytes.length > 0 && bytes.length === (await tab.evaluate(handedOut));
      return whole ? { path, name: names[0] as string, bytes: new Uint8Array(bytes) } : null;
    },
    async () => {
      const bytesOf = (file: string) => statSync(join(folder, file), { throwIfNoEntry: false })?.size ?? 0;
      const there = readdirSync(folder).map((file) => `${file} (${bytesOf(file)} bytes)`);
      return `“${name}” saves no file. There are: ${there.join(', ') || 'none'}.`;
    },
  );
}

export type SavedFile = { path: string; name: string; bytes: Uint8Array };
