// What JavaScript reads and writes of a bound plan: its inputs, its outputs and where the backward pass starts, as views.

import type { ModelSpec, TensorId } from '../../model/graph.ts';
import type { Plan, PlanInput } from '../plan/plan.ts';
import type { LinearMemory } from './memory.ts';

/** Views into the linear memory; good until the memory grows or the arena moves. */
export type PlanViews = ReturnType<typeof makeViews>;

/** Makes the views of a plan whose arena stands at byte address `arena`. */
export function makeViews(memory: LinearMemory, arena: number, spec: ModelSpec, plan: Plan) {
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
    /** [batch, time] */
    tokens: ints('tokens', batch * time),
    /** [batch, image tokens + time] */
    positions: ints('positions', batch * (prefix + time)),
    /** [batch, image tokens] */
    imagePositions: ints('imagePositions', batch * prefix),
    /** [batch] */
    keyStart: ints('keyStart', batch),
    /** [batch] */
    imageKeyStart: ints('imageKeyStart', batch),
    /** [batch, image tokens, patch values]; null without pictures. */
    patches: patches ? floats(plan.values[patches.out], batch * prefix * spec.patchValues) : null,
    /** [output rows] */
    rowIndex: ints('rowIndex', outputs),
    /** [output rows] */
    targets: ints('targets', outputs),
    /** What the head gives per output row. */
    outputs: {
      logp: floats(inputs.logp, outputs),
      entropy: floats(inputs.entropy, outputs),
      values: tensor(graph.value, plan.values),
    },
    /** dLoss / dlogp and dLoss / dentropy [output rows] */
    logpWeights: floats(inputs.logpWeights, outputs),
    entropyWeights: floats(inputs.entropyWeights, outputs),
    /** Attention mass on the image tokens [batch, image tokens + time] */
    imageMass: floats(inputs.imageMass, batch * (prefix + time)),
    /** Values of the output tensors [output rows, cols]; null where the model has none. */
    logits: tensor(graph.logits, plan.values),
    classes: tensor(graph.classes, plan.values),
    /** Their gradients, where the backward pass starts; null without a tensor or a backward pass. */
    logitGradients: tensor(graph.logits, plan.gradients),
    classGradients: tensor(graph.classes, plan.gradients),
    valueGradients: tensor(graph.value, plan.gradients),
  };
}
