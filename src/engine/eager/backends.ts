// Starts one tfjs backend: loads it when asked for, makes it ours, and says what it runs on.

import type { EagerEngineName } from '../../terms/engines.ts';
import { hasWasmSimd, noDevice, webglRenderer } from '../device/capabilities.ts';
import { DeviceGuard } from '../device/guard.ts';
import { openDevice } from '../device/webgpuDevice.ts';
import type { Tensor, Tf } from './tf.ts';

/** A running backend, shared by all eager engines of its name. */
export type EagerBackend = {
  tf: Tf;
  name: EagerEngineName;
  adapter: string;
  guard: DeviceGuard;
  /** Makes this backend the one that tfjs uses; synchronous, so call it before each run of operations. */
  enter(): void;
  /** Counts users; the last one gives a WebGPU device back. */
  retain(): void;
  release(): void;
};

/** Reads a tensor and frees it; the result is the caller's own copy. Rejects when the device fails. */
export async function take({ guard }: EagerBackend, tensor: Tensor): Promise<Float32Array> {
  try {
    return Float32Array.from(await guard.race(tensor.data()));
  } finally {
    tensor.dispose();
  }
}

const running = new Map<EagerEngineName, Promise<EagerBackend>>();

/** The backend of this name, started on the first call. @throws PlaygroundError `no-device`. */
export async function startBackend(name: EagerEngineName): Promise<EagerBackend> {
  const known = await running.get(name);
  if (known && !known.guard.hasFailed) return known;
  const starting = { webgpu: startWebgpu, webgl: startWebgl, 'tfjs-wasm': startWasm, cpu: startCpu }[name]();
  running.set(name, starting);
  starting.catch(() => running.delete(name));
  return starting;
}

/** tfjs-core with its gradients; core comes first, for the gradients attach to its registry. */
async function loadCore(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-core/dist/register_all_gradients');
  return tf;
}

async function finish(
  tf: Tf,
  name: EagerEngineName,
  adapter: string,
  guard: DeviceGuard,
  end: (() => void) | null = null,
): Promise<EagerBackend> {
  const tfName = name === 'tfjs-wasm' ? 'wasm' : name;
  if (!(await tf.setBackend(tfName)) || tf.getBackend() !== tfName) {
    throw noDevice(`The tfjs backend "${tfName}" did not start.`, 'Choose the engine "wasm" or "cpu".');
  }
  let users = 0;
  return {
    tf,
    name,
    adapter,
    guard,
    enter: () => {
      guard.check();
      // For a backend that is up, setBackend takes effect before it first awaits.
      if (tf.getBackend() !== tfName) void tf.setBackend(tfName);
    },
    retain: () => {
      users++;
    },
    release: () => {
      users--;
      if (users > 0 || !end) return;
      running.delete(name);
      end();
    },
  };
}

async function startWebgpu(): Promise<EagerBackend> {
  const { device, adapter, description } = await openDevice();
  const tf = await loadCore();
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const guard = new DeviceGuard(`WebGPU (${description})`);
  let stopped = false;
  guard.watchDevice(device, () => stopped);
  // The package has registered a factory with a device of its own.
  if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
  // tfjs-core carries older WebGPU types than ours.
  type Arguments = ConstructorParameters<typeof WebGPUBackend>;
  tf.registerBackend(
    'webgpu',
    () => new WebGPUBackend(device as unknown as Arguments[0], adapter.info as unknown as Arguments[1]),
    3,
  );
  // Small tensors would otherwise be computed on the CPU: other numbers, and reads that block.
  tf.env().set('WEBGPU_CPU_FORWARD', false);
  return finish(tf, 'webgpu', `WebGPU, ${description}`, guard, () => {
    stopped = true;
    tf.removeBackend('webgpu');
    device.destroy();
  });
}

async function startWebgl(): Promise<EagerBackend> {
  const renderer = webglRenderer();
  if (renderer === null) {
    throw noDevice(
      'This browser has no WebGL 2.',
      'Turn on hardware acceleration, or choose the engine "wasm", which needs no GPU.',
    );
  }
  const tf = await loadCore();
  const { MathBackendWebGL } = await import('@tensorflow/tfjs-backend-webgl');
  const guard = new DeviceGuard(`WebGL (${renderer})`);
  const backend = await finish(tf, 'webgl', `WebGL 2, ${renderer}`, guard);
  if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE')) {
    throw noDevice(
      `WebGL on "${renderer}" cannot draw 32-bit floats, which training needs.`,
      'Choose the engine "wasm" or "webgpu".',
    );
  }
  const instance = tf.backend();
  if (instance instanceof MathBackendWebGL) guard.watchCanvas(instance.getGPGPUContext().gl.canvas);
  return backend;
}

async function startWasm(): Promise<EagerBackend> {
  if (!hasWasmSimd()) {
    throw noDevice(
      'This browser has no WebAssembly SIMD.',
      'Use a browser from 2022 or later, or choose the engine "cpu".',
    );
  }
  const tf = await loadCore();
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // One file, served by our own origin: one thread with SIMD. (Threads break under minification and need isolation.)
  const url = new URL(
    '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  );
  const path = url.protocol === 'file:' ? decodeURIComponent(url.pathname) : url.href;
  setWasmPaths({
    'tfjs-backend-wasm.wasm': path,
    'tfjs-backend-wasm-simd.wasm': path,
    'tfjs-backend-wasm-threaded-simd.wasm': path,
  });
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  return finish(tf, 'tfjs-wasm', 'tfjs on WebAssembly', new DeviceGuard('tfjs-wasm'));
}

async function startCpu(): Promise<EagerBackend> {
  const tf = await loadCore();
  await import('@tensorflow/tfjs-backend-cpu');
  return finish(tf, 'cpu', 'tfjs in JavaScript', new DeviceGuard('cpu'));
}
