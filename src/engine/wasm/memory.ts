// The linear memory of the wasm executor: aligned allocation, views that survive growth.

import { PlaygroundError } from '../../base/errors.ts';
import { formatBytes } from '../../base/format.ts';

const PAGE_BYTES = 65536;
const ALIGN_BYTES = 256;
const MAX_PAGES = 65536;
/** 2 GB: browsers set the addresses of a shared memory aside at once, and not all of them give more. */
const MAX_SHARED_PAGES = 32768;

/** A region of the linear memory; `pointer` is a byte address, `length` counts 4-byte elements. */
export type Region = { pointer: number; length: number };

/** Bytes that a region of `length` elements takes, with the gap behind it. */
const bytesOf = (length: number) => (Math.ceil((length * 4) / ALIGN_BYTES) + 1) * ALIGN_BYTES;

function outOfMemory(bytes: number, haveBytes: number): PlaygroundError {
  return new PlaygroundError(
    'out-of-memory',
    `The compute memory has ${formatBytes(haveBytes)} and cannot grow by ${formatBytes(bytes)}.`,
    'Take a smaller model, fewer prompts a step, a smaller group or more minibatches.',
  );
}

/** First-fit allocator over a growing WebAssembly.Memory. */
export class LinearMemory {
  readonly memory: WebAssembly.Memory;
  /** How often the memory has grown: views made before the last time are of no use. */
  growths = 0;
  /** It can become so large. */
  readonly mostBytes: number;
  private top = 0;
  private free: { pointer: number; bytes: number }[] = [];
  private floats: Float32Array;
  private ints: Int32Array;

  /** `shared`: threads may see it. @throws RangeError or TypeError where the browser does not allow that. */
  constructor(shared = false) {
    const maximum = shared ? MAX_SHARED_PAGES : MAX_PAGES;
    this.mostBytes = maximum * PAGE_BYTES;
    this.memory = new WebAssembly.Memory({ initial: 16, maximum, shared });
    this.floats = new Float32Array(this.memory.buffer);
    this.ints = new Int32Array(this.memory.buffer);
  }

  /** Everything below is the kernels' own. */
  reserve(heapBase: number): void {
    this.top = Math.ceil(heapBase / ALIGN_BYTES) * ALIGN_BYTES;
  }

  /** A zeroed region of `length` 4-byte elements. @throws PlaygroundError `out-of-memory` when the memory cannot grow. */
  allocate(length: number): Region {
    const bytes = bytesOf(length);
    const slot = this.free.findIndex((candidate) => candidate.bytes >= bytes);
    let pointer: number;
    if (slot >= 0) {
      const candidate = this.free[slot];
      pointer = candidate.pointer;
      if (candidate.bytes === bytes) this.free.splice(slot, 1);
      else this.free[slot] = { pointer: pointer + bytes, bytes: candidate.bytes - bytes };
    } else {
      pointer = this.top;
      this.top += bytes;
      const missing = this.top - this.memory.buffer.byteLength;
      if (missing > 0) {
        try {
          this.memory.grow(Math.ceil(missing / PAGE_BYTES));
          this.growths++;
        } catch {
          this.top = pointer;
          throw outOfMemory(bytes, this.memory.buffer.byteLength);
        }
      }
    }
    const region = { pointer, length };
    this.f32(region).fill(0);
    return region;
  }

  release(region: Region): void {
    this.free.push({ pointer: region.pointer, bytes: bytesOf(region.length) });
    this.free.sort((a, b) => a.pointer - b.pointer);
    const merged: { pointer: number; bytes: number }[] = [];
    for (const part of this.free) {
      const last = merged.at(-1);
      if (last && last.pointer + last.bytes === part.pointer) last.bytes += part.bytes;
      else merged.push({ ...part });
    }
    const last = merged.at(-1);
    if (last && last.pointer + last.bytes === this.top) {
      this.top = last.pointer;
      merged.pop();
    }
    this.free = merged;
  }

  /** View of a region as float32; valid until the memory grows. */
  f32(region: Region): Float32Array {
    if (this.floats.buffer !== this.memory.buffer) this.floats = new Float32Array(this.memory.buffer);
    return this.floats.subarray(region.pointer / 4, region.pointer / 4 + region.length);
  }

  i32(region: Region): Int32Array {
    if (this.ints.buffer !== this.memory.buffer) this.ints = new Int32Array(this.memory.buffer);
    return this.ints.subarray(region.pointer / 4, region.pointer / 4 + region.length);
  }

  /** End of the highest region in use. */
  get usedBytes(): number {
    return this.top;
  }

  /** Gaps below that. */
  get freeBytes(): number {
    return this.free.reduce((sum, { bytes }) => sum + bytes, 0);
  }
}
