// Starts one helper thread, in a browser or in Node.

import { nodeModule } from '../nodeModule.ts';
import type { HelperStart } from './helper.ts';

export type HelperThread = { terminate(): unknown };

/** A helper that does not answer in this time is none. */
const START_TIMEOUT_MS = 10_000;

/** Starts a helper and waits until its kernels are there. @throws Error when it does not start. */
export async function startHelperThread(message: HelperStart): Promise<HelperThread> {
  const [worker, answer] = 'Worker' in globalThis ? browserWorker() : await nodeWorker();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const error = new Error(`a compute thread did not start in ${START_TIMEOUT_MS} ms`);
    timer = setTimeout(() => reject(error), START_TIMEOUT_MS);
  });
  try {
    worker.postMessage(message);
    await Promise.race([answer, tooLate]);
  } catch (error) {
    void worker.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  // A process of Node that has nothing else to do may end.
  if ('unref' in worker) worker.unref();
  return worker;
}

function browserWorker() {
  const worker = new Worker(new URL('./helper.ts', import.meta.url), { type: 'module' });
  const answer = new Promise<unknown>((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = () => reject(new Error('a compute thread did not start'));
  });
  return [worker, answer] as const;
}

async function nodeWorker() {
  const threads = await nodeModule<typeof import('node:worker_threads')>('node:worker_threads');
  // The name stands in a variable so that bundlers for the browser leave it alone.
  const file = './helperNode.mjs';
  const worker = new threads.Worker(new URL(file, import.meta.url));
  const answer = new Promise<unknown>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  return [worker, answer] as const;
}
