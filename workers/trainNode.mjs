// The training worker in a thread of Node, where loaders for TypeScript are not inherited and the scope of a worker is another one.

import { availableParallelism } from 'node:os';
import { workerData } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

const { port, code } = workerData;
// Threads of Node share memory as those of an isolated page do, and the build puts in the code.
Object.assign(globalThis, { self: port, crossOriginIsolated: true, __COSMO_CODE__: code });
// Node 20 has none.
globalThis.navigator ??= { hardwareConcurrency: availableParallelism() };

register();
await import('./train.worker.ts');
