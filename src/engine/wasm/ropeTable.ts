// The rotation table of RoPE in the compute memory, worked out once per model.

import type { ModelSpec } from '../../model/graph.ts';
import { MAX_TEXT } from '../../terms/model.ts';
import { ropeTable } from '../plan/rope.ts';
import type { LinearMemory, Region } from './memory.ts';

/** A region of (cos, sin) pairs [position, half head size, 2], for every position that a sequence can have. */
export function makeRopeTable(memory: LinearMemory, spec: ModelSpec): Region {
  const { width, heads } = spec.dimensions;
  const table = ropeTable(spec.imageTokens + MAX_TEXT, width / heads);
  const region = memory.allocate(table.length);
  memory.f32(region).set(table);
  return region;
}
