// A release as the stored run that training it here would have left: checkpoints at the ends of its stages, heads, evaluations.

import type { ReleasedModel } from '../protocol/inspector.ts';
import { type BundleContents, stageEnd } from '../storage/index.ts';
import { sha256 } from '../storage/sha256.ts';
import type { Checkpoint, EvaluationRecord, Json } from '../storage/types.ts';
import { engineText } from '../terms/origin.ts';
import { releasedId } from '../terms/run.ts';
import { toTensors } from '../training/checkpoints.ts';
import { modelSpecs } from '../training/rewardModel.ts';
import { type StagePlan, stagePlan } from '../training/stages.ts';

/** Flat buffers in the layouts of the policy and of the reward model. */
export type ReleaseWeights = {
  /** By stage. */
  policies: ReadonlyMap<string, Float32Array>;
  heads: Float32Array;
};

/** The same for the same files, so that a release is stored once, and a later one under the same name beside it. */
export function releasedRunId({ name, stages, heads }: ReleasedModel): string {
  const files = [...stages, heads].map((file) => file.sha256).join();
  return releasedId(name, sha256(new TextEncoder().encode(files)).slice(0, 8));
}

/**
 * What the store is to hold of a release.
 * The run names no engine of its own, so that whoever begins from it trains on what their machine has.
 */
export function releasedRun(release: ReleasedModel, weights: ReleaseWeights): BundleContents {
  const { settings, createdAt } = release;
  const runId = releasedRunId(release);
  const specs = modelSpecs(settings);
  const places = placesOf(stagePlan(settings));
  const headsPlace = places.find(({ kind }) => kind === 'heads');
  let policy: Float32Array | undefined;
  const checkpoints: Checkpoint[] = [];
  for (const place of places) {
    // The policy does not change while the heads are trained.
    if (place.kind !== 'heads') policy = weights.policies.get(place.stage);
    if (!policy) continue;
    const { kind: _, ...where } = place;
    const trained = { createdAt, ...where, model: specs.policy.config as unknown as Json };
    checkpoints.push(stageEnd(runId, trained, toTensors(specs.policy, policy, '')));
  }
  const evaluations = release.stages.flatMap(({ stage, scores, greedy }): EvaluationRecord[] => {
    const place = places.find((each) => each.stage === stage);
    if (!place || scores.length === 0) return [];
    const report = { stage, step: place.step, scores, ...(greedy && { greedy }) };
    return [{ runId, stage, step: place.step, report: report as unknown as Json }];
  });
  return {
    run: {
      id: runId,
      name: `Released ${release.name}`,
      createdAt,
      updatedAt: createdAt,
      status: 'done',
      settings: settings as unknown as { readonly [key: string]: Json },
      seed: release.seed,
      preset: release.preset,
      code: release.code,
      engine: {
        backend: '',
        adapter: `comes with the page, trained on ${engineText(release.engine)}`,
        simd: null,
        threads: null,
      },
      message: 'Comes with the page; its curves and samples are not kept.',
    },
    metrics: [],
    samples: [],
    evaluations,
    heads: {
      runId,
      step: headsPlace?.step ?? 0,
      report: release.heads.reports as unknown as Json,
      config: specs.reward.config as unknown as Json,
      tensors: toTensors(specs.reward, weights.heads, ''),
    },
    checkpoints,
  };
}

type Place = {
  kind: StagePlan['kind'];
  stage: string;
  /** Iterations, and updates of the policy in RL, up to the end of the stage. */
  step: number;
  policyVersion: number;
  /** Where a run goes on after it. */
  stageIndex: number;
};

/** The ends of the stages that train something. */
export function placesOf(plan: readonly StagePlan[]): Place[] {
  let step = 0;
  let policyVersion = 0;
  return plan.flatMap(({ kind, name, iterations }, index) => {
    if (kind === 'evaluation') return [];
    step += iterations;
    if (kind === 'rl') policyVersion += iterations;
    return [{ kind, stage: name, step, policyVersion, stageIndex: index + 1 }];
  });
}
