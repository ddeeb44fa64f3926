// Page of the benchmark: one worker, calls with a time limit, and the end of a worker that passes it.

import { proxy, wrap } from 'comlink';
import type { Partial, Reply } from '../types.ts';
import type { BenchCalls } from './bench.worker.ts';

const worker = new Worker(new URL('./bench.worker.ts', import.meta.url), { type: 'module' });
const calls = wrap<BenchCalls>(worker);

/** How far the call at hand has come. */
let partial: Partial;
void calls.listen(
  proxy((heard: Partial) => {
    partial = heard;
  }),
);

/** Calls the contestant. A call over `capMs` ends the worker, which may be busy for good. */
function call(name: keyof BenchCalls, args: unknown[], capMs: number): Promise<Reply<unknown>> {
  const from = performance.now();
  const passedMs = () => performance.now() - from;
  partial = { phase: null, phases: {}, tokens: 0 };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const answer = new Promise<Reply<unknown>>((resolve, reject) => {
    timer = setTimeout(() => {
      worker.terminate();
      resolve({ kind: 'over-cap', ms: passedMs(), partial });
    }, capMs);
    worker.onerror = ({ message }) => reject(new Error(message || 'the worker has died'));
    const run = calls[name] as (...args: unknown[]) => Promise<unknown>;
    run(...args).then((value) => resolve({ kind: 'done', value, ms: passedMs() }), reject);
  });
  const failed = (error: unknown): Reply<unknown> => ({
    kind: 'failed',
    error: error instanceof Error ? error.message || String(error.stack) : String(error),
  });
  return answer.catch(failed).finally(() => clearTimeout(timer));
}

declare global {
  interface Window {
    bench: { call: typeof call; isolated: boolean };
  }
}

window.bench = { call, isolated: window.crossOriginIsolated };
