// The IndexedDB database `cosmo`: its stores, their keys and indexes, and the steps from each version to the next.

import type { DBSchema, IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import type { MetricChunk } from './metricChunks.ts';
import type { OldRunRecord, OldSampleBatch } from './olderRecords.ts';
import type {
  CheckpointManifest,
  EvaluationRecord,
  HeadsRecord,
  QueueRecord,
  RunRecord,
  SampleBatch,
  SampleIndexRow,
} from './types.ts';

export const DATABASE_NAME = 'cosmo';

/** The record that makes a checkpoint whole: written last, it names the chunks by `token`. */
export type CheckpointRecord = {
  runId: string;
  id: string;
  /** Marks the chunks of one write; begins with the time of writing in base 36, then `-`. */
  token: string;
  chunks: number;
  bytes: number;
  crc32: number;
  manifest: CheckpointManifest;
};

/** A piece of a checkpoint's safetensors file. */
export type CheckpointChunk = { runId: string; id: string; token: string; index: number; bytes: Uint8Array };

/** Stores and keys; every key begins with the run, so that a run is a key range in each store; queues stand beside them. */
export interface CosmoSchema extends DBSchema {
  runs: { key: string; value: RunRecord | OldRunRecord };
  metrics: { key: [string, number]; value: MetricChunk };
  samples: { key: [string, number]; value: SampleBatch | OldSampleBatch };
  sampleIndex: {
    key: [string, number, number];
    value: SampleIndexRow;
    indexes: {
      byStage: [string, string, number];
      byLabel: [string, string, number];
      byPolicyVersion: [string, number, number];
      byAbsAdvantage: [string, number];
    };
  };
  heads: { key: string; value: HeadsRecord };
  checkpoints: { key: [string, string]; value: CheckpointRecord };
  checkpointChunks: { key: [string, string, string, number]; value: CheckpointChunk };
  evaluations: { key: [string, string, number]; value: EvaluationRecord };
  queues: { key: string; value: QueueRecord };
}

export type Database = IDBPDatabase<CosmoSchema>;
export type StoreName = StoreNames<CosmoSchema>;

/** All stores whose records belong to a run. */
export const ALL_STORES = [
  'runs',
  'metrics',
  'samples',
  'sampleIndex',
  'heads',
  'checkpoints',
  'checkpointChunks',
  'evaluations',
] as const satisfies readonly StoreName[];

type Migration = (
  db: Database,
  transaction: IDBPTransaction<CosmoSchema, StoreName[], 'versionchange'>,
) => void;

/** Migration i leads from version i to i + 1. Never change one that was released: add another. */
export const MIGRATIONS: readonly Migration[] = [
  (db) => {
    db.createObjectStore('runs', { keyPath: 'id' });
    db.createObjectStore('metrics', { keyPath: ['runId', 'chunk'] });
    db.createObjectStore('samples', { keyPath: ['runId', 'step'] });
    const index = db.createObjectStore('sampleIndex', { keyPath: ['runId', 'step', 'group'] });
    index.createIndex('byStage', ['runId', 'stage', 'step']);
    index.createIndex('byLabel', ['runId', 'label', 'step']);
    index.createIndex('byPolicyVersion', ['runId', 'policyVersion', 'step']);
    index.createIndex('byAbsAdvantage', ['runId', 'maxAbsAdvantage']);
    db.createObjectStore('heads', { keyPath: 'runId' });
    db.createObjectStore('checkpoints', { keyPath: ['runId', 'id'] });
    db.createObjectStore('checkpointChunks', { keyPath: ['runId', 'id', 'token', 'index'] });
    db.createObjectStore('evaluations', { keyPath: ['runId', 'stage', 'step'] });
  },
  // Version 2: other shapes of batches and runs. Stored ones are brought to them when they are read (olderRecords.ts); the new
  // number keeps pages of before from reading what they do not know.
  () => undefined,
  (db) => {
    db.createObjectStore('queues', { keyPath: 'id' });
  },
];

/** All keys that begin with the given parts (an array sorts after every number and text). */
export function prefixRange(...parts: (string | number)[]): IDBKeyRange {
  return IDBKeyRange.bound(parts, [...parts, []]);
}
