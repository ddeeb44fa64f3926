// The models that the inspector has open: loaded when first asked for, the longest unused closed when there are too many.

import { PlaygroundError } from '../base/errors.ts';
import { type Settings, settingsOf } from '../config/index.ts';
import type { Engine, EngineModel } from '../engine/types.ts';
import type { ModelRef } from '../protocol/inspector.ts';
import type { Releases } from '../releases/releases.ts';
import type { RunStore, SampleBatch } from '../storage/types.ts';
import { fromTensors } from '../training/checkpoints.ts';
import { type FlatWeights, modelSpecs } from '../training/rewardModel.ts';
import { SequenceEncoder } from '../training/sequences.ts';
import type { World } from '../world/index.ts';
import { worldOf } from '../world/index.ts';

const MOST_OPEN = 8;

/** A policy ready to be asked, in the world that it was trained in. */
export type OpenPolicy = {
  model: EngineModel;
  encoder: SequenceEncoder;
  world: World;
  settings: Settings;
};

export type ModelCacheOptions = {
  store: RunStore;
  releases: Pick<Releases, keyof Releases>;
  engine: () => Promise<Engine>;
};

export class ModelCache {
  readonly #options: ModelCacheOptions;
  /** In order of use, the newest last. */
  readonly #open = new Map<string, EngineModel>();

  constructor(options: ModelCacheOptions) {
    this.#options = options;
  }

  /** @throws PlaygroundError `not-found` or `shape-mismatch` */
  async policy(ref: ModelRef): Promise<OpenPolicy> {
    const settings = await this.#settings(ref);
    const model = await this.#model(`policy ${keyOf(ref)}`, () => this.#policyWeights(ref, settings));
    const world = worldOf(settings);
    return { model, world, settings, encoder: new SequenceEncoder(world, model.spec) };
  }

  /** The policy at the start of the RL stage that sampled a batch: its reference; null where the run does not hold it. */
  async stageStart(
    runId: string,
    { step, stage }: Pick<SampleBatch, 'step' | 'stage'>,
  ): Promise<ModelRef | null> {
    const found = (await this.#options.store.listCheckpoints(runId)).findLast(
      (manifest) => manifest.kind === 'stage-end' && manifest.step <= step && manifest.stage !== stage,
    );
    return found ? { kind: 'stored', runId, checkpointId: found.id } : null;
  }

  /** The reward heads that belong to a policy; null where the run has none. */
  async heads(ref: ModelRef): Promise<EngineModel | null> {
    if (ref.kind === 'stored') return await this.runHeads(ref.runId, await this.#settings(ref));
    return await this.#model(`heads ${ref.model}`, () => this.#options.releases.heads(ref.model));
  }

  /** The reward heads that a run had when it came to this policy; null where they came later or never. */
  async headsBefore(ref: ModelRef): Promise<EngineModel | null> {
    if (ref.kind === 'released') return ref.stage === 'sft' ? null : await this.heads(ref);
    const { store } = this.#options;
    const manifests = await store.listCheckpoints(ref.runId);
    const step = manifests.find(({ id }) => id === ref.checkpointId)?.step ?? 0;
    const heads = await store.getHeads(ref.runId);
    return heads && heads.step <= step ? await this.heads(ref) : null;
  }

  /** The reward heads of a stored run; null where it has none. */
  async runHeads(runId: string, settings: Settings): Promise<EngineModel | null> {
    const record = await this.#options.store.getHeads(runId);
    if (!record) return null;
    const spec = modelSpecs(settings).reward;
    return await this.#model(`heads of ${runId} at ${record.step}`, async () => ({
      spec,
      parameters: fromTensors(spec, record.tensors, ''),
    }));
  }

  /** The settings that a model was trained with. */
  async #settings(ref: ModelRef): Promise<Settings> {
    const { store, releases } = this.#options;
    if (ref.kind === 'released') return (await releases.release(ref.model)).settings;
    const { runId } = ref;
    const run = await store.getRun(runId);
    if (run) return settingsOf(run);
    throw new PlaygroundError('not-found', 'This run is no longer stored.', 'Choose another one.', { runId });
  }

  async #policyWeights(ref: ModelRef, settings: Settings): Promise<FlatWeights> {
    const { store, releases } = this.#options;
    if (ref.kind === 'released') return await releases.policy(ref.model, ref.stage);
    const checkpoint = await store.getCheckpoint(ref.runId, ref.checkpointId);
    if (!checkpoint) {
      throw new PlaygroundError(
        'not-found',
        'This checkpoint is no longer stored.',
        'Choose another one: all but the newest within a stage are thinned out.',
        { checkpoint: ref.checkpointId },
      );
    }
    const spec = modelSpecs(settings).policy;
    return { spec, parameters: fromTensors(spec, checkpoint.tensors, 'policy.') };
  }

  async #model(key: string, load: () => Promise<FlatWeights>): Promise<EngineModel> {
    let model = this.#open.get(key);
    if (!model) {
      const { spec, parameters } = await load();
      const engine = await this.#options.engine();
      model = await engine.createModel(spec, 0);
      await model.setParameters(parameters);
    }
    this.#open.delete(key);
    this.#open.set(key, model);
    for (const [other, unused] of this.#open) {
      if (this.#open.size <= MOST_OPEN) break;
      unused.dispose();
      this.#open.delete(other);
    }
    return model;
  }
}

function keyOf(ref: ModelRef): string {
  return ref.kind === 'released' ? `${ref.model} ${ref.stage}` : `${ref.runId} ${ref.checkpointId}`;
}
