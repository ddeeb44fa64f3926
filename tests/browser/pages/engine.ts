// Page of the engine tests: passes each call to a worker of its own, as training does.

import type { EngineCall, EngineCalls } from './engine.worker.ts';

declare global {
  interface Window {
    enginePage: typeof enginePage;
  }
}

let worker: Worker | null = null;
let count = 0;

/** Runs a call in the worker, which is started on the first one. */
function call<Name extends keyof EngineCalls>(
  name: Name,
  ...args: Parameters<EngineCalls[Name]>
): Promise<Awaited<ReturnType<EngineCalls[Name]>>> {
  worker ??= new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' });
  const target = worker;
  const id = ++count;
  return new Promise((resolve, reject) => {
    const listen = ({ data }: MessageEvent<{ id: number; result?: unknown; error?: string }>) => {
      if (data.id !== id) return;
      target.removeEventListener('message', listen);
      if (data.error === undefined) resolve(data.result as Awaited<ReturnType<EngineCalls[Name]>>);
      else reject(new Error(data.error));
    };
    target.addEventListener('message', listen);
    target.addEventListener('error', (event) => reject(new Error(`The worker failed: ${event.message}`)));
    target.postMessage({ id, name, args } satisfies EngineCall);
  });
}

const enginePage = { call };
window.enginePage = enginePage;
