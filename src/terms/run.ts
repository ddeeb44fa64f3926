// The record of a run: the words of its status, the lock of its thread.

import type { CodeIdentity, EngineIdentity } from './origin.ts';

export const RUN_STATUSES = ['running', 'paused', 'stopped', 'done', 'failed'] as const;
/** As stored. A run that nobody trains is interrupted, whatever its record says. */
export type RunStatus = (typeof RUN_STATUSES)[number];
/** As shown. `watched` is said by the page alone: another tab trains the run. */
export type RunPhase = 'idle' | 'starting' | RunStatus | 'watched';

/** JSON values; what a settings record may hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Where a stored group is: its rollout batch and its place in it. */
export type GroupPlace = { step: number; group: number };

/** The place in another stored run where a new one begins. */
export type Fork = {
  runId: string;
  /** Name of a stage that is done there, e.g. `heads`. */
  stage: string;
};

/** One run. `settings` is the whole resolved configuration, so that a run can always be made again. */
export type RunRecord = {
  id: string;
  name: string;
  createdAt: string;
  updatedAt: string;
  status: RunStatus;
  settings: { readonly [key: string]: Json };
  seed: number;
  preset: string;
  /** The code that began it. */
  code: CodeIdentity;
  /** What it was computed on; after a resume, what it goes on with. */
  engine: EngineIdentity;
  /** Last message for a person: why it failed, where it stopped. */
  message: string;
  /** Words of the user's own to find it by; absent in runs of before there were any. */
  tags?: readonly string[];
  /** Groups of samples that the user marked to come back to; absent where there is none. */
  pins?: readonly GroupPlace[];
  /** Where it began; absent in runs that were trained whole, and of before it was kept. */
  fork?: Fork;
  /** A program drives it, and goes on with it itself. */
  driven?: boolean;
  /** What ended it, for the page to speak of; absent unless it failed. */
  failure?: RunFailure;
  /** When it was put into the trash; absent while it is not there. */
  trashedAt?: string;
};

/** Code and fields of the error that ended a run; the sentence is the run's message. */
export type RunFailure = {
  code: string;
  details: { readonly [key: string]: string | number | boolean };
};

/** One row of metrics: `step` counts optimisation iterations over the whole run. Absent values are absent keys. */
export type MetricRow = {
  step: number;
  stage: string;
  /** Iteration inside the stage, from 1. */
  iteration: number;
  values: { readonly [name: string]: number };
};

/** Id of the stored run that a released model stands for; `hash` (8 hex digits) tells releases under one name apart. */
export function releasedId(model: string, hash: string): string {
  return `released-${model}-${hash}`;
}

/** The released model that a run of this id stands for; null for other runs. */
export function releaseOfRun(runId: string): string | null {
  return /^released-(.+)-[0-9a-f]{8}$/.exec(runId)?.[1] ?? null;
}

const LOCK_PREFIX = 'cosmo-run-';

/** Name of the Web Lock that the thread which trains a run holds. */
export function runLock(runId: string): string {
  return `${LOCK_PREFIX}${runId}`;
}

/** The run that a lock of this name is for; null for other locks. */
export function runOfLock(name: string | undefined): string | null {
  return name?.startsWith(LOCK_PREFIX) ? name.slice(LOCK_PREFIX.length) : null;
}

/** Name of the Web Lock of the tab that runs a queue. */
export const QUEUE_LOCK = 'cosmo-queue';

const QUEUE_ID = /^lab-\d{8}-\d{6}-[a-z0-9]{4}/;

/** Sorts by time, e.g. `lab-20261129-011500-k3x9`. */
export function newQueueId(timestamp: string): string {
  return `lab-${stamp(timestamp)}`;
}

/** The id under which a run of a queue's plan is stored. */
export function queuedRunId(queueId: string, planned: string): string {
  return `${queueId}-${planned}`;
}

/** The queue that a run of this id belongs to; null for other runs. */
export function queueOfRun(runId: string): string | null {
  return QUEUE_ID.exec(runId)?.[0] ?? null;
}

/** Sorts by time and tells seeds apart, e.g. `20261123-224501-s7-k3x9`. */
export function newRunId(timestamp: string, seed: number): string {
  return stamp(timestamp, `s${seed}-`);
}

function stamp(timestamp: string, middle = ''): string {
  const digits = timestamp.replace(/\D/g, '').slice(0, 14);
  const suffix = Math.floor(Math.random() * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${digits.slice(0, 8)}-${digits.slice(8)}-${middle}${suffix}`;
}
