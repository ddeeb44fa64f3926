// The models that come with the page: their list, their weights on demand, and a release as a stored run.

import { PlaygroundError } from '../base/errors.ts';
import type { ReleasedModel } from '../protocol/inspector.ts';
import { webLocks } from '../protocol/locks.ts';
import { importContents } from '../storage/bundleImport.ts';
import { decodeSafetensors, type Tensors } from '../storage/index.ts';
import { sha256 } from '../storage/sha256.ts';
import type { NamedTensor, RunStore } from '../storage/types.ts';
import { fromTensors } from '../training/checkpoints.ts';
import { type FlatWeights, modelSpecs } from '../training/rewardModel.ts';
import { readReleaseList } from './format.ts';
import { type ReleaseWeights, releasedRun, releasedRunId } from './releasedRun.ts';

/**
 * Reads one file by its path below the folder of the models; null where it does not come. `sha256` is what it must be, null for
 * the list itself. `past`: past every cache.
 */
export type ReadFile = (path: string, sha256: string | null, past?: 'caches') => Promise<Uint8Array | null>;

export class Releases {
  readonly #read: ReadFile;
  #list: Promise<readonly ReleasedModel[]> | null = null;
  /** By checksum. */
  readonly #files = new Map<string, Promise<Tensors>>();

  /** `source`: the address of the folder of the models with a slash at the end, or another way to read its files. */
  constructor(source: string | ReadFile) {
    this.#read = typeof source === 'string' ? (path, ...how) => fetched(source + path, ...how) : source;
  }

  /** Empty where the page comes without any. @throws PlaygroundError `bad-bundle` for a list that is damaged or of another version. */
  list(): Promise<readonly ReleasedModel[]> {
    this.#list ??= this.#readList().catch((error) => {
      this.#list = null;
      throw error;
    });
    return this.#list;
  }

  /** @throws PlaygroundError `not-found` for an unknown model or stage or a file that does not come, `bad-bundle` for a damaged one. */
  async policy(model: string, stage: string): Promise<FlatWeights> {
    const release = await this.release(model);
    const found = release.stages.find((each) => each.stage === stage);
    if (!found) {
      const stages = release.stages.map((each) => each.stage).join(', ');
      throw new PlaygroundError(
        'not-found',
        `The released model ${model} has no weights after ${stage}.`,
        `Choose one of ${stages}.`,
      );
    }
    const spec = modelSpecs(release.settings).policy;
    const tensors = await this.#tensors(found);
    return { spec, parameters: fromTensors(spec, floats(tensors), '') };
  }

  async heads(model: string): Promise<FlatWeights> {
    const { heads, settings } = await this.release(model);
    const spec = modelSpecs(settings).reward;
    return { spec, parameters: fromTensors(spec, floats(await this.#tensors(heads)), '') };
  }

  /** Writes the release as a stored run, once; gives its run id. */
  async adopt(store: RunStore, model: string): Promise<string> {
    const release = await this.release(model);
    const runId = releasedRunId(release);
    if ((await store.getRun(runId))?.status === 'done') return runId;
    // Everything is read before anything is written.
    const weights = await this.#weights(release);
    return await alone(runId, async () => {
      const before = await store.getRun(runId);
      if (before?.status === 'done') return runId;
      // What a tab left that was closed in the midst of it.
      if (before) await store.deleteRun(runId);
      return await importContents(store, releasedRun(release, weights));
    });
  }

  async #weights({ name, stages }: ReleasedModel): Promise<ReleaseWeights> {
    const policies = new Map<string, Float32Array>();
    for (const { stage } of stages) policies.set(stage, (await this.policy(name, stage)).parameters);
    return { policies, heads: (await this.heads(name)).parameters };
  }

  /** @throws PlaygroundError `not-found` naming those that there are. */
  async release(model: string): Promise<ReleasedModel> {
    const list = await this.list();
    const found = list.find(({ name }) => name === model);
    if (found) return found;
    const names = list.map(({ name }) => name).join(', ');
    throw new PlaygroundError(
      'not-found',
      `There is no released model "${model}".`,
      names === '' ? 'This page comes without any.' : `Choose one of: ${names}.`,
    );
  }

  async #readList(): Promise<readonly ReleasedModel[]> {
    const bytes = await this.#read('index.json', null);
    if (bytes) return readReleaseList(bytes);
    // Perhaps there is only no network now.
    this.#list = null;
    return [];
  }

  #tensors(file: WeightsFile): Promise<Tensors> {
    const known = this.#files.get(file.sha256);
    if (known) return known;
    const reading = this.#readTensors(file);
    this.#files.set(file.sha256, reading);
    reading.catch(() => this.#files.delete(file.sha256));
    return reading;
  }

  async #readTensors({ file, bytes: size, sha256: wanted }: WeightsFile): Promise<Tensors> {
    const isRight = (bytes: Uint8Array | null) => bytes?.length === size && sha256(bytes) === wanted;
    let bytes = await this.#read(file, wanted);
    // What a cache holds under this name may be damaged or of another version, and would stay so.
    if (bytes && !isRight(bytes)) bytes = (await this.#read(file, wanted, 'caches')) ?? bytes;
    if (!bytes) {
      throw new PlaygroundError(
        'not-found',
        `The weights models/${file} could not be fetched.`,
        'Check the connection and try again; a run of your own needs none of them.',
        { file },
      );
    }
    if (!isRight(bytes)) {
      throw new PlaygroundError(
        'bad-bundle',
        `The weights models/${file} are damaged: ${bytes.length} bytes came whose checksum is not that of the list.`,
        'Reload the page; if it happens again, its files are not of one version.',
        { file },
      );
    }
    return decodeSafetensors(bytes, `models/${file}`);
  }
}

type WeightsFile = Pick<ReleasedModel['heads'], 'file' | 'bytes' | 'sha256'>;

/** Weights are floats, whatever precision their file has; others count as absent, and the layout names them. */
function floats(tensors: Tensors): { [name: string]: NamedTensor } {
  const found: { [name: string]: NamedTensor } = {};
  for (const [name, { shape, data }] of Object.entries(tensors))
    if (data instanceof Float32Array) found[name] = { shape, data };
  return found;
}

/** One tab at a time, where the browser can see to it. */
async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Where the browser has or gives no locks, it has not begun.
  let begun: Promise<T> | undefined;
  const begin = () => {
    begun ??= work();
    return begun;
  };
  await webLocks()
    ?.request(`cosmo-${name}`, begin)
    .catch(() => undefined);
  return begin();
}

async function fetched(address: string, hash: string | null, past?: 'caches'): Promise<Uint8Array | null> {
  // The checksum in the address: no cache on the way gives the file of another version.
  const versioned = hash === null ? address : `${address}?${hash.slice(0, 16)}`;
  const cache = past ? 'reload' : hash === null ? 'no-cache' : 'default';
  try {
    const response = await fetch(versioned, { cache });
    // A host that answers everything with its page gives HTML for what is not there.
    if (!response.ok || (response.headers.get('Content-Type') ?? '').includes('text/html')) return null;
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    return null;
  }
}
