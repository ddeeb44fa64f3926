// What a start request asks for: a new run, one that begins after a stage of another, or a stored one that goes on; and its record.

import { PlaygroundError } from '../base/errors.ts';
import { CODE, requireTogether, type Settings, settingsOf, validateSettings } from '../config/index.ts';
import type { StartRequest, TrainEvent } from '../protocol/messages.ts';
import type { RunRecord, RunStore } from '../storage/types.ts';
import type { EngineIdentity } from '../terms/origin.ts';
import { type Fork, newRunId } from '../terms/run.ts';
import { copyOrigin, type ForkOrigin, findOrigin, originEvents } from './fork.ts';

export type RunStart = {
  runId: string;
  settings: Settings;
  /** The stored run that goes on; null for a new one. */
  resumed: RunRecord | null;
  /** Where a new run begins, if not at the beginning. */
  origin: ForkOrigin | null;
};

/** Nothing is written. @throws PlaygroundError `not-found`, `bad-setting` */
export async function findStart(
  store: RunStore,
  request: StartRequest,
  timestamp: string,
): Promise<RunStart> {
  const resumed = request.resumeRunId ? await store.getRun(request.resumeRunId) : null;
  if (request.resumeRunId && !resumed) {
    throw new PlaygroundError(
      'not-found',
      `There is no stored run ${request.resumeRunId} to go on with.`,
      'Choose one from the list of runs, or start a new one.',
    );
  }
  const settings = resumed ? settingsOf(resumed) : requireTogether(validateSettings(request.settings));
  const fork = resumed ? await unfinishedFork(store, resumed) : request.fork;
  const origin = fork ? await findOrigin(store, settings, fork) : null;
  return {
    runId: resumed?.id ?? request.runId ?? newRunId(timestamp, settings.seed),
    settings,
    resumed,
    origin,
  };
}

/** Where a stored run began, if it was cut off before it had all of that: its first checkpoint is the last thing that it takes over. */
async function unfinishedFork(store: RunStore, { id, fork }: RunRecord): Promise<Fork | undefined> {
  return fork && (await store.listCheckpoints(id)).length === 0 ? fork : undefined;
}

/** Writes the record, and what a fork takes over: it is whole or absent. Gives the events of that part. */
export async function recordStart(
  store: RunStore,
  { runId, settings, resumed, origin }: RunStart,
  { name = '', preset, paused, fork, driven = false }: StartRequest,
  engine: EngineIdentity,
  timestamp: string,
): Promise<TrainEvent[]> {
  if (resumed) {
    const status = paused ? 'paused' : 'running';
    await store.updateRun(runId, { status, message: '', engine, driven, failure: undefined });
    return origin ? await takeOver(store, origin, runId) : [];
  }
  await store.createRun({
    id: runId,
    name,
    createdAt: timestamp,
    updatedAt: timestamp,
    status: 'running',
    settings,
    seed: settings.seed,
    preset,
    engine,
    code: CODE,
    message: '',
    ...(fork && { fork }),
    ...(driven && { driven }),
  });
  if (!origin) return [];
  try {
    return await takeOver(store, origin, runId);
  } catch (error) {
    await store.deleteRun(runId).catch(() => undefined);
    throw error;
  }
}

async function takeOver(store: RunStore, origin: ForkOrigin, runId: string): Promise<TrainEvent[]> {
  await copyOrigin(store, origin, runId);
  return await originEvents(store, runId);
}
