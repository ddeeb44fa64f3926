// Page of the benchmark: one worker, calls with a time limit, and the end of a worker that passes it.

import type { Partial, Reply } from '../types.ts';
import type { BenchAnswer, BenchCall } from './bench.worker.ts';

const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' });
let calls = 0;

/** Calls the contestant. A call over `capMs` ends the worker, which may be busy for good. */
function call(name: BenchCall['name'], args: unknown[], capMs: number): Promise<Reply<unknown>> {
  const id = ++calls;
  return new Promise((resolve) => {
    const from = performance.now();
    let partial: Partial = { phase: null, phases: {}, tokens: 0 };
    const finish = (reply: Reply<unknown>) => {
      clearTimeout(timer);
      worker.onmessage = null;
      worker.onerror = null;
      resolve(reply);
    };
    const timer = setTimeout(() => {
      worker.terminate();
      finish({ kind: 'over-cap', ms: performance.now() - from, partial });
    }, capMs);
    worker.onmessage = ({ data }: MessageEvent<BenchAnswer>) => {
      if (data.id !== id) return;
      if ('partial' in data) partial = data.partial;
      else if ('error' in data) finish({ kind: 'failed', error: data.error });
      else finish({ kind: 'done', value: data.result, ms: data.ms });
    };
    worker.onerror = (event) => finish({ kind: 'failed', error: event.message || 'the worker has died' });
    worker.postMessage({ id, name, args } satisfies BenchCall);
  });
}

declare global {
  interface Window {
    bench: { call: typeof call; isolated: boolean };
  }
}

window.bench = { call, isolated: window.crossOriginIsolated };
