// Starts one helper thread, in a browser or in Node.

import type { HelperStart } from './helper.ts';

export type HelperThread = { terminate(): void };

/** A helper that does not answer in this time is none. */
const START_TIMEOUT_MS = 10_000;

/** Starts a helper and waits until its kernels are there. @throws Error when it does not start. */
export async function startHelperThread(message: HelperStart): Promise<HelperThread> {
  return 'Worker' in globalThis ? startInBrowser(message) : startInNode(message);
}

async function startInBrowser(message: HelperStart): Promise<HelperThread> {
  const worker = new Worker(new URL('./helper.ts', import.meta.url), { type: 'module' });
  try {
    await answered((ready, failed) => {
      worker.onmessage = ready;
      worker.onerror = () => failed(new Error('a compute thread did not start'));
      worker.postMessage(message);
    });
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return worker;
}

async function startInNode(message: HelperStart): Promise<HelperThread> {
  // The names stand in variables so that bundlers for the browser leave them alone.
  const nodeThreads = 'node:worker_threads';
  const { Worker: NodeWorker } = (await import(
    /* @vite-ignore */ nodeThreads
  )) as typeof import('node:worker_threads');
  const file = './helperNode.mjs';
  const worker = new NodeWorker(new URL(file, import.meta.url));
  try {
    await answered((ready, failed) => {
      worker.once('message', ready);
      worker.once('error', failed);
      worker.postMessage(message);
    });
  } catch (error) {
    void worker.terminate();
    throw error;
  }
  // A process that has nothing else to do may end.
  worker.unref();
  return { terminate: () => void worker.terminate() };
}

function answered(listen: (ready: () => void, failed: (error: Error) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`a compute thread did not start in ${START_TIMEOUT_MS} ms`)),
      START_TIMEOUT_MS,
    );
    listen(
      () => {
        clearTimeout(timer);
        resolve();
      },
      (error) => {
        clearTimeout(timer);
        reject(error);
      },
    );
  });
}
