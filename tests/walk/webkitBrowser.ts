// WebKitGTK for the walk: its MiniBrowser on a virtual display, by WebDriver.

import { writeFileSync } from 'node:fs';
import { launchWebKit } from '../../src/tooling/webkit.ts';
import type { DrivenBrowser, SizePx, Tab } from './tab.ts';

/** Keys that are no characters, as WebDriver writes them (17.4.2). */
const KEYS: { readonly [key: string]: string } = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE007',
  Escape: '\uE00C',
  End: '\uE010',
};
/** The member of a reference to an element (WebDriver, 12.1). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Waits for the function, and tells what it throws, of which WebDriver would keep the name alone. */
const IN_PAGE = (action: string) => `
  const [given, done] = [[...arguments].slice(0, -1), arguments[arguments.length - 1]];
  new Promise((resolve) => resolve((${action})(...given))).then(
    (value) => done({ value }),
    (error) => done({ error: String(error?.message ?? error) }),
  );`;

export async function webkit(downloads: string): Promise<DrivenBrowser> {
  const { version, send, close } = await launchWebKit(downloads);
  const [first] = (await send('GET', '/window/handles')) as string[];
  await send('POST', '/window/rect', { width: 1280, height: 900 });

  const tabOf = (handle: string): Tab => {
    /** Commands go to one window at a time. */
    const here = async (method: string, path: string, body?: object): Promise<unknown> => {
      await send('POST', '/window', { handle });
      return await send(method, path, body);
    };
    const input = async (type: 'pointer' | 'key', actions: readonly object[]): Promise<void> => {
      await here('POST', '/actions', { actions: [{ type, id: type, actions }] });
    };
    return {
      open: async (url) => void (await here('POST', '/url', { url })),
      reload: async () => void (await here('POST', '/refresh', {})),
      evaluate: async (action, ...given) => {
        const script = IN_PAGE(String(action));
        const result = await here('POST', '/execute/async', { script, args: given });
        const { value, error } = result as { value: never; error?: string };
        if (error !== undefined) throw new Error(error);
        return value;
      },
      clickAt: (x, y) =>
        input('pointer', [
          { type: 'pointerMove', x: Math.round(x), y: Math.round(y) },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ]),
      press: (key) => {
        const value = KEYS[key] ?? key;
        return input('key', [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ]);
      },
      upload: async (path) => {
        const found = await here('POST', '/element', { using: 'css selector', value: 'input[type=file]' });
        const id = (found as { [ELEMENT]: string })[ELEMENT];
        await here('POST', `/element/${id}/value`, { text: path });
      },
      screenshot: async (path) =>
        writeFileSync(path, Buffer.from((await here('GET', '/screenshot')) as string, 'base64')),
      close: async () => void (await here('DELETE', '/window')),
    };
  };

  /** A window without a toolbar, for that has a least width. */
  const popup = async (opener: Tab, { width, height }: SizePx): Promise<Tab> => {
    const before = (await send('GET', '/window/handles')) as string[];
    // A click, for without one no window opens.
    await opener.evaluate((features) => {
      const open = () => void window.open('about:blank', '_blank', features);
      addEventListener('click', open, { once: true });
    }, `popup,width=${width},height=${height}`);
    await opener.clickAt(2, 2);
    const after = (await send('GET', '/window/handles')) as string[];
    const handle = after.find((each) => !before.includes(each));
    if (handle === undefined) throw new Error('WebKitGTK opened no window.');
    return tabOf(handle);
  };

  let newest: Tab | null = null;
  const tabFor = async (viewport?: SizePx): Promise<Tab> => {
    if (newest === null) return tabOf(first as string);
    if (viewport !== undefined) return await popup(newest, viewport);
    // A window of its own: MiniBrowser leaves a new tab in the background.
    const { handle } = (await send('POST', '/window/new', { type: 'window' })) as { handle: string };
    return tabOf(handle);
  };
  return {
    version,
    newTab: async (viewport) => {
      newest = await tabFor(viewport);
      return newest;
    },
    close,
  };
}
