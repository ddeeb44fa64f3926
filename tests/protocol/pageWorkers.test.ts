// Workers that the page starts for another worker: started with its message, answered, ended when it says so or has died.

import { expect, test, vi } from 'vitest';
import { servePageWorkers, startPageWorker } from '../../src/protocol/pageWorkers.ts';

class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: ((event: { preventDefault(): void }) => void) | null = null;
  readonly heard: unknown[] = [];
  ended = false;

  postMessage(message: unknown): void {
    this.heard.push(message);
  }

  terminate(): void {
    this.ended = true;
  }
}

/** A page that serves an owner, and what the owner calls. */
function page(open?: () => Worker) {
  const workers: FakeWorker[] = [];
  const owner = new EventTarget();
  let die = () => {};
  const died = new Promise<void>((resolve) => {
    die = resolve;
  });
  const openFake = () => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  };
  servePageWorkers(owner as Worker, open ?? openFake, died);
  const scope = {
    postMessage: (data: unknown) => void owner.dispatchEvent(new MessageEvent('message', { data })),
  };
  return { workers, scope, die: () => die(), start: (message: unknown) => startPageWorker(scope, message) };
}

test('a worker is started with the message, memory that is shared stays shared, and its answer arrives', async () => {
  const { workers, start } = page();
  const memory = new SharedArrayBuffer(8);
  const { answer } = start({ memory });
  expect((workers[0].heard[0] as { memory: unknown }).memory).toBe(memory);
  workers[0].onmessage?.({ data: 'ready' });
  expect(await answer).toBe('ready');
});

test('it is ended when its owner says so, and only it', async () => {
  const { workers, start } = page();
  const first = start(1);
  start(2);
  first.terminate();
  await vi.waitFor(() => expect(workers[0].ended).toBe(true));
  expect(workers[1].ended).toBe(false);
});

test('those that are left end with their owner', async () => {
  const { workers, start, die } = page();
  start(1);
  start(2);
  die();
  await vi.waitFor(() => expect(workers.map(({ ended }) => ended)).toEqual([true, true]));
});

test('a worker that fails or cannot be made rejects the answer, and the page has no error', async () => {
  const { workers, start } = page();
  const preventDefault = vi.fn();
  const failing = start(1);
  workers[0].onerror?.({ preventDefault });
  await expect(failing.answer).rejects.toThrow('could not start');
  expect(preventDefault).toHaveBeenCalled();
  const refused = page(() => {
    throw new Error('refused');
  });
  await expect(refused.start(1).answer).rejects.toThrow('could not start');
});

test('other messages of the owner are not for it', () => {
  const { workers, scope } = page();
  for (const message of [null, 'text', 5, { id: 'x', type: 'RAW' }]) scope.postMessage(message);
  expect(workers).toEqual([]);
});
