// A workbench for single kernels: arrays in, a kernel run on their addresses, arrays out.

import { expect } from 'vitest';
import { canFuse } from '../../src/engine/device/capabilities.ts';
import { isFused, type Kernels, loadKernels } from '../../src/engine/wasm/kernels.ts';
import { LinearMemory, type Region } from '../../src/engine/wasm/memory.ts';
import { RandomStream } from '../../src/random/philox.ts';
import { maxDifference, SIMD } from './support.ts';

/** An array in the kernels' memory; `at` is its address. */
export type Placed = { at: number; read(): Float32Array; readInts(): Int32Array };

const GUARD = 12345.5;

export class Workbench {
  private readonly memory: LinearMemory;
  private constructor(
    memory: LinearMemory,
    readonly kernels: Kernels,
  ) {
    this.memory = memory;
  }

  static async create(): Promise<Workbench> {
    const memory = new LinearMemory();
    const kernels = await loadKernels(memory.memory, {
      shared: false,
      fused: SIMD === 'fused' && (await canFuse()),
    });
    expect(isFused(kernels)).toBe(SIMD === 'fused');
    memory.reserve(kernels.heapBase());
    return new Workbench(memory, kernels);
  }

  private place(region: Region): Placed {
    return {
      at: region.pointer,
      read: () => {
        const all = this.memory.f32({ pointer: region.pointer, length: region.length + 1 });
        expect(all[region.length], 'the kernel wrote past the end').toBe(GUARD);
        return all.slice(0, region.length);
      },
      readInts: () => this.memory.i32(region).slice(),
    };
  }

  floats(values: ArrayLike<number>): Placed {
    const region = this.memory.allocate(values.length + 1);
    this.memory.f32(region).set(values);
    this.memory.f32(region)[values.length] = GUARD;
    return this.place({ pointer: region.pointer, length: values.length });
  }

  ints(values: ArrayLike<number>): Placed {
    const region = this.memory.allocate(values.length);
    this.memory.i32(region).set(values);
    return this.place(region);
  }

  /** A result buffer filled with a number that no kernel may leave behind or add to by mistake. */
  fresh(length: number, value = 777): Placed {
    return this.floats(new Float32Array(length).fill(value));
  }

  scratch(length = 1 << 16): number {
    return this.memory.allocate(length).pointer;
  }
}

/** Values of order one, exact in float32. */
export function randoms(length: number, seed: number, scale = 1): Float32Array {
  const stream = new RandomStream(seed, 'kernel-test');
  return Float32Array.from({ length }, () => stream.normal() * scale);
}

/** Agreement relative to the largest expected magnitude. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = 2e-6): void {
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  expect(maxDifference(actual, expected) / scale).toBeLessThan(tolerance);
}
