// Single files of a run for other programs: metrics, evaluations, the weights of a checkpoint.

import { StorageError } from './errors.ts';
import { metricsToCsv } from './metricsCsv.ts';
import { encodeSafetensors } from './safetensors.ts';
import type { NamedTensor, RunRecord, RunStore } from './types.ts';

export type FileRequest =
  | { kind: 'metrics-csv' }
  | { kind: 'metrics-json' }
  | { kind: 'evaluation-json' }
  | { kind: 'weights'; checkpointId: string };

type Source = Pick<RunStore, 'getRun' | 'readMetrics' | 'listEvaluations' | 'getCheckpoint'>;

/** Prefix of the policy among the tensors of a checkpoint; its optimizer's begin with the others. */
const POLICY = 'policy.';
const OPTIMIZER = ['policy.first.', 'policy.second.'] as const;

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

/** The policy alone, under its own names; what is needed to build the model stands in the metadata. */
async function weightsFile(
  store: Source,
  run: RunRecord,
  checkpointId: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const checkpoint = await store.getCheckpoint(run.id, checkpointId);
  if (!checkpoint) {
    throw missing(`The checkpoint "${checkpointId}" of this run is not stored, or is damaged.`, run.id);
  }
  const { manifest, tensors } = checkpoint;
  const policy = Object.entries(tensors).flatMap(([name, tensor]): [string, NamedTensor][] =>
    name.startsWith(POLICY) && !OPTIMIZER.some((prefix) => name.startsWith(prefix))
      ? [[name.slice(POLICY.length), tensor]]
      : [],
  );
  return encodeSafetensors(Object.fromEntries(policy), {
    metadata: {
      format: 'cosmo-policy',
      run: run.id,
      stage: manifest.stage,
      step: String(manifest.step),
      seed: String(run.seed),
      codeVersion: run.codeVersion,
      model: JSON.stringify(manifest.model),
      settings: JSON.stringify(run.settings),
    },
  });
}

function describe({ id, name, createdAt, status, preset, seed, codeVersion, device, settings }: RunRecord) {
  return { id, name, createdAt, status, preset, seed, codeVersion, device, settings };
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
