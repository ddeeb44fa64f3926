// The measured peak of a machine, in the same run as the rest: the arithmetic of its cores, or of the graphics adapter's best matrix
// kernel, and a copy. Like every contestant it is judged by its median; the fastest is told too, which on a shared machine can be half
// as fast again.

import { wrap } from 'comlink';
import { canFuse } from '../../engine/device/capabilities.ts';
import { openDevice } from '../../engine/device/webgpuDevice.ts';
import { timed } from '../statistics.ts';
import type { Peak } from '../types.ts';
import type { peakRate } from './peakRate.worker.ts';

const MIN_MS = 1000;
const RATE_MS = 800;
const COPY_CPU_FLOATS = 1 << 24;

/** The rates of threads that run at the same time, added up. */
async function rateOf(threads: number, fused: boolean) {
  const rates = await Promise.all(
    Array.from({ length: threads }, async () => {
      const worker = new Worker(new URL('./peakRate.worker.ts', import.meta.url), { type: 'module' });
      const rate = await wrap<typeof peakRate>(worker)(fused, RATE_MS);
      worker.terminate();
      return rate;
    }),
  );
  const total = (of: 'median' | 'fastest') => rates.reduce((sum, rate) => sum + rate[of], 0);
  return { median: total('median'), fastest: total('fastest') };
}

/** Products and sums of four lanes on as many threads as the engine has, by build of the kernels; a copy of 64 MB on one. */
export async function cpuPeaks(threads: number): Promise<Peak[]> {
  const from = new Float32Array(COPY_CPU_FLOATS).fill(1);
  const to = new Float32Array(COPY_CPU_FLOATS);
  const copyMs = (await timed(() => to.set(from), MIN_MS)).min;
  const peaks: Peak[] = [];
  for (const simd of (await canFuse()) ? (['fused', 'plain'] as const) : (['plain'] as const)) {
    const one = await rateOf(1, simd === 'fused');
    const all = threads === 1 ? one : await rateOf(threads, simd === 'fused');
    peaks.push({
      adapter: 'cpu',
      simd,
      what: `${simd === 'fused' ? 'fused multiply-add' : 'multiply, then add'}, 128 bits, in registers, ${threads} thread${threads === 1 ? '' : 's'}`,
      oneThreadGflopPerSecond: one.median,
      gflopPerSecond: all.median,
      fastestGflopPerSecond: all.fastest,
      copyGbPerSecond: (2 * COPY_CPU_FLOATS * 4) / copyMs / 1e6,
    });
  }
  return peaks;
}

const SIDE = 512;
const COPY_FLOATS = 1 << 22;

const FOUR = [0, 1, 2, 3];
const WIDE = SIDE / 4;

/** One invocation computes 4 rows x 8 columns from registers alone: no workgroup memory, which software adapters are slow at. */
const MATMUL = /* wgsl */ `
@group(0) @binding(0) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> c: array<vec4<f32>>;
@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.y * 4u;
  let col = id.x * 2u;
  ${FOUR.map((i) => `var l${i} = vec4<f32>(); var h${i} = vec4<f32>();`).join(' ')}
  for (var k = 0u; k < ${WIDE}u; k++) {
    ${FOUR.map((i) => `let x${i} = a[(row + ${i}u) * ${WIDE}u + k];`).join(' ')}
    ${FOUR.map((p) => `let p${p} = b[(k * 4u + ${p}u) * ${WIDE}u + col]; let q${p} = b[(k * 4u + ${p}u) * ${WIDE}u + col + 1u];`).join('\n    ')}
    ${FOUR.map((i) => FOUR.map((p) => `l${i} += x${i}.${'xyzw'[p]} * p${p}; h${i} += x${i}.${'xyzw'[p]} * q${p};`).join(' ')).join('\n    ')}
  }
  ${FOUR.map((i) => `c[(row + ${i}u) * ${WIDE}u + col] = l${i}; c[(row + ${i}u) * ${WIDE}u + col + 1u] = h${i};`).join('\n  ')}
}`;

const COPY = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> y: array<vec4<f32>>;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * 4096u + id.x;
  if (i < ${COPY_FLOATS / 4}u) { y[i] = x[i]; }
}`;

/** A register-blocked matrix product of side 512 and a copy of 16 MB on the browser's adapter. */
export async function gpuPeak(adapter: Peak['adapter']): Promise<Peak> {
  const { device, description } = await openDevice();
  const buffer = (floats: number) => device.createBuffer({ size: floats * 4, usage: GPUBufferUsage.STORAGE });
  const time = async (code: string, floats: readonly number[], groups: [number, number]) => {
    const module = device.createShaderModule({ code });
    const pipeline = await device.createComputePipelineAsync({ layout: 'auto', compute: { module } });
    const buffers = floats.map(buffer);
    const group = device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((resource, binding) => ({ binding, resource: { buffer: resource } })),
    });
    return timed(async () => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, group);
      pass.dispatchWorkgroups(...groups);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    }, MIN_MS);
  };
  const area = SIDE * SIDE;
  const matmul = await time(MATMUL, [area, area, area], [SIDE / 64, SIDE / 32]);
  const copyMs = (await time(COPY, [COPY_FLOATS, COPY_FLOATS], [64, COPY_FLOATS / 4 / 4096])).min;
  device.destroy();
  return {
    adapter,
    simd: null,
    oneThreadGflopPerSecond: null,
    what: `a register-blocked WGSL product, ${description}`,
    gflopPerSecond: (2 * SIDE ** 3) / matmul.median / 1e6,
    fastestGflopPerSecond: (2 * SIDE ** 3) / matmul.min / 1e6,
    copyGbPerSecond: (2 * COPY_FLOATS * 4) / copyMs / 1e6,
  };
}
