// A helper thread: an instance of the kernels on the shared memory, doing parts of each large call. Runs in browsers and in Node.

import { instantiateKernels } from '../kernels.ts';
import { nodeModule } from '../nodeModule.ts';
import { serve } from './barrier.ts';
import { Sharing } from './sharing.ts';

/** What a helper is started with. */
export type HelperStart = {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  parts: number;
  /** Bytes from the leader's scratch to this helper's. */
  scratchOffset: number;
  /** The control block and the arguments, as byte addresses and lengths in elements. */
  control: { pointer: number; length: number };
  arguments: { pointer: number; length: number };
};

async function start(message: HelperStart, ready: () => void): Promise<void> {
  const { memory, module, parts, scratchOffset } = message;
  const sharing = new Sharing(await instantiateKernels(module, memory), parts, scratchOffset);
  // Both blocks lie below what the memory had at the start, so these views stay good when it grows.
  const control = new Int32Array(memory.buffer, message.control.pointer, message.control.length);
  const values = new Int32Array(memory.buffer, message.arguments.pointer, message.arguments.length);
  ready();
  serve(control, parts, (division, part) => sharing.run(division, values, part));
}

if ('postMessage' in globalThis) {
  addEventListener('message', ({ data }: MessageEvent<HelperStart>) => {
    void start(data, () => postMessage('ready'));
  });
} else {
  const { parentPort } = await nodeModule<typeof import('node:worker_threads')>('node:worker_threads');
  parentPort?.once('message', (data: HelperStart) => {
    void start(data, () => parentPort.postMessage('ready'));
  });
}
