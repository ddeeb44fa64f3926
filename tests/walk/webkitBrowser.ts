// WebKitGTK for the walk: its MiniBrowser on a virtual display, by WebDriver.

import { writeFileSync } from 'node:fs';
import { launchWebKit } from '../../src/tooling/webkit.ts';
import type { DrivenBrowser, Tab } from './tab.ts';

/** Keys that are no characters, as WebDriver writes them. */
const KEYS: { readonly [key: string]: string } = { Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C' };
/** A member of this name holds the reference to an element (WebDriver, 12.1). */
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

export async function webkit(downloads: string): Promise<DrivenBrowser> {
  const { version, send, close } = await launchWebKit({ downloads });
  let first: string | null = (await send('GET', '/window')) as string;

  /** Commands go to one window at a time. */
  const inWindow = async (handle: string, method: string, path: string, body?: object): Promise<unknown> => {
    await send('POST', '/window', { handle });
    return await send(method, path, body);
  };

  const tabOf = (handle: string): Tab => {
    const post = (path: string, body: object) => inWindow(handle, 'POST', path, body);
    const act = (type: string, actions: readonly object[]) =>
      post('/actions', { actions: [{ type, id: type, actions }] }).then(() => undefined);
    return {
      open: async (url) => void (await post('/url', { url })),
      reload: async () => void (await post('/refresh', {})),
      evaluate: async (action, ...given) => {
        // What a function throws would come out as text without its message.
        const script = `const [action, given, done] = [${action}, [...arguments].slice(0, -1), arguments[arguments.length - 1]];
          Promise.resolve().then(() => action(...given)).then((value) => done({ value }), (error) => done({ error: String(error?.message ?? error) }));`;
        const result = (await post('/execute/async', { script, args: given })) as {
          value?: never;
          error?: string;
        };
        if (result.error !== undefined) throw new Error(result.error);
        return result.value as never;
      },
      clickAt: (x, y) =>
        act('pointer', [
          { type: 'pointerMove', x: Math.round(x), y: Math.round(y) },
          { type: 'pointerDown', button: 0 },
          { type: 'pointerUp', button: 0 },
        ]),
      press: (key) =>
        act('key', [
          { type: 'keyDown', value: KEYS[key] ?? key },
          { type: 'keyUp', value: KEYS[key] ?? key },
        ]),
      upload: async (path) => {
        const field = (await post('/element', { using: 'css selector', value: 'input[type=file]' })) as {
          [ELEMENT]: string;
        };
        await post(`/element/${field[ELEMENT]}/value`, { text: path });
      },
      resize: async (width, height) => void (await post('/window/rect', { width, height })),
      screenshot: async (path) =>
        writeFileSync(path, Buffer.from((await inWindow(handle, 'GET', '/screenshot')) as string, 'base64')),
      close: async () => void (await inWindow(handle, 'DELETE', '/window')),
    };
  };

  return {
    version,
    newTab: async () => {
      const handle =
        first ?? ((await send('POST', '/window/new', { type: 'tab' })) as { handle: string }).handle;
      first = null;
      return tabOf(handle);
    },
    close,
  };
}
