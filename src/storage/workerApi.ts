// What `store.worker` offers to the other threads.

import type { LatestMetrics, StoredCurve } from './curves.ts';
import type { FileRequest } from './exportFiles.ts';
import type { RunDetails } from './idbDetails.ts';
import type { MetricRow, QueueRecord, RunStore } from './types.ts';

/** Said on the port of a long piece of work; what comes back on it, whatever it is, gives the work up. */
export type WorkProgress = { what: string; done: number; total: number };

/** The store, what the list of runs needs besides, and a way to give other workers a line of their own. */
export interface StoreWorkerApi extends RunStore {
  /** Serves the store on this port too (transferred), e.g. for `train.worker`. */
  addPort(port: MessagePort): Promise<void>;

  /** For the train worker of this tab, where there are no Web Locks: false where another tab has the run. */
  claimRun(runId: string): Promise<boolean>;
  letGoRun(runId: string): Promise<void>;
  /** Runs that other tabs have claimed. */
  runsOfOtherTabs(): Promise<string[]>;

  /** Of every run, those in the trash too. */
  listDetails(): Promise<RunDetails[]>;
  /** With `only` those metrics, in the rows that have one of them: much less to hand over. */
  readMetrics(runId: string, only?: readonly string[]): Promise<MetricRow[]>;
  /** One metric of a run as columns; empty where it has none. */
  readCurve(runId: string, metric: string): Promise<StoredCurve>;
  latestMetrics(runId: string): Promise<LatestMetrics>;
  /** Of the deterministic columns of its metrics. */
  digestOf(runId: string): Promise<string>;

  /** Newest first. */
  listQueues(): Promise<QueueRecord[]>;
  /** Puts or replaces it. */
  putQueue(queue: QueueRecord): Promise<void>;
  /** Its runs stay. */
  deleteQueue(id: string): Promise<void>;

  /** `exportBundle` with progress on a port. */
  exportRunFile(runId: string, progress: MessagePort): Promise<Uint8Array>;
  /** `importBundle` of a file, with progress on a port; nothing stays of an import that was given up. */
  importRunFile(file: File, progress: MessagePort): Promise<string>;
  /** One file of the run for other programs. */
  exportFile(runId: string, request: FileRequest): Promise<Uint8Array>;
}
