// Checkpoints in IndexedDB: chunks first, manifest last, strictly durable; so each is whole or absent.

import { checkTensors, compareCheckpoints, thinned } from './checkpointOrder.ts';
import { putOfRun, transact } from './connection.ts';
import { crc32 } from './crc32.ts';
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts';
import { type CheckpointRecord, type Database, prefixRange } from './schema.ts';
import type { Checkpoint, CheckpointManifest, NamedTensor } from './types.ts';

const CHUNK_BYTES = 4 * 1048576;
/** Chunks without a manifest that are younger than this may belong to a write in progress in another tab. */
const ORPHAN_AGE_MS = 10 * 60_000;

/** Writes the checkpoint, then thins the rolling ones of its run. Calls for one run must not overlap. */
export async function putCheckpoint(db: Database, checkpoint: Checkpoint): Promise<void> {
  const { runId, id } = checkpoint.manifest;
  checkTensors(checkpoint.tensors, `Checkpoint "${id}"`);
  const file = encodeSafetensors(checkpoint.tensors);
  const token = `${Date.now().toString(36)}-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`;
  const chunks = Math.ceil(file.length / CHUNK_BYTES);
  const record: CheckpointRecord = {
    runId,
    id,
    token,
    chunks,
    bytes: file.length,
    crc32: crc32(file),
    manifest: checkpoint.manifest,
  };
  try {
    for (let index = 0; index < chunks; index++) {
      const bytes = file.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
      await putOfRun(db, 'checkpointChunks', { runId, id, token, index, bytes }, 'strict');
    }
    await putOfRun(db, 'checkpoints', record, 'strict');
  } catch (error) {
    await db.delete('checkpointChunks', prefixRange(runId, id, token)).catch(() => undefined);
    throw error;
  }
  await thin(db, runId, id);
}

/** Deletes surplus rolling checkpoints and every chunk of the run that no manifest names. */
async function thin(db: Database, runId: string, justPut: string): Promise<void> {
  await transact(db, ['checkpoints', 'checkpointChunks'], 'readwrite', async (transaction) => {
    const manifests = transaction.objectStore('checkpoints');
    const chunks = transaction.objectStore('checkpointChunks');
    const records = await manifests.getAll(prefixRange(runId));
    const gone = new Set(
      thinned(
        records.map(({ manifest }) => manifest),
        justPut,
      ),
    );
    const kept = new Set(records.filter(({ id }) => !gone.has(id)).map(({ token }) => token));
    const keys = await chunks.getAllKeys(prefixRange(runId));
    await Promise.all([
      ...[...gone].map((id) => manifests.delete([runId, id])),
      ...keys.filter(([, , token]) => !kept.has(token)).map((key) => chunks.delete(key)),
    ]);
  });
}

/** Deletes chunks of all runs that were left behind by a write that never ended. Resolves to their number. */
export function removeOrphans(db: Database, olderThanMs = ORPHAN_AGE_MS): Promise<number> {
  return transact(db, ['checkpoints', 'checkpointChunks'], 'readwrite', async (transaction) => {
    const chunks = transaction.objectStore('checkpointChunks');
    const records = await transaction.objectStore('checkpoints').getAll();
    const tokens = new Set(records.map(({ token }) => token));
    const keys = await chunks.getAllKeys();
    const orphans = keys.filter(([, , token]) => {
      const writtenMs = Number.parseInt(token.split('-')[0], 36);
      return !tokens.has(token) && !(Date.now() - writtenMs < olderThanMs);
    });
    await Promise.all(orphans.map((key) => chunks.delete(key)));
    return orphans.length;
  });
}

/** Manifests of the run's whole checkpoints, oldest first. */
export function listCheckpoints(db: Database, runId: string): Promise<CheckpointManifest[]> {
  return transact(db, ['checkpoints', 'checkpointChunks'], 'readonly', async (transaction) => {
    const records = await transaction.objectStore('checkpoints').getAll(prefixRange(runId));
    const keys = await transaction.objectStore('checkpointChunks').getAllKeys(prefixRange(runId));
    const found = new Map<string, number>();
    for (const [, , token] of keys) found.set(token, (found.get(token) ?? 0) + 1);
    return records
      .filter(({ token, chunks }) => found.get(token) === chunks)
      .map(({ manifest }) => manifest)
      .sort(compareCheckpoints);
  });
}

/** The checkpoint, or null where it is absent, incomplete or damaged. */
export async function getCheckpoint(db: Database, runId: string, id: string): Promise<Checkpoint | null> {
  const found = await transact(db, ['checkpoints', 'checkpointChunks'], 'readonly', async (transaction) => {
    const record = await transaction.objectStore('checkpoints').get([runId, id]);
    if (!record) return null;
    const range = prefixRange(runId, id, record.token);
    return { record, chunks: await transaction.objectStore('checkpointChunks').getAll(range) };
  });
  if (!found || found.chunks.length !== found.record.chunks) return null;
  const { record, chunks } = found;
  const file = new Uint8Array(record.bytes);
  let at = 0;
  for (const { bytes } of chunks) {
    if (at + bytes.length > file.length) return null;
    file.set(bytes, at);
    at += bytes.length;
  }
  if (at !== file.length || crc32(file) !== record.crc32) return null;
  const tensors = decodeSafetensors(file, `Checkpoint "${id}"`) as { [name: string]: NamedTensor };
  return { manifest: record.manifest, tensors };
}

/** The newest checkpoint that is whole, or null. */
export async function latestCheckpoint(db: Database, runId: string): Promise<Checkpoint | null> {
  for (const { id } of (await listCheckpoints(db, runId)).reverse()) {
    const checkpoint = await getCheckpoint(db, runId, id);
    if (checkpoint) return checkpoint;
  }
  return null;
}
