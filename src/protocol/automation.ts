// What the page offers to programs as `window.cosmo`: the one way in for the command line and for browser tests.

import type { Settings } from '../config/index.ts';
import type { RunRecord } from '../terms/run.ts';
import type { RunCommands, TrainEvent } from './messages.ts';

export type EventKind = TrainEvent['kind'];

/** A bundle being read in pieces, so that no message between page and program is large. */
export type BundleHandle = { id: number; sizeBytes: number };

/**
 * Everything in here rejects with an `Error` whose `message` is a JSON `WireError` prefixed by `cosmo:`,
 * for errors that cross from a page to a program keep nothing but their message.
 */
export interface Automation extends RunCommands {
  readonly version: 1;
  /** Resolves once the page's workers answer. */
  ready(): Promise<void>;
  /** The settings that the page's form holds now. */
  settings(): Settings;
  /** Calls `listener` with each batch of events of the given kinds (all of them when none are given); returns the way to end it. */
  subscribe(listener: (events: readonly TrainEvent[]) => void, kinds?: readonly EventKind[]): () => void;
  listRuns(): Promise<RunRecord[]>;
  openBundle(runId: string): Promise<BundleHandle>;
  /** Base64 of `lengthBytes` bytes from `offsetBytes` (fewer at the end). */
  readBundle(id: number, offsetBytes: number, lengthBytes: number): Promise<string>;
  closeBundle(id: number): Promise<void>;
  /** Resolves to the id of the imported run. */
  importBundle(base64: string): Promise<string>;
}

declare global {
  interface Window {
    cosmo?: Automation;
  }
}

/** Mark of an error that carries a `WireError` in its message. */
export const WIRE_ERROR_MARK = 'cosmo:';
