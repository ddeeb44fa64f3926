// Where the partial sums of weight gradients lie: each slice of the parameters has some planes, which the optimiser adds up.

import { clamp } from '../../base/numbers.ts';
import type { Graph, Operation } from '../../model/graph.ts';
import type { ParameterLayout, ParameterSlice } from '../../model/spec.ts';
import type { Plan } from '../plan/plan.ts';

/** How the rows of a sum are divided among planes: so many to each, and more where there are not planes enough. */
export type Planes = { planes: number; rowsPerPlane: number };

/** Offset of plane 0, distance between planes (float32 values), and the planes. */
export type PartialPlanes = Planes & { offset: number; stride: number };

export type PartialLayout = { planesOf(name: string): PartialPlanes; size: number };

/**
 * WGSL: rows of a plane's share. It is a matter of the rows in use and not of the plan's room, so that equal batches have equal sums;
 * planes beyond have no rows. Needs the words of `Planes`.
 */
export const SHARE_OF_PLANE = `
fn shareOfPlane(rows: u32) -> u32 {
  let planes = clamp((rows + op.rowsPerPlane - 1u) / op.rowsPerPlane, 1u, op.planes);
  return (rows + planes - 1u) / planes;
}
`;

/** Most planes of one slice. */
const MOST = 32;
/** Partial sums may take this many times the memory of the parameters, or this many float32 values, whichever is more. */
const MOST_COPIES = 4;
const SMALL = 4 << 20;
/** Gains and biases of norms are sums of a few columns: more planes keep invocations busy. */
const NORM_ROWS_PER_PLANE = 128;

type Sum = { rows: number; norm: boolean };

/** Rows that the gradient of a parameter sums over; 0 where one kernel writes the whole of it. */
function sumsByParameter(graph: Graph, rows: readonly number[]): Map<string, Sum> {
  const result = new Map<string, Sum>();
  const note = (name: string | null, count: number, norm = false) => {
    if (name !== null) result.set(name, { rows: Math.max(count, result.get(name)?.rows ?? 0), norm });
  };
  const visit = (operation: Operation) => {
    if (operation.op === 'linear') {
      note(operation.weight, rows[operation.x]);
      note(operation.bias, rows[operation.x]);
    } else if (operation.op === 'norm') {
      note(operation.gain, rows[operation.x], true);
      note(operation.bias, rows[operation.x], true);
    } else if (operation.op === 'embed' || operation.op === 'position') {
      note(operation.table, 0);
    }
  };
  graph.operations.forEach(visit);
  return result;
}

/** Lays the planes out for one training plan. */
export function partialLayout(layout: ParameterLayout, plan: Plan, rowsPerPlane: number): PartialLayout {
  const sums = sumsByParameter(plan.graph, plan.rows);
  const copies = Math.max(MOST_COPIES, Math.floor(SMALL / layout.size));
  const planesOf = ({ name }: ParameterSlice): Planes => {
    const sum = sums.get(name);
    const each = sum?.norm ? NORM_ROWS_PER_PLANE : rowsPerPlane;
    const most = sum?.norm ? MOST : Math.min(MOST, copies);
    return { planes: sum ? clamp(Math.ceil(sum.rows / each), 1, most) : 0, rowsPerPlane: each };
  };
  const placed = new Map<string, PartialPlanes>();
  let offset = 0;
  for (const slice of layout.slices) {
    const planes = planesOf(slice);
    const stride = Math.ceil(slice.size / 64) * 64;
    placed.set(slice.name, { offset, stride, ...planes });
    offset += planes.planes * stride;
  }
  return {
    planesOf: (name) => {
      const found = placed.get(name);
      if (!found) throw new Error(`no parameter is called ${name}`);
      return found;
    },
    size: offset,
  };
}
