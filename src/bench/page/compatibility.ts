// Lets libraries that only know core WebGPU run on an adapter in compatibility mode, so that they take part there too.

/** Features that such an adapter may list and that a library must ask for to get core WebGPU. */
const CORE = 'core-features-and-limits' as GPUFeatureName;

/** Where no core adapter is offered, requestAdapter gives one in compatibility mode, with its core features switched on. */
export function offerCompatibility(): void {
  if (typeof navigator !== 'object' || !navigator.gpu) return;
  const { gpu } = navigator;
  const original = gpu.requestAdapter.bind(gpu);
  gpu.requestAdapter = async (options) => {
    const core = await original(options);
    if (core) return core;
    const adapter = await original({ ...options, featureLevel: 'compatibility' });
    if (!adapter?.features.has(CORE)) return adapter;
    const request = adapter.requestDevice.bind(adapter);
    adapter.requestDevice = (descriptor = {}) =>
      request({ ...descriptor, requiredFeatures: [...(descriptor.requiredFeatures ?? []), CORE] });
    return adapter;
  };
}
