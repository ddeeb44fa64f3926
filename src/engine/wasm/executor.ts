// Turns a plan into two lists of kernel calls, forward and backward, with every address worked out beforehand.

import type { ModelSpec } from '../../model/graph.ts';
import type { Plan } from '../plan/plan.ts';
import type { PlanShape } from '../plan/planShape.ts';
import { type Binding, makeFrame } from './frame.ts';
import type { Kernels } from './kernels.ts';
import { operationCalls } from './operationCalls.ts';

/** Compiled calls. Each call reads row counts through `active`, so that a plan serves every batch that it has room for. */
export type Program = {
  /** Before the first of many forward passes with the same parameters. */
  prepare: (() => void)[];
  forward: (() => void)[];
  /** In the order of execution. `vision` calls are left out when the vision encoder is frozen. */
  backward: { run: () => void; vision: boolean }[];
  /** What of the plan's room is in use. */
  active: PlanShape;
};

/** Binds a plan to memory. */
export function compile(kernels: Kernels, spec: ModelSpec, plan: Plan, binding: Binding): Program {
  const { operations } = plan.graph;
  const frame = makeFrame(kernels, spec, plan, binding);
  const calls = operations.map((operation, i) => operationCalls(frame, operation, i));
  const backward = calls.flatMap(({ backward: run }, i) =>
    run ? { run, vision: frame.isImage(operations[i].out) } : [],
  );
  return {
    prepare: calls.flatMap(({ prepare }) => prepare ?? []),
    forward: calls.flatMap(({ forward }) => forward ?? []),
    backward: plan.kind === 'training' ? backward.reverse() : [],
    active: frame.active,
  };
}
