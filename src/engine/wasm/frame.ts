// What a plan's calls share: where everything lies in memory, and how many rows each tensor has.

import type { ModelSpec, TensorId } from '../../model/graph.ts';
import { sliceFinder } from '../../model/spec.ts';
import { imageTokensOf } from '../../terms/model.ts';
import type { Plan, PlanInput } from '../plan/plan.ts';
import type { PlanShape } from '../plan/planShape.ts';
import type { Kernels } from './kernels.ts';

/** Byte addresses that a plan is bound to. */
export type Binding = {
  arena: number;
  parameters: number;
  gradients: number;
  scratch: number;
  /** (cos, sin) per position and pair, for RoPE. */
  ropeTable: number;
  /** KV cache: [layer][row][2 width]. Only for prefill and decode. */
  cache: { pointer: number; layerBytes: number } | null;
};

/** Bytes of scratch that the kernels may ask for. */
export const SCRATCH_BYTES = 8 << 20;
const FLIPPED_AT = 4 << 20;

/** Addresses and counts of one bound plan. */
export type Frame = ReturnType<typeof makeFrame>;

export function makeFrame(kernels: Kernels, spec: ModelSpec, plan: Plan, binding: Binding) {
  const { graph } = plan;
  const { arena, parameters, gradients, scratch } = binding;
  /** What of the plan's room is in use: each call reads its counts here. */
  const active: PlanShape = { ...plan.shape };
  const imageTokens = imageTokensOf(graph.config);
  const slice = sliceFinder(spec.layout);
  return {
    active,
    kernels,
    plan,
    graph,
    decode: graph.mode === 'decode',
    binding,
    imageTokens,
    scratch,
    /** Room for a transposed weight. */
    flipped: scratch + FLIPPED_AT,
    weightAt: (name: string | null) => (name === null ? 0 : parameters + slice(name).offset * 4),
    weightGradientAt: (name: string | null) => (name === null ? 0 : gradients + slice(name).offset * 4),
    valueAt: (tensor: TensorId) => arena + plan.values[tensor] * 4,
    gradientAt: (tensor: TensorId) => arena + plan.gradients[tensor] * 4,
    /** What operation i keeps for the backward pass. */
    savedAt: (i: number) => arena + plan.saved[i] * 4,
    inputAt: (input: PlanInput) => arena + plan.inputs[input] * 4,
    rowsOf: (tensor: TensorId): (() => number) => {
      const { unit, multiplier } = graph.tensors[tensor];
      switch (unit) {
        case 'image':
          return () => active.pictures * imageTokens * multiplier;
        case 'text':
          return () => active.texts * multiplier;
        case 'sequence':
          return () => active.sequences * multiplier;
        case 'output':
          return () => active.outputs * multiplier;
      }
    },
    colsOf: (tensor: TensorId) => graph.tensors[tensor].cols,
    isImage: (tensor: TensorId) => graph.tensors[tensor].unit === 'image',
  };
}
