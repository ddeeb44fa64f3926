// Drives the built page in a headless browser: starts it, speaks to `window.cosmo`, hands its events on.

import type { BrowserContext, Page } from 'playwright-core';
import { fromWireError, PlaygroundError, type WireError } from '../../base/errors.ts';
import { type Automation, type EventKind, WIRE_ERROR_MARK } from '../../protocol/automation.ts';
import type { DeviceReport, StartRequest } from '../../protocol/messages.ts';
import type { RunRecord } from '../../terms/run.ts';
import { launchChromium } from '../../tooling/chromium.ts';
import { servePage } from '../../tooling/serve.ts';
import type { BrowserChoice } from './flags.ts';
import type { Trainer, TrainerListeners } from './trainer.ts';

/**
 * The page always has this origin, whatever port it is served on: the browser's store belongs to the origin, and
 * a resumed run must find it again.
 */
const HOST = 'playground.localhost';
const KINDS: readonly EventKind[] = ['progress', 'metrics', 'status', 'error'];
const BUNDLE_CHUNK_BYTES = 4 * 1048576;
const LOG_LINES = 40;

export type TrainPageOptions = BrowserChoice &
  TrainerListeners & {
    profileFolder: string;
    /** The built page. */
    pageFolder: string;
  };

export class TrainPage implements Trainer {
  readonly #log: string[] = [];
  #closing = false;

  private constructor(
    private readonly context: BrowserContext,
    private readonly page: Page,
    private readonly closeServer: () => Promise<void>,
  ) {}

  /** @throws PlaygroundError where there is no browser or the page does not come up. */
  static async open(options: TrainPageOptions): Promise<TrainPage> {
    const server = await servePage({ folder: options.pageFolder });
    const port = new URL(server.url).port;
    try {
      const context = await launchChromium({
        adapter: options.adapter,
        headless: !options.headed,
        persistentDir: options.profileFolder,
        args: [`--host-resolver-rules=MAP ${HOST}:80 127.0.0.1:${port}`],
        ownsSignals: true,
      });
      const page = context.pages()[0] ?? (await context.newPage());
      const opened = new TrainPage(context, page, () => server.close());
      await opened.#start(options);
      return opened;
    } catch (error) {
      await server.close();
      throw error;
    }
  }

  describeDevice(engineChoice: string): Promise<DeviceReport> {
    return this.call('describeDevice', engineChoice);
  }

  start(request: StartRequest): Promise<{ runId: string }> {
    return this.call('start', request);
  }

  stop(): Promise<void> {
    return this.call('stop');
  }

  listRuns(): Promise<RunRecord[]> {
    return this.call('listRuns');
  }

  importBundle(bytes: Uint8Array): Promise<string> {
    return this.call('importBundle', Buffer.from(bytes).toString('base64'));
  }

  async exportBundle(runId: string): Promise<Uint8Array> {
    const { id, sizeBytes } = await this.call('openBundle', runId);
    const bytes = new Uint8Array(sizeBytes);
    for (let at = 0; at < sizeBytes; at += BUNDLE_CHUNK_BYTES)
      bytes.set(Buffer.from(await this.call('readBundle', id, at, BUNDLE_CHUNK_BYTES), 'base64'), at);
    await this.call('closeBundle', id);
    return bytes;
  }

  get consoleTail(): string {
    return this.#log.join('\n');
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.context.close().catch(() => undefined);
    await this.closeServer();
  }

  async #start({ onEvents, onGone }: TrainPageOptions): Promise<void> {
    const gone = (reason: string): void => {
      if (!this.#closing) onGone(reason);
    };
    this.page.on('console', (message) => this.#remember(`${message.type()}: ${message.text()}`));
    this.page.on('pageerror', (error) => this.#remember(`error: ${error.message}`));
    this.page.on('crash', () => gone('The page has crashed.'));
    this.page.on('close', () => gone('The page was closed.'));
    await this.page.exposeFunction('cosmoEvents', onEvents);
    // One that a profile keeps would answer with its own page, of an older version, where the server is slow.
    const devTools = await this.context.newCDPSession(this.page);
    await devTools.send('Network.enable');
    await devTools.send('Network.setBypassServiceWorker', { bypass: true });
    await this.page.goto(`http://${HOST}/`);
    await this.page.waitForFunction(() => window.cosmo !== undefined);
    await this.call('ready');
    await this.page.evaluate((kinds) => {
      const send: unknown = Reflect.get(window, 'cosmoEvents');
      if (typeof send === 'function') window.cosmo?.subscribe((events) => void send(events), kinds);
    }, KINDS);
  }

  /** One call of `window.cosmo`; errors come out as they were in the page. */
  async call<Name extends keyof Automation>(
    name: Name,
    ...args: Automation[Name] extends (...given: infer Given) => unknown ? Given : never
  ): Promise<Automation[Name] extends (...given: never[]) => infer Result ? Awaited<Result> : never> {
    try {
      return await this.page.evaluate(
        ([method, given]) => {
          const api: unknown = window.cosmo;
          const found: unknown = Reflect.get(api as object, method as string);
          return Reflect.apply(found as () => never, api, given as unknown[]);
        },
        [name, args] as unknown[],
      );
    } catch (error) {
      throw fromPage(error);
    }
  }

  #remember(line: string): void {
    this.#log.push(line);
    if (this.#log.length > LOG_LINES) this.#log.shift();
  }
}

/** The `PlaygroundError` that an error of `evaluate` carries in its message, or the error as it is. */
export function fromPage(error: unknown): unknown {
  const text = error instanceof Error ? error.message : String(error);
  const start = text.indexOf(WIRE_ERROR_MARK);
  if (start < 0) return error;
  // The stack of the page follows on further lines; the JSON itself has none.
  const json = text.slice(start + WIRE_ERROR_MARK.length).split('\n')[0] ?? '';
  try {
    return fromWireError(JSON.parse(json) as WireError);
  } catch {
    return new PlaygroundError('internal', text, 'This is a fault of the program: please report it.');
  }
}
