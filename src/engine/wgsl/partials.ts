// Where the partial sums of weight gradients lie: each slice of the parameters has some planes, which the optimiser adds up.

import { clamp } from '../../base/numbers.ts';
import type { Graph, Operation } from '../../model/graph.ts';
import type { ParameterLayout, ParameterSlice } from '../../model/spec.ts';
import type { Plan } from '../plan/plan.ts';

/** Offset of plane 0, distance between planes (float32 values), number of planes. */
export type PartialPlanes = { offset: number; stride: number; planes: number };

export type PartialLayout = { planesOf(name: string): PartialPlanes; size: number };

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
  const wanted = (slice: ParameterSlice, perPlane: number) => {
    const sum = sums.get(slice.name);
    if (!sum) return 0;
    const each = sum.norm ? NORM_ROWS_PER_PLANE : perPlane;
    return clamp(Math.ceil(sum.rows / each), 1, MOST);
  };
  const align = (size: number) => Math.ceil(size / 64) * 64;
  const total = (perPlane: number) =>
    layout.slices.reduce((sum, slice) => sum + wanted(slice, perPlane) * align(slice.size), 0);
  const most = Math.max(SMALL, MOST_COPIES * layout.size);
  let perPlane = rowsPerPlane;
  while (total(perPlane) > most && perPlane < 1 << 20) perPlane *= 2;
  const placed = new Map<string, PartialPlanes>();
  let offset = 0;
  for (const slice of layout.slices) {
    const planes = wanted(slice, perPlane);
    const stride = align(slice.size);
    placed.set(slice.name, { offset, stride, planes });
    offset += planes * stride;
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
