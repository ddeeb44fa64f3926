// The models that come with the page: their list, their weights on demand, and a release as a stored run.

import * as v from 'valibot';
import { type Settings, validateSettings } from '../config/index.ts';
import { PlaygroundError } from '../protocol/errors.ts';
import type { ReleasedModel } from '../protocol/lab.ts';
import { decodeSafetensors, type Tensors } from '../storage/index.ts';
import type { CheckpointManifest, Json, NamedTensor, RunStore } from '../storage/types.ts';
import { fromTensors, toTensors } from '../training/checkpoints.ts';
import { modelConfigs, modelSpecs } from '../training/rewardModel.ts';
import { stagePlan } from '../training/stages.ts';
import { RELEASES_VERSION, releasesSchema } from './releaseFormat.ts';
import type { ReleasedWeights, ReleaseSource } from './releaseSource.ts';

/** Reads one file of a release by its path below the folder of the models; null where it is not there. */
export type ReadFile = (path: string) => Promise<Uint8Array | null>;

export class Releases implements ReleaseSource {
  readonly #read: ReadFile;
  #list: Promise<readonly ReleasedModel[]> | null = null;
  readonly #files = new Map<string, Promise<Tensors>>();

  /** `modelsUrl`: folder of the models with a slash at the end, or another way to read its files. */
  constructor(source: string | ReadFile) {
    this.#read = typeof source === 'string' ? (path) => fetched(source + path) : source;
  }

  list(): Promise<readonly ReleasedModel[]> {
    this.#list ??= this.#readList().catch((error) => {
      this.#list = null;
      throw error;
    });
    return this.#list;
  }

  async policy(model: string, stage: string): Promise<ReleasedWeights & { settings: Settings }> {
    const release = await this.#release(model);
    const found = release.stages.find((each) => each.stage === stage);
    if (!found) {
      const stages = release.stages.map((each) => each.stage).join(', ');
      throw new PlaygroundError(
        'not-found',
        `The released model ${model} has no checkpoint after ${stage}.`,
        `Choose one of ${stages}.`,
      );
    }
    const spec = modelSpecs(release.settings).policy;
    const tensors = await this.#tensors(found.file, found.sha256);
    return { spec, settings: release.settings, parameters: fromTensors(spec, named(tensors), '') };
  }

  async heads(model: string): Promise<ReleasedWeights> {
    const { heads, settings } = await this.#release(model);
    const spec = modelSpecs(settings).reward;
    return { spec, parameters: fromTensors(spec, named(await this.#tensors(heads.file, heads.sha256)), '') };
  }

  /** What a run trained whole would hold at the end of these stages; each RL stage begins with moments of 0 anyway. */
  async adopt(store: RunStore, model: string): Promise<string> {
    const release = await this.#release(model);
    const runId = `released-${release.name}`;
    if (await store.getRun(runId)) return runId;
    // Everything is read before anything is written.
    const policies = await Promise.all(release.stages.map(({ stage }) => this.policy(model, stage)));
    const heads = await this.heads(model);
    await store.createRun({
      id: runId,
      name: `Released ${release.name}`,
      createdAt: release.createdAt,
      updatedAt: release.createdAt,
      // `done` comes last: what was cut short is no run to go on from.
      status: 'failed',
      settings: release.settings as unknown as { readonly [key: string]: Json },
      seed: release.seed,
      preset: release.preset,
      codeVersion: release.codeVersion,
      device: release.device,
      message: 'This release was not copied whole.',
    });
    try {
      await this.#copy(store, release, runId, policies, heads);
      await store.updateRun(runId, {
        status: 'done',
        message: 'Comes with the page; its curves are not kept.',
      });
    } catch (error) {
      await store.deleteRun(runId).catch(() => undefined);
      throw error;
    }
    return runId;
  }

  async #copy(
    store: RunStore,
    release: ReleasedModel,
    runId: string,
    policies: readonly (ReleasedWeights & { settings: Settings })[],
    heads: ReleasedWeights,
  ): Promise<void> {
    const plan = stagePlan(release.settings);
    const configs = modelConfigs(release.settings);
    const stepAfter = (stage: string) =>
      plan
        .slice(0, plan.findIndex(({ name }) => name === stage) + 1)
        .reduce((sum, entry) => sum + (entry.kind === 'evaluation' ? 0 : entry.iterations), 0);
    const put = async (stage: string, weights: ReleasedWeights, rlSteps: number): Promise<void> => {
      const zeros = new Float32Array(weights.parameters.length);
      const manifest: CheckpointManifest = {
        id: `stage-end-${String(stepAfter(stage)).padStart(8, '0')}-${stage}`,
        runId,
        createdAt: release.createdAt,
        step: stepAfter(stage),
        stageIndex: plan.findIndex(({ name }) => name === stage) + 1,
        stage,
        nextIteration: 0,
        policyVersion: rlSteps,
        kind: 'stage-end',
        state: { optimizerSteps: { policy: 0 }, guardStrikes: 0 },
        model: configs.policy as unknown as Json,
      };
      const tensors = {
        ...toTensors(weights.spec, weights.parameters, 'policy.'),
        ...toTensors(weights.spec, zeros, 'policy.first.'),
        ...toTensors(weights.spec, zeros, 'policy.second.'),
      };
      await store.putCheckpoint({ manifest, tensors });
    };
    await store.putHeads({
      runId,
      step: stepAfter('heads'),
      report: release.heads.reports as unknown as Json,
      config: configs.reward as unknown as Json,
      tensors: toTensors(heads.spec, heads.parameters, ''),
    });
    let rlSteps = 0;
    for (const [i, { stage, scores }] of release.stages.entries()) {
      if (stage !== 'sft') rlSteps += plan.find(({ name }) => name === stage)?.iterations ?? 0;
      await put(stage, policies[i], rlSteps);
      const report = { stage, step: stepAfter(stage), scores };
      await store.putEvaluation({ runId, stage, step: report.step, report: report as unknown as Json });
    }
    // The policy does not change while the heads are trained.
    await put('heads', policies[0], 0);
  }

  async #release(model: string): Promise<ReleasedModel> {
    const found = (await this.list()).find(({ name }) => name === model);
    if (found) return found;
    throw new PlaygroundError(
      'not-found',
      `There is no released model "${model}".`,
      'Choose one from the list.',
    );
  }

  async #readList(): Promise<readonly ReleasedModel[]> {
    const bytes = await this.#read('index.json');
    if (!bytes) return [];
    const damaged = (why: string) =>
      new PlaygroundError(
        'bad-bundle',
        `The list of released models cannot be read: ${why}.`,
        'Reload the page; everything else works without them.',
      );
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder().decode(bytes));
    } catch {
      throw damaged('it is no JSON');
    }
    const result = v.safeParse(releasesSchema, json, { abortEarly: true });
    if (!result.success)
      throw damaged(`${v.getDotPath(result.issues[0]) ?? 'it'}: ${result.issues[0].message}`);
    if (result.output.version !== RELEASES_VERSION)
      throw damaged(`it is of version ${result.output.version}, this page reads ${RELEASES_VERSION}`);
    return result.output.models.map((model) => ({
      ...model,
      settings: validateSettings(model.settings),
    })) as unknown as readonly ReleasedModel[];
  }

  #tensors(file: string, sha256: string): Promise<Tensors> {
    const known = this.#files.get(file);
    if (known) return known;
    const reading = this.#readTensors(file, sha256);
    this.#files.set(file, reading);
    reading.catch(() => this.#files.delete(file));
    return reading;
  }

  async #readTensors(file: string, sha256: string): Promise<Tensors> {
    const bytes = await this.#read(file);
    if (!bytes)
      throw new PlaygroundError(
        'not-found',
        `The weights ${file} could not be fetched.`,
        'Check the connection and try again; a run of your own needs none of them.',
        { file },
      );
    if ((await sha256Of(bytes)) !== sha256)
      throw new PlaygroundError(
        'bad-bundle',
        `The weights ${file} are damaged: their checksum is another one.`,
        'Reload the page; if it happens again, the files of the page are not of one version.',
        { file },
      );
    return decodeSafetensors(bytes, file);
  }
}

function named(tensors: Tensors): { [name: string]: NamedTensor } {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );
}

/** Lower-case hex. */
export async function sha256Of(bytes: Uint8Array): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', bytes.slice());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function fetched(address: string): Promise<Uint8Array | null> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch {
    return null;
  }
  // A host that answers everything with its page gives HTML for what is not there.
  if (!response.ok || (response.headers.get('Content-Type') ?? '').includes('text/html')) return null;
  return new Uint8Array(await response.arrayBuffer());
}
