// What a stage does to the models of the run: set up before its first iteration, and one iteration of training.

import { makeModel, type RunState, type TrainingContext } from './context.ts';
import { groupEvent } from './groupView.ts';
import { guardIteration } from './guard.ts';
import { headsIteration } from './heads.ts';
import { type HeadSet, measureHeads } from './headsStage.ts';
import { copySharedSlices } from './rewardModel.ts';
import { rlIteration } from './rl.ts';
import { sftIteration } from './sft.ts';
import type { StagePlan, TrainedStage } from './stages.ts';

/** A repeated stage starts from the weights as they are. */
export async function setUpStage(context: TrainingContext, state: RunState, stage: StagePlan): Promise<void> {
  if (stage.kind === 'sft' || stage.kind === 'rl') {
    const moment = () => new Float32Array(state.policy.spec.layout.size);
    await state.policy.setOptimizer({ first: moment(), second: moment(), step: 0 });
    state.guardStrikes = 0;
  }
  if (stage.kind === 'rl') {
    state.reference ??= await makeModel(context, state.policy.spec);
    await state.reference.setParameters(await state.policy.getParameters());
  }
  if (stage.kind === 'heads') {
    state.bestHeads = null;
    state.rewardModel?.dispose();
    state.rewardModel = await makeModel(context, state.rewardSpec);
    if (context.settings.heads_init !== 'sft') return;
    const { policy, rewardModel, rewardSpec } = state;
    const heads = { spec: rewardSpec, parameters: await rewardModel.getParameters() };
    copySharedSlices({ spec: policy.spec, parameters: await policy.getParameters() }, heads);
    await rewardModel.setParameters(heads.parameters);
  }
}

/**
 * One iteration; its metrics go to the store and out as an event. Returns the milliseconds in which the heads were measured, which are
 * no part of the time of the iteration.
 * @param headSet the examples of the heads; made before their stage begins, null before that.
 */
export async function trainIteration(
  context: TrainingContext,
  state: RunState,
  stage: TrainedStage,
  iteration: number,
  headSet: HeadSet | null,
): Promise<number> {
  const { runId, settings, store, emit, now } = context;
  const startedAt = now();
  let metrics: { [name: string]: number };
  let measuringMs = 0;
  if (stage.kind === 'sft') {
    metrics = await sftIteration(context, state, stage, iteration);
  } else if (stage.kind === 'heads') {
    if (!headSet) throw new Error('the examples of the heads are made before their stage');
    metrics = await headsIteration(context, state, stage, iteration, headSet.training);
    const doneAt = now();
    const measured = await measureHeads(context, state, stage, iteration + 1, headSet);
    if (measured) measuringMs = now() - doneAt;
    Object.assign(metrics, measured);
  } else {
    const result = await rlIteration(context, state, stage, iteration);
    metrics = result.metrics;
    emit(groupEvent(context, state, stage.name, result));
    state.guardStrikes = guardIteration(settings, stage.name, iteration + 1, metrics, state.guardStrikes);
  }
  state.step++;
  const values = { ...metrics, 'time/iteration_ms': now() - startedAt - measuringMs };
  const row = { step: state.step, stage: stage.name, iteration: iteration + 1, values };
  await store.appendMetrics(runId, [row]);
  emit({ kind: 'metrics', runId, rows: [row] });
  return measuringMs;
}
