// Calls between threads: results, errors with class and fields, and a clear end when the other side dies.

import { MessageChannel, Worker as NodeWorker } from 'node:worker_threads';
import { transfer } from 'comlink';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { asPlaygroundError, PlaygroundError } from '../../src/base/errors.ts';
import { EventBatcher } from '../../src/protocol/eventBatcher.ts';
import type { TrainEvent } from '../../src/protocol/messages.ts';
import { connectPort, connectWorker, exposeApi, type RemoteConnection } from '../../src/protocol/remote.ts';
import { MemoryStore } from '../../src/storage/memoryStore.ts';
import type { RunStore } from '../../src/storage/types.ts';
import { fill } from '../storage/wholeRun.ts';

class Calculator {
  #calls = 0;
  add(a: number, b: number): number {
    this.#calls++;
    return a + b;
  }
  async count(): Promise<number> {
    return this.#calls;
  }
  fail(kind: 'playground' | 'plain' | 'text'): void {
    if (kind === 'playground')
      throw new PlaygroundError('diverged', 'It diverged.', 'Lower it.', { step: 3 });
    if (kind === 'text') throw 'just a text';
    throw new TypeError('x is not a function');
  }
  never(): Promise<void> {
    return new Promise(() => undefined);
  }
  moved(): Uint8Array {
    const bytes = Uint8Array.of(1, 2, 3);
    return transfer(bytes, [bytes.buffer]);
  }
  async serve(port: MessagePort): Promise<void> {
    exposeApi(this, port);
  }
  readonly notAMethod = 1;
}

const open: RemoteConnection<Calculator>[] = [];
const browserPort = (port: unknown) => port as MessagePort;

function makeConnection(): { connection: RemoteConnection<Calculator>; otherPort: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  exposeApi(new Calculator(), browserPort(port2));
  const connection = connectPort<Calculator>(browserPort(port1), 'calculator');
  open.push(connection);
  return { connection, otherPort: browserPort(port2) };
}

async function errorOf(call: Promise<unknown>): Promise<PlaygroundError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(PlaygroundError);
  return error as PlaygroundError;
}

afterEach(() => {
  for (const connection of open.splice(0)) connection.terminate();
});

describe('calls', () => {
  test('reach methods with private state, and the api may be awaited', async () => {
    const { api } = await (async () => makeConnection().connection)();
    const same = await Promise.resolve(api);
    expect(await same.add(2, 3)).toBe(5);
    expect(await Promise.all([api.add(1, 1), api.add(2, 2), api.count()])).toEqual([2, 4, 3]);
    expect([...(await api.moved())]).toEqual([1, 2, 3]);
  });

  test('a port among the arguments is transferred, and serves', async () => {
    const { api } = makeConnection().connection;
    const { port1, port2 } = new MessageChannel();
    await api.serve(browserPort(port2));
    const second = connectPort<Calculator>(browserPort(port1), 'second line');
    open.push(second);
    await second.api.add(1, 2);
    expect(await api.count()).toBe(1);
  });

  test('a store is still a store', async () => {
    const { port1, port2 } = new MessageChannel();
    const memory = new MemoryStore();
    exposeApi(memory, browserPort(port2));
    const connection = connectPort<RunStore>(browserPort(port1), 'store');
    const store: Omit<RunStore, never> = connection.api;
    await fill(store as RunStore, 'a');
    expect(await store.latestCheckpoint('a')).toEqual(await memory.latestCheckpoint('a'));
    const error = await errorOf(store.updateRun('none', {}));
    expect([error.code, error.message]).toEqual(['not-found', 'The run "none" is not stored here.']);
    expect(error.details).toEqual({ runId: 'none' });
    connection.terminate();
  });
});

describe('errors', () => {
  test('keep code, sentence, way on and details', async () => {
    const { api } = makeConnection().connection;
    const diverged = await errorOf(api.fail('playground'));
    expect(diverged).toMatchObject({
      code: 'diverged',
      message: 'It diverged.',
      hint: 'Lower it.',
      details: { step: 3 },
    });
    expect(diverged.stack).toContain('in the other thread');
    expect(await errorOf(api.fail('plain'))).toMatchObject({
      code: 'internal',
      message: 'x is not a function',
    });
    expect(await errorOf(api.fail('text'))).toMatchObject({ code: 'internal', message: 'just a text' });
  });

  test('unknown methods and values that cannot be sent are errors, not silence', async () => {
    const { api } = makeConnection().connection;
    const loose = api as unknown as { [name: string]: (...args: unknown[]) => Promise<unknown> };
    expect((await errorOf(loose.missing())).message).toContain('no method "missing"');
    expect((await errorOf(loose.notAMethod())).message).toContain('no method');
    expect((await errorOf(loose.constructor())).message).toContain('no method');
    expect((await errorOf(loose.add(() => 1))).code).toBe('internal');
    expect(await api.add(1, 1)).toBe(2);
  });

  test('asPlaygroundError leaves its own kind alone', () => {
    const error = new PlaygroundError('busy', 'Busy.', 'Wait.');
    expect(asPlaygroundError(error)).toBe(error);
    expect(asPlaygroundError({ code: 'nonsense', message: 'm', hint: 'w' }).code).toBe('internal');
  });

  test.each([
    'Failed to fetch dynamically imported module: http://host/assets/RunsView-1.js',
    'error loading dynamically imported module: http://host/assets/RunsView-1.js',
    'Importing a module script failed.',
    'Unable to preload CSS for /assets/RunsView-1.css',
  ])('CASES 26: code or style that is gone after a new deploy is no fault of the program (%s)', (message) => {
    const error = asPlaygroundError(new TypeError(message));
    expect(error).toMatchObject({ code: 'not-loaded', details: { cause: message } });
    expect(error.text).not.toContain('fault of the program');
  });
});

describe('death', () => {
  test('terminate rejects pending and later calls', async () => {
    const { connection } = makeConnection();
    const pending = errorOf(connection.api.never());
    connection.terminate();
    expect(await pending).toMatchObject({ code: 'worker-died', details: { worker: 'calculator' } });
    expect((await errorOf(connection.api.add(1, 1))).text).toContain('The calculator has stopped');
    expect((await connection.died).code).toBe('worker-died');
  });

  test('markDead gives the reason; the first one counts', async () => {
    const { connection } = makeConnection();
    connection.markDead('the device is gone.');
    connection.markDead('another');
    expect((await connection.died).message).toBe('The calculator has stopped: the device is gone.');
  });

  test('the other end of the port closes', async () => {
    const { connection, otherPort } = makeConnection();
    const pending = errorOf(connection.api.never());
    otherPort.close();
    expect((await pending).message).toContain('port was closed');
  });

  test('a worker that fires error or messageerror is ended', async () => {
    for (const event of ['error', 'messageerror']) {
      const target = Object.assign(new EventTarget(), { postMessage: vi.fn(), terminate: vi.fn() });
      const connection = connectWorker<Calculator>(target as unknown as Worker, 'training worker');
      const pending = errorOf(connection.api.never());
      target.dispatchEvent(Object.assign(new Event(event), { message: 'boom', lineno: 3, filename: 'w.js' }));
      expect((await pending).message).toContain(event === 'error' ? 'boom (w.js:3)' : 'cannot be read');
      expect(target.terminate).toHaveBeenCalledOnce();
    }
  });

  test('CASES 26: a worker that fails without a word before its first answer was not loaded: a reload', async () => {
    const target = Object.assign(new EventTarget(), { postMessage: vi.fn(), terminate: vi.fn() });
    const connection = connectWorker<Calculator>(target as unknown as Worker, 'training worker');
    const pending = errorOf(connection.api.never());
    target.dispatchEvent(new Event('error'));
    expect(await pending).toMatchObject({
      code: 'not-loaded',
      message: 'The program of the training worker could not be loaded.',
    });
    expect((await connection.died).hint).toContain('a reload fetches that');
  });

  test('a worker that does not start is ended; one that has answered may take its time', async () => {
    vi.useFakeTimers();
    const mute = Object.assign(new EventTarget(), { postMessage: vi.fn(), terminate: vi.fn() });
    const pending = errorOf(connectWorker<Calculator>(mute as unknown as Worker, 'store worker').api.never());
    const { port1, port2 } = new MessageChannel();
    exposeApi(new Calculator(), browserPort(port2));
    const worker = Object.assign(port1, { terminate: () => port1.close() });
    const connection = connectWorker<Calculator>(worker as unknown as Worker, 'calculator');
    open.push(connection);
    await connection.api.add(1, 2);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await pending).toMatchObject({
      code: 'worker-died',
      message: 'The store worker has stopped: it did not start within 30 s.',
    });
    expect(mute.terminate).toHaveBeenCalledOnce();
    expect(await connection.api.add(2, 3)).toBe(5);
    vi.useRealTimers();
  });

  test('a thread that exits takes its port with it', async () => {
    const { port1, port2 } = new MessageChannel();
    const worker = new NodeWorker(
      'require("node:worker_threads").workerData.start(); setInterval(() => {}, 1e3)',
      {
        eval: true,
        workerData: port2,
        transferList: [port2],
      },
    );
    const connection = connectPort<Calculator>(browserPort(port1), 'thread');
    const pending = errorOf(connection.api.never());
    await worker.terminate();
    expect((await pending).code).toBe('worker-died');
  });
});

describe('EventBatcher', () => {
  const event = (message: string): TrainEvent => ({ kind: 'status', runId: 'a', phase: 'running', message });
  const texts = (post: ReturnType<typeof vi.fn>) =>
    post.mock.calls.map(([events]) =>
      (events as { message: string }[]).map(({ message }) => message).join(''),
    );

  test('posts at most every 100 ms, in order, and on demand', () => {
    vi.useFakeTimers();
    const post = vi.fn();
    const batcher = new EventBatcher({ postMessage: post }, { now: () => Date.now() });
    batcher.push(event('a'));
    batcher.push(event('b'));
    vi.advanceTimersByTime(60);
    batcher.push(event('c'));
    expect(texts(post)).toEqual(['a']);
    vi.advanceTimersByTime(40);
    expect(texts(post)).toEqual(['a', 'bc']);
    batcher.push(event('d'));
    batcher.flush();
    batcher.flush();
    expect(texts(post)).toEqual(['a', 'bc', 'd']);
    vi.advanceTimersByTime(1000);
    expect(post).toHaveBeenCalledTimes(3);
    vi.useRealTimers();
  });

  test('needs no timer in a thread that never rests, and bounds a batch', () => {
    let clock = 0;
    const post = vi.fn();
    const batcher = new EventBatcher({ postMessage: post }, { now: () => clock, maxEvents: 4 });
    for (const text of 'abcdef') batcher.push(event(text));
    expect(texts(post)).toEqual(['a', 'bcde']);
    clock = 100;
    batcher.push(event('g'));
    expect(texts(post)).toEqual(['a', 'bcde', 'fg']);
  });
});
