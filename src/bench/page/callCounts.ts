// Counts what a worker asks of its GPU, at the browser's own interfaces, for engines that do not count themselves.

import type { CallCounts } from '../types.ts';

const counts: CallCounts = { dispatches: 0, submits: 0, uploadBytes: 0 };
let seen = false;

/** Calls since the worker started; null where neither WebGPU nor WebGL was used. */
export function callCounts(): CallCounts | null {
  return seen ? { ...counts } : null;
}

/** What was counted between two readings. */
export function countsBetween(before: CallCounts | null, after: CallCounts | null): CallCounts | null {
  if (!after) return null;
  return {
    dispatches: after.dispatches - (before?.dispatches ?? 0),
    submits: after.submits - (before?.submits ?? 0),
    uploadBytes: after.uploadBytes - (before?.uploadBytes ?? 0),
  };
}

type Method = (this: unknown, ...args: never[]) => unknown;

/** Calls `note` with the arguments of each call of a method of a prototype. */
function watch(
  owner: { prototype: object } | undefined,
  name: string,
  note: (...args: never[]) => void,
): void {
  const methods = owner?.prototype as { [name: string]: Method } | undefined;
  const original = methods?.[name];
  if (!methods || !original) return;
  methods[name] = function counted(...args) {
    seen = true;
    note(...args);
    return original.apply(this, args);
  };
}

/** To be called once, before an engine starts. A draw call of WebGL counts as a dispatch. */
export function watchGpu(): void {
  const scope = self as unknown as { [name: string]: { prototype: object } | undefined };
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect']) {
    watch(scope.GPUComputePassEncoder, name, () => counts.dispatches++);
  }
  watch(scope.GPUQueue, 'submit', () => counts.submits++);
  watch(scope.GPUQueue, 'writeBuffer', ((
    _: unknown,
    __: number,
    data: ArrayBufferView,
    from = 0,
    size?: number,
  ) => {
    const unit = 'BYTES_PER_ELEMENT' in data ? Number(data.BYTES_PER_ELEMENT) : 1;
    counts.uploadBytes += size === undefined ? data.byteLength - from * unit : size * unit;
  }) as (...args: never[]) => void);
  watch(scope.GPUDevice, 'createBuffer', ((descriptor: GPUBufferDescriptor) => {
    if (descriptor.mappedAtCreation) counts.uploadBytes += descriptor.size;
  }) as (...args: never[]) => void);
  for (const name of ['drawElements', 'drawArrays']) {
    watch(scope.WebGL2RenderingContext, name, () => counts.dispatches++);
  }
  watch(scope.WebGL2RenderingContext, 'flush', () => counts.submits++);
}
