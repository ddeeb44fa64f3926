// Forking: a new run begins with the checkpoint at the end of a stage of another one, as if it had trained that stage itself.

import { PlaygroundError } from '../base/errors.ts';
import { forkIndex, type Settings, sameEvaluation, settingsOf } from '../config/index.ts';
import { decodeEvaluation, decodeHeadReports } from '../protocol/decode.ts';
import type { TrainEvent } from '../protocol/messages.ts';
import type { CheckpointManifest, RunRecord, RunStore } from '../storage/types.ts';
import type { Fork } from '../terms/run.ts';
import { stagePlan } from './stages.ts';

/** Where a fork takes from, found and checked. */
export type ForkOrigin = {
  run: RunRecord;
  checkpoint: CheckpointManifest;
  /** First entry of the new run's plan that is still to be done. */
  stageIndex: number;
  /** Stages whose evaluations are taken over. */
  evaluated: readonly string[];
  /** The heads come from before the fork too. */
  withHeads: boolean;
};

/**
 * Finds what a fork needs. Nothing is written.
 * @throws PlaygroundError `not-found` where the run, its checkpoint or its heads are not stored, `bad-setting` where the settings
 * of the stages before differ.
 */
export async function findOrigin(store: RunStore, settings: Settings, fork: Fork): Promise<ForkOrigin> {
  const { runId, stage } = fork;
  const run = await store.getRun(runId);
  if (!run) {
    throw new PlaygroundError(
      'not-found',
      `There is no stored run ${runId} to begin from.`,
      'Choose one from the list of runs, or import its bundle.',
    );
  }
  const source = settingsOf(run);
  const stageIndex = forkIndex(source, settings, stage);
  const manifests = await store.listCheckpoints(runId);
  const checkpoint = manifests.find((manifest) => manifest.kind === 'stage-end' && manifest.stage === stage);
  const before = stagePlan(settings).slice(0, stageIndex);
  const withHeads = before.some(({ kind }) => kind === 'heads');
  const heads = withHeads ? await store.getHeads(runId) : null;
  const missing = !checkpoint
    ? `no checkpoint of the end of ${stage}`
    : withHeads && !(heads && heads.step <= checkpoint.step)
      ? `no reward heads as they were after ${stage}`
      : null;
  if (!checkpoint || missing !== null) {
    throw new PlaygroundError(
      'not-found',
      `The run ${run.name || runId} holds ${missing}.`,
      'Let it run to the end of that stage, or fork after another one.',
      { stage },
    );
  }
  const evaluated = before.flatMap((entry) => (entry.kind === 'evaluation' ? [entry.after] : []));
  // The same weights evaluated in the same way give the same scores: those of the last stage need not be made again.
  if (sameEvaluation(source, settings)) evaluated.push(stage);
  return { run, checkpoint, stageIndex, evaluated, withHeads };
}

/**
 * Copies into the new run what a run trained whole would hold at this place: metrics, samples (the replay buffer), heads,
 * evaluations and, last, the checkpoint, so that a copy that was cut short has none. Made again, it is whole.
 */
export async function copyOrigin(store: RunStore, origin: ForkOrigin, runId: string): Promise<void> {
  const { run, checkpoint, stageIndex, evaluated, withHeads } = origin;
  const rows = await store.readMetrics(run.id);
  await store.appendMetrics(
    runId,
    rows.filter(({ step }) => step <= checkpoint.step),
  );
  const index = await store.sampleIndex({ runId: run.id, maxStep: checkpoint.step - 1 });
  for (const step of new Set(index.map((row) => row.step))) {
    const batch = await store.getSamples(run.id, step);
    if (batch) await store.putSamples({ ...batch, runId });
  }
  const heads = withHeads ? await store.getHeads(run.id) : null;
  if (heads) await store.putHeads({ ...heads, runId });
  for (const evaluation of await store.listEvaluations(run.id)) {
    if (evaluated.includes(evaluation.stage)) await store.putEvaluation({ ...evaluation, runId });
  }
  const whole = await store.getCheckpoint(run.id, checkpoint.id);
  if (!whole) {
    throw new PlaygroundError(
      'not-found',
      `The checkpoint of the end of ${checkpoint.stage} is damaged.`,
      'Fork after another stage, or train the run whole.',
    );
  }
  await store.putCheckpoint({ ...whole, manifest: { ...whole.manifest, runId, stageIndex } });
}

/** What listeners would have heard of the part that was taken over: heads and evaluations. */
export async function originEvents(store: RunStore, runId: string): Promise<TrainEvent[]> {
  const heads = await store.getHeads(runId);
  const evaluations = await store.listEvaluations(runId);
  return [
    ...(heads
      ? [{ kind: 'heads' as const, runId, step: heads.step, reports: decodeHeadReports(heads.report) }]
      : []),
    ...evaluations.map((evaluation) => decodeEvaluation(runId, evaluation)),
  ];
}
