// Offsets and counts that the operations of one plan are turned into kernel uses with.

import type { ModelSpec, TensorId } from '../../model/graph.ts';
import { sliceFinder } from '../../model/spec.ts';
import { imageTokensOf } from '../../terms/model.ts';
import type { Plan } from '../plan/plan.ts';
import type { PartialLayout, PartialPlanes } from './partials.ts';
import type { PassInputs } from './passInputs.ts';
import type { RolloutRegions } from './rolloutRegions.ts';
import type { Variants } from './variants.ts';

/** The KV cache as kernels address it, in float32 values. */
export type CacheShape = { layerLength: number; capacity: number };

/** Decode plans: where the rollout's state lies. Prefill plans: samples per prompt. */
export type RolloutFrame = { regions: RolloutRegions; cache: CacheShape; groupSize: number };

export type FrameOptions = {
  spec: ModelSpec;
  plan: Plan;
  /** Full passes. */
  inputs: PassInputs | null;
  /** Training plans. */
  partials: PartialLayout | null;
  /** Prefill and decode plans. */
  rollout: RolloutFrame | null;
  variants: Variants;
};

export type Frame = ReturnType<typeof makeFrame>;

export function makeFrame({ spec, plan, inputs, partials, rollout, variants }: FrameOptions) {
  const { graph, shape } = plan;
  const decode = graph.mode === 'decode';
  const slice = sliceFinder(spec.layout);
  const parameterAt = (name: string | null) => (name === null ? 0 : slice(name).offset);
  const NONE: PartialPlanes = { offset: 0, stride: 0, planes: 1 };
  return {
    spec,
    plan,
    graph,
    shape,
    variants,
    decode,
    rowsFrom: decode ? ('step' as const) : ('op' as const),
    prefix: graph.mode === 'full' ? imageTokensOf(graph.config) : 0,
    parameterAt,
    /** Rows of a vector or matrix parameter. */
    parameterRows: (name: string) => slice(name).shape[0],
    planesOf: (name: string | null) => (name === null || !partials ? NONE : partials.planesOf(name)),
    valueAt: (tensor: TensorId) => plan.values[tensor],
    gradientAt: (tensor: TensorId) => plan.gradients[tensor],
    rowsOf: (tensor: TensorId) => plan.rows[tensor],
    colsOf: (tensor: TensorId) => graph.tensors[tensor].cols,
    isImage: (tensor: TensorId) => graph.tensors[tensor].unit === 'image',
    /** Length of one item's rows. */
    itemTime: (tensor: TensorId) => plan.rows[tensor] / shape.batch,
    /** Inputs of a full pass. */
    get inputs(): PassInputs {
      if (!inputs) throw new Error('a decode plan has no pass inputs');
      return inputs;
    },
    get rollout(): RolloutFrame {
      if (!rollout) throw new Error('this plan is not part of a rollout');
      return rollout;
    },
  };
}
