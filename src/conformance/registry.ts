// The backends of `npm run vectors` by name.

import { CPU_BACKEND, CPU64_BACKEND, type VectorBackend } from './backend.ts';

/**
 * Backends of `npm run vectors` by name. An engine adds itself here: the factory may start a device or a browser, and
 * throws an error whose text says how to mend it where there is none.
 */
export const VECTOR_BACKENDS: Map<string, () => Promise<VectorBackend>> = new Map([
  ['cpu', async () => CPU_BACKEND],
  ['cpu64', async () => CPU64_BACKEND],
  ['wasm', async () => (await import('./engines.ts')).wasmVectors()],
  ['wgsl', async () => (await import('./engines.ts')).browserVectors('wgsl', 1e-5)],
  ['webgpu', async () => (await import('./engines.ts')).browserVectors('webgpu', 1e-4)],
  ['webgl', async () => (await import('./engines.ts')).browserVectors('webgl', 1e-4)],
  ['tfjs-wasm', async () => (await import('./engines.ts')).browserVectors('tfjs-wasm', 1e-5)],
]);
