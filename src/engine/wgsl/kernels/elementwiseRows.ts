// What the kernels share that give every vector of a matrix one invocation.

import type { ElementView, KernelSource, KernelUse, ModelBuffer, Words } from '../kernel.ts';

/** Invocations per workgroup of the kernels in this folder that work on vectors or rows. */
export const LANES = 64;

/** How a row is cut: vectors of four where its length allows, else single numbers. */
export type Cut = {
  view: ElementView & ('f32' | 'vec4<f32>');
  /** Vectors per row. */
  vectors: number;
  /** WGSL: the offset word `field`, in vectors. */
  at(field: string): string;
};

export function cut(cols: number): Cut {
  return cols % 4 === 0
    ? { view: 'vec4<f32>', vectors: cols / 4, at: (field) => `op.${field} / 4u` }
    : { view: 'f32', vectors: cols, at: (field) => `op.${field}` };
}

export type VectorKernel = {
  key: string;
  /** The word that counts the rows, where these are part of the plan; else `rows` says which count of the step does. */
  entries?: string;
  /** Invocations per row. */
  vectors: number;
  fields: readonly string[];
  buffers: KernelSource['buffers'];
  /** Module-scope WGSL. */
  helpers?: string;
  /** WGSL that sees the invocation's `row`, its vector `c` in that row, and `i` = row * vectors + c. */
  body: string;
};

/** A use with one invocation per vector. */
export function vectorUse(parts: VectorKernel, words: Words<string>): KernelUse {
  const { key, entries, fields, buffers, vectors, helpers = '', body } = parts;
  const groupsOf = (rows: number) => Math.ceil((rows * vectors) / LANES);
  return {
    kernel: {
      key,
      fields,
      buffers,
      workgroupSize: LANES,
      body: `${helpers}
fn run(group: u32, lane: u32) {
  let i = group * ${LANES}u + lane;
  if (i >= ${entries ? `op.${entries}` : 'rowsInUse()'} * ${vectors}u) { return; }
  let row = i / ${vectors}u;
  let c = i % ${vectors}u;
${body}
}
`,
    },
    words,
    groups: entries ? groupsOf(words[entries]) : groupsOf,
  };
}

/** Makes the function that gives uses of a kernel for a row width and words. `body` and `entries` are as in VectorKernel. */
export function vectorKernel<Field extends string, Spec extends { cols: number }>(
  name: string,
  fields: readonly Field[],
  buffers: readonly ModelBuffer[],
  body: (shape: Cut, spec: Spec) => string,
  { entries, helpers }: { entries?: Field; helpers?: (shape: Cut) => string } = {},
): (spec: Spec, words: Words<Field>) => KernelUse {
  return (spec, words: Words<string>) => {
    const shape = cut(spec.cols);
    const viewOf = (buffer: ModelBuffer) => (buffer === 'inputs' || buffer === 'state' ? 'u32' : shape.view);
    const parts: VectorKernel = {
      key: [name, ...Object.values(spec)].join('-'),
      entries,
      vectors: shape.vectors,
      fields,
      buffers: Object.fromEntries(buffers.map((buffer) => [buffer, viewOf(buffer)])),
      helpers: helpers?.(shape),
      body: body(shape, spec),
    };
    return vectorUse(parts, words);
  };
}
