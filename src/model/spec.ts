// Where a model's parameters lie in one flat buffer, and how they start.

import { hashName, RandomStream } from '../random/philox.ts';

/** How a slice starts: zeros, ones, or normal with this standard deviation. */
export type Initializer = 'zeros' | 'ones' | number;

/** One parameter inside the flat parameter buffer. `offset` and `size` count float32 values. */
export type ParameterSlice = {
  name: string;
  shape: readonly number[];
  offset: number;
  size: number;
  init: Initializer;
  /** Weight decay applies (matrices only). */
  decay: boolean;
  /** `vision` slices come first in the buffer, so that freezing them is freezing a prefix. */
  part: 'vision' | 'text' | 'output';
};

export type ParameterLayout = {
  slices: readonly ParameterSlice[];
  /** Length of the flat buffer, in float32 values (each slice starts at a multiple of 64 = 256 bytes). */
  size: number;
  /** Parameters without padding. */
  count: number;
  /** End of the vision prefix in the flat buffer. */
  visionEnd: number;
};

/** Finds slices by their name. @throws Error (the finder) on a name that the model has not. */
export function sliceFinder(layout: ParameterLayout): (name: string) => ParameterSlice {
  const slices = new Map(layout.slices.map((slice) => [slice.name, slice]));
  return (name) => {
    const found = slices.get(name);
    if (!found) throw new Error(`no parameter is called ${name}`);
    return found;
  };
}

const ALIGNMENT = 64;

/** Collects slices in order and gives them aligned offsets. */
export class LayoutBuilder {
  private readonly slices: ParameterSlice[] = [];
  private cursor = 0;
  private count = 0;
  private visionEnd = 0;

  add(name: string, shape: readonly number[], init: Initializer, part: ParameterSlice['part']): string {
    const size = shape.reduce((product, extent) => product * extent, 1);
    this.slices.push({ name, shape, offset: this.cursor, size, init, decay: shape.length > 1, part });
    this.cursor = Math.ceil((this.cursor + size) / ALIGNMENT) * ALIGNMENT;
    this.count += size;
    if (part === 'vision') this.visionEnd = this.cursor;
    return name;
  }

  finish(): ParameterLayout {
    return { slices: this.slices, size: this.cursor, count: this.count, visionEnd: this.visionEnd };
  }
}

/** The starting parameters as one flat buffer; each slice draws from its own stream, so layouts may change elsewhere. */
export function initialParameters(layout: ParameterLayout, seed: number): Float32Array {
  const parameters = new Float32Array(layout.size);
  for (const slice of layout.slices) {
    const { init, offset, size } = slice;
    if (init === 'ones') parameters.fill(1, offset, offset + size);
    if (typeof init === 'number') {
      const stream = new RandomStream(seed, 'parameters', hashName(slice.name));
      for (let i = 0; i < size; i++) parameters[offset + i] = stream.normal() * init;
    }
  }
  return parameters;
}
