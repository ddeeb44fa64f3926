// Checkpoints: what exact resume needs, as named tensors and a manifest; weights of another shape are refused.

import { PlaygroundError } from '../base/errors.ts';
import type { EngineModel } from '../engine/types.ts';
import type { ModelSpec } from '../model/graph.ts';
import type { Checkpoint, CheckpointManifest, Json, NamedTensor } from '../storage/types.ts';
import { type EndedStages, makeModel, type RunState, type TrainingContext } from './context.ts';
import type { BestHeads } from './earlyStop.ts';
import type { StagePlan } from './stages.ts';

/** Where the run goes on. */
export type Cursor = { stageIndex: number; nextIteration: number };

/** What the names of the best heads' weights begin with. */
const BEST = 'best.';

type NamedTensors = { [name: string]: NamedTensor };

/** The slices of a flat buffer as named tensors. */
export function toTensors(spec: ModelSpec, flat: Float32Array, prefix: string): NamedTensors {
  return Object.fromEntries(
    spec.layout.slices.map((slice) => [
      `${prefix}${slice.name}`,
      { shape: slice.shape, data: flat.slice(slice.offset, slice.offset + slice.size) },
    ]),
  );
}

/** The flat buffer of named tensors. @throws PlaygroundError `shape-mismatch` or `bad-bundle`, naming the first tensor that does not fit. */
export function fromTensors(spec: ModelSpec, tensors: Readonly<NamedTensors>, prefix: string): Float32Array {
  const flat = new Float32Array(spec.layout.size);
  for (const slice of spec.layout.slices) {
    const tensor = tensors[`${prefix}${slice.name}`];
    const found = tensor ? `[${tensor.shape.join(', ')}]` : 'nothing';
    const wanted = `[${slice.shape.join(', ')}]`;
    if (!tensor || tensor.data.length !== slice.size || found !== wanted) {
      throw new PlaygroundError(
        'shape-mismatch',
        `The weights do not fit the model: ${prefix}${slice.name} should be ${wanted}, found ${found}.`,
        'Use them with the backbone, size and picture size they were made with.',
        { tensor: `${prefix}${slice.name}` },
      );
    }
    if (!tensor.data.every(Number.isFinite)) {
      throw new PlaygroundError(
        'bad-bundle',
        `The weights cannot be used: ${prefix}${slice.name} holds a value that is no finite number.`,
        'Choose another checkpoint or another file: nothing can be computed with these.',
        { tensor: `${prefix}${slice.name}` },
      );
    }
    flat.set(tensor.data, slice.offset);
  }
  return flat;
}

/** Everything of the run as it stands now, after `state.step` iterations. */
export async function makeCheckpoint(
  context: TrainingContext,
  state: RunState,
  plan: readonly StagePlan[],
  cursor: Cursor,
  kind: CheckpointManifest['kind'],
): Promise<Checkpoint> {
  const { runId } = context;
  // After a skipped evaluation at the end of the plan there is no stage that goes on.
  const done = kind === 'stage-end' ? plan[cursor.stageIndex - 1] : (plan[cursor.stageIndex] ?? plan.at(-1));
  const tensors: NamedTensors = {};
  const models: { [name: string]: EngineModel } = { policy: state.policy };
  if (state.rewardModel && plan[cursor.stageIndex]?.kind === 'heads') models.reward = state.rewardModel;
  const { bestHeads } = state;
  if (bestHeads) Object.assign(tensors, toTensors(state.rewardSpec, bestHeads.weights, BEST));
  const optimizerSteps: { [name: string]: number } = {};
  for (const [name, model] of Object.entries(models)) {
    const optimizer = await model.getOptimizer();
    Object.assign(tensors, toTensors(model.spec, await model.getParameters(), `${name}.`));
    Object.assign(tensors, toTensors(model.spec, optimizer.first, `${name}.first.`));
    Object.assign(tensors, toTensors(model.spec, optimizer.second, `${name}.second.`));
    optimizerSteps[name] = optimizer.step;
  }
  if (state.reference) {
    Object.assign(
      tensors,
      toTensors(state.reference.spec, await state.reference.getParameters(), 'reference.'),
    );
  }
  return {
    manifest: {
      id: `${kind}-${String(state.step).padStart(8, '0')}-${done?.name ?? 'start'}`,
      runId,
      createdAt: new Date().toISOString(),
      step: state.step,
      stageIndex: cursor.stageIndex,
      stage: done?.name ?? 'start',
      nextIteration: cursor.nextIteration,
      policyVersion: state.policyVersion,
      kind,
      state: {
        optimizerSteps,
        guardStrikes: state.guardStrikes,
        ...(context.settings.safety_cost && { multiplier: state.multiplier }),
        ...(Object.keys(state.skipped).length > 0 && { skipped: state.skipped }),
        ...(Object.keys(state.earlyStops).length > 0 && { earlyStops: state.earlyStops }),
        ...(bestHeads && { bestHeads: { accuracy: bestHeads.accuracy, iteration: bestHeads.iteration } }),
      },
      model: state.policy.spec.config as unknown as Json,
    },
    tensors,
  };
}

/** Puts a checkpoint back into the models of a fresh state. @throws PlaygroundError on weights of another shape. */
export async function restoreCheckpoint(
  context: TrainingContext,
  checkpoint: Checkpoint,
  state: RunState,
): Promise<Cursor> {
  const { manifest, tensors } = checkpoint;
  const extra = manifest.state as {
    optimizerSteps: { [name: string]: number };
    guardStrikes: number;
    multiplier?: number;
    skipped?: EndedStages;
    earlyStops?: EndedStages;
    bestHeads?: Omit<BestHeads, 'weights'>;
  };
  const fill = async (model: EngineModel, name: string) => {
    await model.setParameters(fromTensors(model.spec, tensors, `${name}.`));
    await model.setOptimizer({
      first: fromTensors(model.spec, tensors, `${name}.first.`),
      second: fromTensors(model.spec, tensors, `${name}.second.`),
      step: extra.optimizerSteps[name],
    });
  };
  await fill(state.policy, 'policy');
  if (Object.keys(tensors).some((name) => name.startsWith('reward.'))) {
    state.rewardModel ??= await makeModel(context, state.rewardSpec);
    await fill(state.rewardModel, 'reward');
  }
  if (Object.keys(tensors).some((name) => name.startsWith('reference.'))) {
    state.reference = await makeModel(context, state.policy.spec);
    await state.reference.setParameters(fromTensors(state.policy.spec, tensors, 'reference.'));
  }
  state.step = manifest.step;
  state.policyVersion = manifest.policyVersion;
  state.guardStrikes = extra.guardStrikes;
  // Checkpoints from before safety was a cost have none: it begins as in a fresh run.
  state.multiplier = extra.multiplier ?? state.multiplier;
  state.skipped = extra.skipped ?? {};
  state.earlyStops = extra.earlyStops ?? {};
  if (extra.bestHeads)
    state.bestHeads = { ...extra.bestHeads, weights: fromTensors(state.rewardSpec, tensors, BEST) };
  return { stageIndex: manifest.stageIndex, nextIteration: manifest.nextIteration };
}
