// Policies from folders of released models or from runs, evaluated in this process: no browser is needed for it.

import { cpus } from 'node:os';
import { UsageError } from '../../base/errors.ts';
import { type Settings, settingsOf } from '../../config/index.ts';
import { createWasmEngine } from '../../engine/wasm/engine.ts';
import type { StageEvaluation } from '../../evaluation/index.ts';
import { evaluateHeads } from '../../inspector/evaluateHeads.ts';
import { evaluateModel, type ModelScores } from '../../inspector/evaluateModel.ts';
import { ModelCache } from '../../inspector/modelCache.ts';
import type { ModelRef, ReleasedModel } from '../../protocol/inspector.ts';
import { placesOf } from '../../releases/releasedRun.ts';
import type { Releases } from '../../releases/releases.ts';
import { type BundleContents, type Checkpoint, MemoryStore } from '../../storage/index.ts';
import type { HeadReport } from '../../terms/heads.ts';
import type { Simd } from '../../terms/origin.ts';
import { stagePlan } from '../../training/stages.ts';
import { bar, StatusLine, timesText } from '../progress.ts';
import { releasesIn } from './releasedFolder.ts';

/** The ends of the stages that train the policy. A run that was forked after its heads holds SFT's weights there. */
export function policyEnds({ checkpoints }: BundleContents): (Checkpoint & { stage: string })[] {
  const ends = checkpoints.filter(({ manifest }) => manifest.kind === 'stage-end');
  const hasSft = ends.some(({ manifest }) => manifest.stage === 'sft');
  return ends
    .filter(({ manifest }) => manifest.stage !== 'heads' || !hasSft)
    .map((checkpoint) => {
      const { stage } = checkpoint.manifest;
      return { ...checkpoint, stage: stage === 'heads' ? 'sft' : stage };
    });
}

/** What is to be evaluated: its stages with the settings they are evaluated under. */
export type Evaluated = {
  settings: Settings;
  /** `step`: iterations of the run up to the end of the stage. */
  stages: readonly { stage: string; step: number; ref: ModelRef }[];
  modelCache: ModelCache;
};

export function released(releases: Releases, model: ReleasedModel): Evaluated {
  const places = placesOf(stagePlan(model.settings));
  return {
    settings: model.settings,
    stages: model.stages.map(({ stage }) => ({
      stage,
      step: places.find((place) => place.stage === stage)?.step ?? 0,
      ref: { kind: 'released', model: model.name, stage },
    })),
    modelCache: modelCacheOn(new MemoryStore(), releases, model.engine.simd),
  };
}

/** A run's policies at the ends of those stages that train them. */
export async function stored(contents: BundleContents): Promise<Evaluated> {
  const store = new MemoryStore();
  await store.createRun(contents.run);
  const ends = policyEnds(contents);
  for (const { manifest, tensors } of ends) await store.putCheckpoint({ manifest, tensors });
  if (contents.heads) await store.putHeads(contents.heads);
  return {
    settings: settingsOf(contents.run),
    stages: ends.map(({ stage, manifest }) => ({
      stage,
      step: manifest.step,
      ref: { kind: 'stored', runId: contents.run.id, checkpointId: manifest.id },
    })),
    modelCache: modelCacheOn(store, releasesIn('.'), contents.run.engine.simd),
  };
}

/** On the kernels that the run was trained and evaluated with: others round otherwise, and a figure may differ. */
function modelCacheOn(store: MemoryStore, releases: Releases, simd: Simd | null): ModelCache {
  const threads = Math.min(4, cpus().length);
  const engine = createWasmEngine({ threads, simd: simd === 'fused' ? 'fused' : 'plain' });
  return new ModelCache({ store, releases, engine: () => engine });
}

/**
 * Evaluates the wanted stages, `asked` in place of their own settings, with progress and time left on standard error. A filter stands in
 * front of each of them or of none.
 */
export async function evaluateStages(
  { settings, stages, modelCache }: Evaluated,
  wanted: readonly string[] | null,
  asked: Partial<Settings> & Pick<Settings, 'eval_filter'>,
): Promise<(StageEvaluation & ModelScores)[]> {
  const chosen = stages.filter(({ stage }) => wanted === null || wanted.includes(stage));
  const stray = wanted?.find((stage) => !stages.some((each) => each.stage === stage));
  if (stray !== undefined)
    throw new UsageError(
      `There is no stage ${stray} to evaluate.`,
      `Choose out of: ${stages.map(({ stage }) => stage).join(', ')}.`,
    );
  const results: (StageEvaluation & ModelScores)[] = [];
  const show = progressShown();
  for (const [i, { stage, step, ref }] of chosen.entries()) {
    const open = await modelCache.policy(ref);
    const heads = asked.eval_filter > 0 ? await modelCache.heads(ref) : null;
    if (asked.eval_filter > 0 && !heads)
      throw new UsageError('The run has no reward heads for a filter to ask.', 'Leave --filter out.');
    const figures = await evaluateModel(open, { ...settings, ...asked }, heads, async (done, total) =>
      show(stage, i * total + done, chosen.length * total),
    );
    results.push({ stage, step, ...figures });
  }
  return results;
}

/** The reward heads on the held-out responses that their stage reports on. Null where there are no heads, or no SFT policy beside which they were trained. */
export async function reportHeadsOf({
  settings,
  stages,
  modelCache,
}: Evaluated): Promise<readonly HeadReport[] | null> {
  const sft = stages.find(({ stage }) => stage === 'sft');
  if (!sft || !settings.stages.includes('heads')) return null;
  const heads = await modelCache.heads(sft.ref);
  if (!heads) return null;
  const show = progressShown();
  return await evaluateHeads(await modelCache.policy(sft.ref), heads, settings, async (done, total) =>
    show('heads', done, total),
  );
}

/** Progress on standard error: `done` of `total` since this call, with the time left; a line per label off a terminal. */
function progressShown(): (label: string, done: number, total: number) => void {
  const screen = new StatusLine(Number.POSITIVE_INFINITY, process.stderr);
  const startedAt = performance.now();
  return (label, done, total) => {
    const elapsedMs = performance.now() - startedAt;
    const leftMs = done > 0 ? (elapsedMs / done) * (total - done) : null;
    const line = `${label.padEnd(8)} ${bar(done, total)} ${timesText(elapsedMs, leftMs)}`;
    screen.show(line, done === total ? 'end' : label);
    if (done === total) screen.finish();
  };
}
