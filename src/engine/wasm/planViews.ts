// What JavaScript reads and writes of a bound plan: its inputs, its outputs and where the backward pass starts, as views.

import type { ModelSpec, TensorId } from '../../model/graph.ts';
import { type PackedInputs, SEGMENT_WORDS } from '../plan/packing.ts';
import type { Plan, PlanInput } from '../plan/plan.ts';
import type { LinearMemory } from './memory.ts';

/** Views into the linear memory; good until the memory grows or the arena moves. */
export type PlanViews = ReturnType<typeof makeViews>;

/** Makes the views of a plan whose arena stands at byte address `arena`: inputs as long as its room, results of `outputs` rows. */
export function makeViews(memory: LinearMemory, arena: number, spec: ModelSpec, plan: Plan, outputs: number) {
  const { graph, inputs } = plan;
  const { pictures, texts, sequences, segments } = plan.shape;
  const ints = (input: PlanInput, length: number) =>
    memory.i32({ pointer: arena + inputs[input] * 4, length });
  const floats = (offset: number, length: number) => memory.f32({ pointer: arena + offset * 4, length });
  const tensor = (id: TensorId | null, offsets: readonly number[]) =>
    id === null || offsets[id] < 0 ? null : floats(offsets[id], outputs * graph.tensors[id].cols);
  const patches = graph.operations.find(({ op }) => op === 'patches');
  return {
    /** Where a packed batch is written. */
    packed: {
      tokens: ints('tokens', texts),
      source: ints('source', sequences),
      positions: ints('positions', sequences),
      imagePositions: ints('imagePositions', pictures * spec.imageTokens),
      segments: ints('segments', segments * SEGMENT_WORDS),
      imageSegments: ints('imageSegments', pictures * SEGMENT_WORDS),
      patches: patches
        ? floats(plan.values[patches.out], pictures * spec.imageTokens * spec.patchValues)
        : null,
    } satisfies PackedInputs,
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
    /** Attention mass on the image tokens [sequence rows] */
    imageMass: floats(inputs.imageMass, sequences),
    /** Values of the output tensors [output rows, cols]; null where the model has none. */
    logits: tensor(graph.logits, plan.values),
    classes: tensor(graph.classes, plan.values),
    /** Their gradients, where the backward pass starts; null without a tensor or a backward pass. */
    logitGradients: tensor(graph.logits, plan.gradients),
    classGradients: tensor(graph.classes, plan.gradients),
    valueGradients: tensor(graph.value, plan.gradients),
  };
}
