// What this browser or Node can run, found out without starting anything.

import { PlaygroundError } from '../../base/errors.ts';
import { nodeModule } from '../wasm/nodeModule.ts';

/** What to throw where this machine lacks what an engine needs; `hint` says what to do instead. */
export const noDevice = (what: string, hint: string) => new PlaygroundError('no-device', what, hint);

/** A module with one SIMD instruction: valid only where WebAssembly SIMD exists. */
const SIMD_PROBE = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11,
]);

export function hasWasmSimd(): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(SIMD_PROBE);
}

/** A module of one function, f(a, b, c) = a b + c by `f32x4.relaxed_madd`. */
const FUSED_PROBE = new Uint8Array([
  ...[0, 97, 115, 109, 1, 0, 0, 0],
  ...[1, 8, 1, 96, 3, 125, 125, 125, 1, 125, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0],
  ...[10, 22, 1, 20, 0, 32, 0, 253, 19, 32, 1, 253, 19, 32, 2, 253, 19, 253, 133, 2, 253, 31, 0, 11],
]);

/** Whether this browser knows fused multiply-add and this processor does it: where it does not, the same instruction rounds twice. */
export async function canFuse(): Promise<boolean> {
  if (!WebAssembly.validate(FUSED_PROBE) && !(await allowedInNode())) return false;
  const { instance } = await WebAssembly.instantiate(FUSED_PROBE);
  const multiplyAdd = instance.exports.f as (a: number, b: number, c: number) => number;
  // 2^-24 is lost where the product is rounded by itself.
  return multiplyAdd(1 + 2 ** -12, 1 + 2 ** -12, -1 - 2 ** -11) !== 0;
}

/** Node 20 knows the instructions only when told to. */
async function allowedInNode(): Promise<boolean> {
  if (!import.meta.url.startsWith('file:')) return false;
  const { setFlagsFromString } = await nodeModule<typeof import('node:v8')>('node:v8');
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(FUSED_PROBE);
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
