// Whether the page is kept for use without a network: what becomes of a registration of its service worker.

import { expect, it } from 'vitest';
import { stateAfter } from '../../src/ui/browser/offline.ts';

class FakeWorker extends EventTarget {
  state = 'installing';
  becomes(state: string): void {
    this.state = state;
    this.dispatchEvent(new Event('statechange'));
  }
}

function registered(workers: { active?: FakeWorker; installing?: FakeWorker }) {
  return stateAfter(Promise.resolve({ active: null, installing: null, waiting: null, ...workers } as never));
}

it('CASES 27: a service worker that cannot keep its files is told as failed, not as being prepared', async () => {
  const installing = new FakeWorker();
  const state = registered({ installing });
  await Promise.resolve();
  installing.becomes('redundant');
  expect(await state).toBe('failed');
});

it('a first version is ready once it is activated; an update leaves the one before in force', async () => {
  const installing = new FakeWorker();
  const first = registered({ installing });
  for (const state of ['installed', 'activating', 'activated']) {
    await new Promise((resolve) => setTimeout(resolve));
    installing.becomes(state);
  }
  expect(await first).toBe('ready');
  expect(await registered({ active: new FakeWorker(), installing: new FakeWorker() })).toBe('ready');
});

it('a browser that forbids it and a program that does not come are told apart', async () => {
  const refused = (error: Error) => stateAfter(Promise.reject(error));
  expect(await refused(new DOMException('no', 'SecurityError'))).toBe('unsupported');
  expect(await refused(new TypeError('Failed to fetch'))).toBe('failed');
});
