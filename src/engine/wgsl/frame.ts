// Offsets and counts that the operations of one plan are turned into kernel uses with.

import type { ModelSpec, RowUnit, TensorId } from '../../model/graph.ts';
import { sliceFinder } from '../../model/spec.ts';
import type { Plan } from '../plan/plan.ts';
import { type RowCount, rowsWord } from './kernel.ts';
import type { PartialLayout, PartialPlanes } from './partials.ts';
import type { PassInputs } from './passInputs.ts';
import type { RolloutRegions } from './rolloutRegions.ts';
import type { Variants } from './variants.ts';

/** Prefill and decode plans: where the rollout's state lies, and the length of a layer of the KV cache in float32 values. */
export type RolloutFrame = { regions: RolloutRegions; cacheLayer: number };

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

/** Which count of the step says how many rows there are of a unit. */
const ROWS_OF_UNIT: { readonly [unit in RowUnit]: RowCount } = {
  image: 'imageRows',
  text: 'textRows',
  sequence: 'sequenceRows',
  output: 'outputRows',
};

export function makeFrame({ spec, plan, inputs, partials, rollout, variants }: FrameOptions) {
  const { graph } = plan;
  const decode = graph.mode === 'decode';
  const slice = sliceFinder(spec.layout);
  const parameterAt = (name: string | null) => (name === null ? 0 : slice(name).offset);
  const NONE: PartialPlanes = { offset: 0, stride: 0, planes: 1, rowsPerPlane: 1 };
  return {
    spec,
    plan,
    graph,
    variants,
    decode,
    parameterAt,
    /** Rows of a vector or matrix parameter. */
    parameterRows: (name: string) => slice(name).shape[0],
    planesOf: (name: string | null) => (name === null || !partials ? NONE : partials.planesOf(name)),
    valueAt: (tensor: TensorId) => plan.values[tensor],
    gradientAt: (tensor: TensorId) => plan.gradients[tensor],
    /** The word that names the rows of a tensor that are in use. */
    rowsOf: (tensor: TensorId) => {
      const { unit, multiplier } = graph.tensors[tensor];
      return rowsWord(decode ? 'sampleRows' : ROWS_OF_UNIT[unit], multiplier);
    },
    /** Rows of a tensor that there is room for. */
    roomOf: (tensor: TensorId) => plan.rows[tensor],
    colsOf: (tensor: TensorId) => graph.tensors[tensor].cols,
    isImage: (tensor: TensorId) => graph.tensors[tensor].unit === 'image',
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
