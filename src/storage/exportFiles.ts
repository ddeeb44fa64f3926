// Single files of a run for other programs: metrics, evaluations, the weights of a checkpoint.

import { StorageError } from './errors.ts';
import { metricsToCsv } from './metricsCsv.ts';
import type { RunRecord, RunStore } from './types.ts';
import { encodeWeights } from './weightsFile.ts';

export type FileRequest =
  | { kind: 'metrics-csv' }
  | { kind: 'metrics-json' }
  | { kind: 'evaluation-json' }
  | { kind: 'weights'; checkpointId: string };

type Source = Pick<RunStore, 'getRun' | 'readMetrics' | 'listEvaluations' | 'getCheckpoint'>;

/** The file. @throws StorageError `not-found` where the run or the checkpoint is not stored. */
export async function exportFile(
  store: Source,
  runId: string,
  request: FileRequest,
): Promise<Uint8Array<ArrayBuffer>> {
  const run = await store.getRun(runId);
  if (!run) throw missing(`The run "${runId}" is not stored here.`, runId);
  switch (request.kind) {
    case 'metrics-csv':
      return new TextEncoder().encode(metricsToCsv(await store.readMetrics(runId)));
    case 'metrics-json':
      return jsonFile({ run: describe(run), metrics: await store.readMetrics(runId) });
    case 'evaluation-json': {
      const evaluations = await store.listEvaluations(runId);
      return jsonFile({
        run: describe(run),
        evaluations: evaluations.map(({ stage, step, report }) => ({ stage, step, report })),
      });
    }
    case 'weights':
      return await weightsFile(store, run, request.checkpointId);
  }
}

async function weightsFile(
  store: Source,
  run: RunRecord,
  checkpointId: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const checkpoint = await store.getCheckpoint(run.id, checkpointId);
  if (!checkpoint) {
    throw missing(`The checkpoint "${checkpointId}" of this run is not stored, or is damaged.`, run.id);
  }
  return encodeWeights(run, checkpoint);
}

function describe({ id, name, createdAt, status, preset, seed, code, engine, settings }: RunRecord) {
  return { id, name, createdAt, status, preset, seed, code, engine, settings };
}

/** Plain JSON for any reader: numbers that JSON does not know become null. */
function jsonFile(value: unknown): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`);
}

function missing(sentence: string, runId: string): StorageError {
  return new StorageError('not-found', sentence, 'It may have been deleted in another tab: look again.', {
    runId,
  });
}
