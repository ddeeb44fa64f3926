// What this browser or Node can run, found out without starting anything.

import { PlaygroundError } from '../../base/errors.ts';

/** What to throw where this machine lacks what an engine needs; `hint` says what to do instead. */
export const noDevice = (what: string, hint: string) => new PlaygroundError('no-device', what, hint);

/** A module with one SIMD instruction: valid only where WebAssembly SIMD exists. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
]);

export function hasWasmSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_PROBE);
}

/** The browser's WebGPU, or null. */
export function webgpu(): GPU | null {
  return typeof navigator === 'object' && 'gpu' in navigator ? (navigator.gpu ?? null) : null;
}

/** Whether a WebGL 2 context can be had; on a worker through OffscreenCanvas. */
export function hasWebgl(): boolean {
  return webglRenderer() !== null;
}

/** The name of the WebGL 2 renderer, or null without WebGL 2. */
export function webglRenderer(): string | null {
  if (typeof OffscreenCanvas === 'undefined') return null;
  const context = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (!context) return null;
  const names = context.getExtension('WEBGL_debug_renderer_info');
  const renderer = context.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : context.RENDERER);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return String(renderer);
}
