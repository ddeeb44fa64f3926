// A run that begins with a released model, in Node and without a page: for tests of what such runs show.

import { MODELS_FOLDER, releasesIn } from '../../src/cli/evaluate/releasedFolder.ts';
import type { Settings } from '../../src/config/index.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import type { PinRequest, TrainEvent } from '../../src/protocol/messages.ts';
import { MemoryStore } from '../../src/storage/index.ts';
import { RunController } from '../../src/training/controller.ts';

export type ReleasedTraining = {
  model: string;
  /** Stage of the release after which it begins. */
  after: string;
  settings: Settings;
  preset: string;
  pins?: PinRequest;
  /** The run is stopped at the first event for which this is true. */
  until?: (event: TrainEvent) => boolean;
};

export type TrainedRun = { store: MemoryStore; runId: string; events: readonly TrainEvent[] };

/** Trains to the end, or to the event that `until` names. @throws whatever the run fails with. */
export async function trainFromRelease(run: ReleasedTraining): Promise<TrainedRun> {
  const { model, after, settings, preset, pins, until } = run;
  const store = new MemoryStore();
  const events: TrainEvent[] = [];
  const controller = new RunController({
    store,
    emit: (event) => {
      events.push(event);
      if (until?.(event)) void controller.stop();
    },
    chooseEngine: async () => ({
      engine: await createWasmEngine(),
      reason: 'A test has one thread.',
      measuredMs: {},
    }),
    yieldThread: () => new Promise((resolve) => setImmediate(resolve)),
    now: () => performance.now(),
    timestamp: () => new Date().toISOString(),
    lock: async () => () => undefined,
  });
  const from = await releasesIn(MODELS_FOLDER).adopt(store, model);
  const { runId } = await controller.start({
    settings,
    preset,
    fork: { runId: from, stage: after },
    ...(pins && { pins }),
  });
  await controller.finished();
  const failed = events.find(({ kind }) => kind === 'error');
  if (failed?.kind === 'error') throw new Error(failed.error.message);
  return { store, runId, events };
}
