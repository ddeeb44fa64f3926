// What JavaScript reads and writes of a bound plan: its inputs, its outputs and where the backward pass starts, as views.

import type { ModelSpec, TensorId } from '../../model/graph.ts';
import type { Plan, PlanInput } from '../plan/plan.ts';
import type { TokenOutputs } from '../types.ts';
import type { LinearMemory } from './memory.ts';

/** Views into the linear memory; good until the memory grows or the arena moves. */
export type PlanViews = {
  /** [batch, time] */
  tokens: Int32Array;
  /** [batch, image tokens + time] */
  positions: Int32Array;
  /** [batch, image tokens] */
  imagePositions: Int32Array;
  /** [batch] */
  keyStart: Int32Array;
  /** [batch] */
  imageKeyStart: Int32Array;
  /** [batch, image tokens, patch values]; null without pictures. */
  patches: Float32Array | null;
  /** [output rows] */
  rowIndex: Int32Array;
  /** [output rows] */
  targets: Int32Array;
  /** What the head gives per output row. */
  outputs: TokenOutputs;
  /** dLoss / dlogp and dLoss / dentropy [output rows] */
  logpWeights: Float32Array;
  entropyWeights: Float32Array;
  /** Attention mass on the image tokens [batch, image tokens + time] */
  imageMass: Float32Array;
  /** Values of the output tensors [output rows, cols]; null where the model has none. */
  logits: Float32Array | null;
  classes: Float32Array | null;
  /** Their gradients, where the backward pass starts; null without a tensor or a backward pass. */
  logitGradients: Float32Array | null;
  classGradients: Float32Array | null;
  valueGradients: Float32Array | null;
};

/** Makes the views of a plan whose arena stands at byte address `arena`. */
export function makeViews(memory: LinearMemory, arena: number, spec: ModelSpec, plan: Plan): PlanViews {
  const { graph, inputs } = plan;
  const { batch, time, outputs } = plan.shape;
  const prefix = spec.imageTokens;
  const ints = (input: PlanInput, length: number) =>
    memory.i32({ pointer: arena + inputs[input] * 4, length });
  const floats = (offset: number, length: number) => memory.f32({ pointer: arena + offset * 4, length });
  const tensor = (id: TensorId | null, offsets: readonly number[]) =>
    id === null || offsets[id] < 0 ? null : floats(offsets[id], plan.rows[id] * graph.tensors[id].cols);
  const patches = graph.operations.find(({ op }) => op === 'patches');
  return {
    tokens: ints('tokens', batch * time),
    positions: ints('positions', batch * (prefix + time)),
    imagePositions: ints('imagePositions', batch * prefix),
    keyStart: ints('keyStart', batch),
    imageKeyStart: ints('imageKeyStart', batch),
    patches: patches ? floats(plan.values[patches.out], batch * prefix * spec.patchValues) : null,
    rowIndex: ints('rowIndex', outputs),
    targets: ints('targets', outputs),
    outputs: {
      logp: floats(inputs.logp, outputs),
      entropy: floats(inputs.entropy, outputs),
      values: tensor(graph.value, plan.values),
    },
    logpWeights: floats(inputs.logpWeights, outputs),
    entropyWeights: floats(inputs.entropyWeights, outputs),
    imageMass: floats(inputs.imageMass, batch * (prefix + time)),
    logits: tensor(graph.logits, plan.values),
    classes: tensor(graph.classes, plan.values),
    logitGradients: tensor(graph.logits, plan.gradients),
    classGradients: tensor(graph.classes, plan.gradients),
    valueGradients: tensor(graph.value, plan.gradients),
  };
}
