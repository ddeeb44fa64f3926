// Turns a plan into two lists of kernel calls, forward and backward, with every address worked out beforehand.

import type { ModelSpec } from '../../model/graph.ts';
import type { Plan } from '../plan/plan.ts';
import { backwardCall } from './backwardCalls.ts';
import { forwardCall } from './forwardCalls.ts';
import { type Binding, makeFrame } from './frame.ts';
import type { Kernels } from './kernels.ts';

/** Compiled calls. Each call reads row counts through `active`, so that a decode plan runs with fewer rows than it was made for. */
export type Program = {
  forward: (() => void)[];
  /** In the order of execution. `vision` calls are left out when the vision encoder is frozen. */
  backward: { run: () => void; vision: boolean }[];
  /** Decode plans: rows in use. */
  active: { rows: number };
};

/** Binds a plan to memory. */
export function compile(kernels: Kernels, spec: ModelSpec, plan: Plan, binding: Binding): Program {
  const { graph } = plan;
  const frame = makeFrame(kernels, spec, plan, binding);
  const forward = graph.operations
    .map((operation, i) => forwardCall(frame, operation, i))
    .filter((call) => call !== null);
  const backward: Program['backward'] = [];
  if (plan.kind === 'training') {
    for (let i = graph.operations.length - 1; i >= 0; i--) {
      const operation = graph.operations[i];
      const run = backwardCall(frame, operation, i);
      if (run) backward.push({ run, vision: frame.isImage(operation.out) });
    }
  }
  return { forward, backward, active: frame.active };
}
