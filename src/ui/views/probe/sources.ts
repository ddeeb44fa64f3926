// Whose stages are compared: a released model, or a stored run with its checkpoints.

import { readSettings, type Settings } from '../../../config/index.ts';
import type { ModelRef, ReleasedModel } from '../../../protocol/inspector.ts';
import type { CheckpointManifest, RunRecord } from '../../../storage/types.ts';
import { stageOf, stageTitle } from '../../../terms/stages.ts';

/** One column of the comparison. */
export type ProbeStage = { name: string; title: string; ref: ModelRef };

export type ProbeSource = {
  key: string;
  title: string;
  /** Those that the models were trained with. */
  settings: Settings;
  stages: readonly ProbeStage[];
};

/** Before the name of a released model, and before the id of a run. */
export const RELEASED = 'released:';
export const STORED = 'stored:';

export function sourceOfRelease(model: ReleasedModel): ProbeSource {
  return {
    key: RELEASED + model.name,
    title: model.title,
    settings: model.settings,
    stages: model.stages.map(({ stage }) => ({
      name: stage,
      title: stageTitle(stage),
      ref: { kind: 'released', model: model.name, stage },
    })),
  };
}

/**
 * The ends of stages that change the policy; the heads stage leaves it as it was. A run that began from another one after its heads
 * holds the policy from before them under that name alone. In the midst of a stage, the newest checkpoint comes last.
 */
export function sourceOfRun(run: RunRecord, checkpoints: readonly CheckpointManifest[]): ProbeSource {
  const all = checkpoints
    .filter(({ kind }) => kind === 'stage-end')
    .sort((a, b) => a.step - b.step || a.stageIndex - b.stageIndex);
  const { settings } = readSettings(run);
  const ends = all.flatMap(({ id, stage }, at) => {
    if (stageOf(stage) !== 'heads') return [{ id, stage }];
    const before = settings.stages.slice(0, settings.stages.indexOf('heads')).at(-1);
    return at === 0 && before !== undefined ? [{ id, stage: before }] : [];
  });
  const refOf = (checkpointId: string) => ({ kind: 'stored' as const, runId: run.id, checkpointId });
  const stages: ProbeStage[] = ends.map(({ id, stage }) => ({
    name: stage,
    title: stageTitle(stage),
    ref: refOf(id),
  }));
  // In the midst of a stage: the policy as it was stored last.
  const newest = checkpoints.reduce<CheckpointManifest | null>(
    (last, each) => (each.step > (last?.step ?? -1) ? each : last),
    null,
  );
  if (newest?.kind === 'rolling')
    stages.push({
      name: 'newest',
      title: `step ${newest.step}, in ${stageTitle(newest.stage)}`,
      ref: refOf(newest.id),
    });
  return { key: STORED + run.id, title: run.name, settings, stages };
}

export type SourceChoice = { key: string; title: string; kind: 'released' | 'stored' };

export function sourceChoices(
  releases: readonly ReleasedModel[],
  runs: readonly Pick<RunRecord, 'id' | 'name'>[],
): SourceChoice[] {
  return [
    ...releases.map(({ name, title }) => ({ key: RELEASED + name, title, kind: 'released' as const })),
    ...runs.map(({ id, name }) => ({ key: STORED + id, title: name, kind: 'stored' as const })),
  ];
}

/**
 * The released model that the address names, the run on view if it can be asked, or the first released one; null where there is
 * nothing to ask.
 */
export function firstChoice(
  choices: readonly SourceChoice[],
  named: string | undefined,
  runOnView: string | null,
): string | null {
  const wanted = [named !== undefined && RELEASED + named, runOnView !== null && STORED + runOnView];
  const found = wanted.find((key) => choices.some((choice) => choice.key === key));
  // The released ones come first.
  return found || (choices[0]?.key ?? null);
}
