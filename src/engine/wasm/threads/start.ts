// Starts one helper thread, in a browser or in Node.

import { nodeModule } from '../nodeModule.ts';
import type { HelperStart } from './helper.ts';

export type HelperThread = { terminate(): unknown };

/** Starts a worker of helper.ts in a browser; it answers once its kernels are there. */
export type StartHelper = (message: HelperStart) => HelperThread & { answer: Promise<unknown> };

/** A helper that does not answer in this time is none. */
const START_TIMEOUT_MS = 10_000;

/** Starts a helper and waits until its kernels are there. @throws Error when it does not start. */
export async function startHelperThread(
  message: HelperStart,
  inBrowser: StartHelper = startWorker,
): Promise<HelperThread> {
  const thread = 'Worker' in globalThis ? inBrowser(message) : await startNodeThread(message);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    const error = new Error(`a compute thread did not start in ${START_TIMEOUT_MS} ms`);
    timer = setTimeout(() => reject(error), START_TIMEOUT_MS);
  });
  try {
    await Promise.race([thread.answer, tooLate]);
  } catch (error) {
    void thread.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return thread;
}

function startWorker(message: HelperStart): ReturnType<StartHelper> {
  const worker = new Worker(new URL('./helper.ts', import.meta.url), { type: 'module' });
  const answer = new Promise<unknown>((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = () => reject(new Error('a compute thread did not start'));
  });
  worker.postMessage(message);
  return { answer, terminate: () => worker.terminate() };
}

async function startNodeThread(message: HelperStart): Promise<ReturnType<StartHelper>> {
  const threads = await nodeModule<typeof import('node:worker_threads')>('node:worker_threads');
  // The name stands in a variable so that bundlers for the browser leave it alone.
  const file = './helperNode.mjs';
  const worker = new threads.Worker(new URL(file, import.meta.url));
  const answer = new Promise<unknown>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  worker.postMessage(message);
  // A process of Node that has nothing else to do may end.
  void answer.then(
    () => worker.unref(),
    () => undefined,
  );
  return { answer, terminate: () => worker.terminate() };
}
