// The record of a run: the words of its status, the lock of its thread.

export const RUN_STATUSES = ['running', 'paused', 'stopped', 'done', 'failed'] as const;
/** As stored. A run that nobody trains is interrupted, whatever its record says. */
export type RunStatus = (typeof RUN_STATUSES)[number];
/** As shown. `watched` is said by the page alone: another tab trains the run. */
export type RunPhase = 'idle' | 'starting' | RunStatus | 'watched';

const LOCK_PREFIX = 'cosmo-run-';

/** Name of the Web Lock that the thread which trains a run holds. */
export function runLock(runId: string): string {
  return `${LOCK_PREFIX}${runId}`;
}

/** The run that a lock of this name is for; null for other locks. */
export function runOfLock(name: string | undefined): string | null {
  return name?.startsWith(LOCK_PREFIX) ? name.slice(LOCK_PREFIX.length) : null;
}
