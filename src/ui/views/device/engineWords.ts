// What each engine is for, in words.

const PURPOSES: { readonly [engine: string]: string } = {
  auto: 'Takes “wasm”, or “wgsl” where a graphics card measures faster. The right choice unless you want to compare.',
  wasm: 'Our fused engine on the processor. Needs no graphics card.',
  wgsl: 'Our fused engine on the graphics adapter. For machines with a real graphics card.',
  webgpu: 'TensorFlow.js on WebGPU, op by op: an independent implementation to compare with.',
  webgl: 'TensorFlow.js on WebGL 2, op by op: for old browsers with a graphics card, else to compare with.',
  'tfjs-wasm': 'TensorFlow.js on the processor, op by op: to compare with.',
  cpu: 'TensorFlow.js in plain JavaScript: works everywhere and is slow; the last resort.',
};

export function purposeOf(engine: string): string {
  return PURPOSES[engine] ?? '';
}
