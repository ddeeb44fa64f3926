// Loads the compiled kernels and gives them types; the memory is ours.

import { notLoaded } from '../../base/errors.ts';
import { nodeModule } from './nodeModule.ts';

/** The arguments of each kernel in their order: pointers are byte addresses, all counts are in elements. See kernels/ for what they mean. */
export const KERNEL_ARGUMENTS = {
  gemm: 'm n k a aRow aCol b ldb c ldc bias residual accumulate scratch',
  packWeight: 'b k n transposed packed',
  gemmPacked: 'm n k a packed c ldc bias residual scratch',
  transpose: 'x ldx rows cols out ldOut',
  columnSums: 'x rows cols out',
  zero: 'x n',
  adamw:
    'parameters gradients first second slices count learningRate beta1 beta2 epsilon decay correction1 correction2 scale',
  norm: 'x gain bias out stats rows cols',
  normBackward: 'x gain stats dOut dX dGain dBias rows cols accumulate',
  rope: 'x out positions table rows width heads sign',
  swiglu: 'x out rows hidden',
  swigluBackward: 'x dOut dX rows hidden',
  gelu: 'x out n',
  geluBackward: 'x dOut dX n',
  addPosition: 'x table positions out rows cols',
  scatterAdd: 'x index table rows cols',
  gatherRows: 'table index out rows cols',
  joinRows: 'image text out source rows cols',
  splitRows: 'joined image text source rows cols',
  attention: 'qkv out probs segments count rows heads size width stride scratch',
  attentionBackward: 'qkv probs dOut dQkv segments count rows heads size width stride scratch',
  prefixMass: 'probs out segments count rows heads stride weight',
  fillCache: 'qkv cache rows width',
  decodeAttention: 'qkv out cache segments rows heads width scratch',
  headForward: 'logits targets rows vocabulary beta logProbs entropy logSumExp',
  sampleRows: 'logits uniforms options rows vocabulary tokens logProbs scratch',
  headBackward: 'logits targets logSumExp entropy weights entropyWeights rows vocabulary beta dLogits',
} as const;
export type KernelName = keyof typeof KERNEL_ARGUMENTS;

/** One number for each word of a list of arguments. */
type Numbers<List extends string> = List extends `${string} ${infer Rest}`
  ? [number, ...Numbers<Rest>]
  : [number];

/** Exports of kernels.wasm. */
export type Kernels = {
  [kernel in KernelName]: (...values: Numbers<(typeof KERNEL_ARGUMENTS)[kernel]>) => void;
} & {
  /** First byte that is not the kernels' own. */
  heapBase(): number;
  /** a b + c in float32, rounded once or twice. */
  multiplyAdd(a: number, b: number, c: number): number;
  sumSquares(x: number, n: number): number;
  /** Independent chains of products and sums in registers; gives how many, each of 8 operations a round. */
  peakLoop(rounds: number, result: number): number;
};

/** A build of the kernels: for one thread or for threads that share a memory; `fused` rounds a product and a sum once, not twice. */
export type KernelBuild = { shared: boolean; fused: boolean };

// Each address in full: the page's build copies the files that it finds written so.
const FILES = {
  plain: {
    single: () => new URL('./kernels.wasm', import.meta.url),
    shared: () => new URL('./kernelsShared.wasm', import.meta.url),
  },
  fused: {
    single: () => new URL('./kernelsFused.wasm', import.meta.url),
    shared: () => new URL('./kernelsSharedFused.wasm', import.meta.url),
  },
};

/** The bytes of a build: over HTTP in a browser or worker, from the file in Node. @throws PlaygroundError `not-loaded` */
export async function fetchKernels({ shared, fused }: KernelBuild): Promise<BufferSource> {
  const url = FILES[fused ? 'fused' : 'plain'][shared ? 'shared' : 'single']();
  if (url.protocol === 'file:') {
    const { readFile } = await nodeModule<typeof import('node:fs/promises')>('node:fs/promises');
    return new Uint8Array(await readFile(url));
  }
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${url.pathname} answered ${response.status}`);
    return await response.arrayBuffer();
  } catch (error) {
    throw notLoaded('The compute kernels', error);
  }
}

/** Instantiates compiled kernels on a memory of ours. */
export async function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Kernels> {
  const abort = () => {
    throw new Error('a compute kernel aborted');
  };
  const { exports } = await WebAssembly.instantiate(module, { env: { memory, abort } });
  return exports as unknown as Kernels;
}

/** The kernels of a build on a memory of ours. */
export async function loadKernels(
  memory: WebAssembly.Memory,
  build: KernelBuild = { shared: false, fused: false },
): Promise<Kernels> {
  return instantiateKernels(await WebAssembly.compile(await fetchKernels(build)), memory);
}

/** Whether the kernels round a product and a sum once: 2^-24 is lost where the product is rounded by itself. */
export function isFused({ multiplyAdd }: Pick<Kernels, 'multiplyAdd'>): boolean {
  return multiplyAdd(1 + 2 ** -12, 1 + 2 ** -12, -1 - 2 ** -11) !== 0;
}
