// Loads the compiled kernels and gives them types; the memory is ours.

/** Exports of kernels.wasm. Pointers are byte addresses; all counts are in elements. */
export type Kernels = {
  heapBase(): number;
  gemm(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aCol: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    bias: number,
    residual: number,
    accumulate: number,
    scratch: number,
  ): void;
  transpose(x: number, ldx: number, rows: number, cols: number, out: number): void;
  sumSquares(x: number, n: number): number;
  columnSums(x: number, rows: number, cols: number, out: number): void;
  zero(x: number, n: number): void;
  addInto(x: number, y: number, n: number): void;
  adamw(
    parameters: number,
    gradients: number,
    first: number,
    second: number,
    n: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    decay: number,
    correction1: number,
    correction2: number,
    scale: number,
  ): void;
  /** slices: [offset, n, decays] per slice as int32. */
  adamwSlices(
    parameters: number,
    gradients: number,
    first: number,
    second: number,
    slices: number,
    count: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    decay: number,
    correction1: number,
    correction2: number,
    scale: number,
  ): void;
  rmsNorm(x: number, gain: number, out: number, inverse: number, rows: number, cols: number): void;
  rmsNormBackward(
    x: number,
    gain: number,
    inverse: number,
    dOut: number,
    dX: number,
    dGain: number,
    rows: number,
    cols: number,
    accumulate: number,
  ): void;
  layerNorm(
    x: number,
    gain: number,
    bias: number,
    out: number,
    stats: number,
    rows: number,
    cols: number,
  ): void;
  layerNormBackward(
    x: number,
    gain: number,
    stats: number,
    dOut: number,
    dX: number,
    dGain: number,
    dBias: number,
    rows: number,
    cols: number,
    accumulate: number,
  ): void;
  rope(
    x: number,
    out: number,
    positions: number,
    table: number,
    rows: number,
    width: number,
    heads: number,
    sign: number,
  ): void;
  swiglu(x: number, out: number, rows: number, hidden: number): void;
  swigluBackward(x: number, dOut: number, dX: number, rows: number, hidden: number): void;
  gelu(x: number, out: number, n: number): void;
  geluBackward(x: number, dOut: number, dX: number, n: number): void;
  addPosition(x: number, table: number, positions: number, out: number, rows: number, cols: number): void;
  scatterAdd(x: number, index: number, table: number, rows: number, cols: number): void;
  gatherRows(table: number, index: number, out: number, rows: number, cols: number): void;
  joinRows(
    image: number,
    text: number,
    out: number,
    batch: number,
    first: number,
    second: number,
    cols: number,
  ): void;
  splitRows(
    joined: number,
    image: number,
    text: number,
    batch: number,
    first: number,
    second: number,
    cols: number,
  ): void;
  attention(
    qkv: number,
    out: number,
    probs: number,
    keyStart: number,
    batch: number,
    time: number,
    prefix: number,
    heads: number,
    width: number,
    causal: number,
    scratch: number,
  ): void;
  attentionBackward(
    qkv: number,
    probs: number,
    dOut: number,
    dQkv: number,
    batch: number,
    time: number,
    /** Rows below it may see all keys below it. */
    reach: number,
    heads: number,
    width: number,
    scratch: number,
  ): void;
  prefixMass(
    probs: number,
    out: number,
    batch: number,
    time: number,
    prefix: number,
    heads: number,
    weight: number,
  ): void;
  fillCache(
    qkv: number,
    cache: number,
    first: number,
    count: number,
    batch: number,
    time: number,
    width: number,
    capacity: number,
  ): void;
  decodeAttention(
    qkv: number,
    out: number,
    cache: number,
    slots: number,
    positions: number,
    keyStart: number,
    rows: number,
    heads: number,
    width: number,
    capacity: number,
    scratch: number,
  ): void;
  headForward(
    logits: number,
    targets: number,
    rows: number,
    vocabulary: number,
    beta: number,
    logProbs: number,
    entropy: number,
    logSumExp: number,
  ): void;
  headBackward(
    logits: number,
    targets: number,
    logSumExp: number,
    entropy: number,
    weights: number,
    entropyWeights: number,
    rows: number,
    vocabulary: number,
    beta: number,
    dLogits: number,
  ): void;
};

/** The kernels for one thread, or those for a memory that threads share. */
export type KernelVariant = 'single' | 'shared';

/** Bytes of a variant: over HTTP in a browser or worker, from the file in Node. */
export async function fetchKernels(variant: KernelVariant = 'single'): Promise<BufferSource> {
  const url =
    variant === 'single'
      ? new URL('./kernels.wasm', import.meta.url)
      : new URL('./kernelsShared.wasm', import.meta.url);
  if (url.protocol === 'file:') {
    // The name stands in a variable so that bundlers for the browser leave it alone.
    const nodeFiles = 'node:fs/promises';
    const { readFile } = (await import(/* @vite-ignore */ nodeFiles)) as typeof import('node:fs/promises');
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The compute kernels (${url.pathname}) answered ${response.status}.`);
  return response.arrayBuffer();
}

/** Instantiates compiled kernels on a memory of ours. */
export async function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Promise<Kernels> {
  const { exports } = await WebAssembly.instantiate(module, {
    env: {
      memory,
      abort: () => {
        throw new Error('a compute kernel aborted');
      },
    },
  });
  return exports as unknown as Kernels;
}

/** The kernels for one thread on a memory of ours. */
export async function loadKernels(memory: WebAssembly.Memory, bytes?: BufferSource): Promise<Kernels> {
  return instantiateKernels(await WebAssembly.compile(bytes ?? (await fetchKernels())), memory);
}
