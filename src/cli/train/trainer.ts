// What trains a run: the page in a headless browser, or a thread of this process.

import type { RunCommands, TrainEvent } from '../../protocol/messages.ts';
import type { RunRecord } from '../../terms/run.ts';

export const RUNTIMES = ['browser', 'node'] as const;
export type Runtime = (typeof RUNTIMES)[number];

export type TrainerListeners = {
  onEvents: (events: readonly TrainEvent[]) => void;
  /** What trains is gone, and no more events will come. */
  onGone: (reason: string) => void;
};

export interface Trainer extends Pick<RunCommands, 'describeDevice' | 'start' | 'stop'> {
  /** Those in its store. */
  listRuns(): Promise<RunRecord[]>;
  /** Stores a run of elsewhere; resolves to its id here. */
  importBundle(bytes: Uint8Array): Promise<string>;
  /** The whole run as a zip. */
  exportBundle(runId: string): Promise<Uint8Array>;
  /** Last messages of the page's console, for a report of a fault; empty without a page. */
  readonly consoleTail: string;
  close(): Promise<void>;
}
