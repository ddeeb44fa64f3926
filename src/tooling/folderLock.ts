// A folder has one owner at a time: a lock file that names the process, and is seen to be stale when that process is gone.

import {
  accessSync,
  constants,
  copyFileSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { UsageError } from '../base/errors.ts';

const LOCK_FILE = '.lock';
/** Between two looks at a folder in which another process works. */
const WAIT_MS = 200;
/** Of a process whose parent has not asked yet how it ended: in a container nobody may ever ask. */
const ENDED = 'ended';

const ownerSchema = v.object({
  pid: v.number(),
  host: v.string(),
  /** When that process began, as its system counts: another process may have the number later. Null where it is not told. */
  started: v.nullable(v.string()),
  /** ISO time at which it took the folder. */
  since: v.string(),
  /** Where it runs in a job of Slurm: its id, and how often the job had been put back into the queue. */
  job: v.optional(v.object({ id: v.string(), restarts: v.number() })),
});

export type FolderOwner = v.InferOutput<typeof ownerSchema>;

/** The process that works in a folder now; null where none does, or the one that did is gone. */
export function ownerOf(folder: string): FolderOwner | null {
  const owner = parseOwner(readLock(folder));
  return owner && isThere(owner) ? owner : null;
}

/**
 * Makes the folder and takes it for this process. Gives the way to leave it, which also happens when the process ends.
 * @throws UsageError where another process works in it.
 */
export function takeFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, LOCK_FILE);
  const job = slurmJob();
  const mine: FolderOwner = {
    ...{ pid: process.pid, host: hostname(), started: startOf(process.pid) },
    since: new Date().toISOString(),
    ...(job && { job }),
  };
  const text = JSON.stringify(mine);
  // Linked into place, so that nobody reads a lock that is half written.
  const own = `${file}.${process.pid}`;
  writeFileSync(own, text);
  try {
    while (!linked(own, file)) removeStale(folder, file);
  } finally {
    rmSync(own, { force: true });
  }
  const leave = (): void => {
    process.off('exit', leave);
    if (readLock(folder) === text) rmSync(file, { force: true });
  };
  process.on('exit', leave);
  return leave;
}

/** Whether this process may not write in an existing folder; `access` is for tests. */
export function isReadOnly(folder: string, access: typeof accessSync = accessSync): boolean {
  try {
    access(folder, constants.W_OK);
    return false;
  } catch (error) {
    return ['EROFS', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
  }
}

/** Waits until no other process works in the folder, runs `action`, and leaves it. `says` is told once whom it waits for. */
export async function inFolder<T>(
  folder: string,
  says: (text: string) => void,
  action: () => T | Promise<T>,
): Promise<T> {
  let leave: (() => void) | null = null;
  for (let waits = false; leave === null; ) {
    const owner = ownerOf(folder);
    if (owner === null) {
      leave = tryTake(folder);
      continue;
    }
    if (!waits) says(usedBy(folder, owner).text);
    waits = true;
    await sleep(WAIT_MS);
  }
  try {
    return await action();
  } finally {
    leave();
  }
}

function tryTake(folder: string): (() => void) | null {
  try {
    return takeFolder(folder);
  } catch (error) {
    // Another process was quicker.
    if (error instanceof UsageError) return null;
    throw error;
  }
}

/** Removes the lock of a process that is gone. @throws UsageError where it is not. */
function removeStale(folder: string, file: string): void {
  const found = readLock(folder);
  if (found === null) return;
  const owner = parseOwner(found);
  if (owner && isThere(owner)) throw usedBy(folder, owner);
  // Another process may have noticed too and have the folder by now: only the lock that was read is removed.
  const aside = `${file}.${process.pid}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readFileSync(aside, 'utf8') !== found) linked(aside, file);
  rmSync(aside, { force: true });
}

/** What a process that is kept out of a folder says, between folder and process. */
export const IN_USE = 'is in use by process';

/** Says who works in a folder, and what to do. */
export function usedBy(folder: string, { pid, host, since }: FolderOwner): UsageError {
  const time = since.slice(0, 19).replace('T', ' ');
  const gone =
    host === hostname() ? '' : ` If that machine no longer works in it, remove ${join(folder, LOCK_FILE)}.`;
  return new UsageError(
    `${folder} ${IN_USE} ${pid} on ${host} since ${time} UTC.`,
    `Wait until it has ended, or choose another folder.${gone}`,
  );
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
  }
  // A disk without links.
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function readLock(folder: string): string | null {
  try {
    return readFileSync(join(folder, LOCK_FILE), 'utf8');
  } catch {
    return null;
  }
}

function parseOwner(text: string | null): FolderOwner | null {
  try {
    return text === null ? null : v.parse(ownerSchema, JSON.parse(text));
  } catch {
    return null;
  }
}

function slurmJob(
  { SLURM_JOB_ID: id, SLURM_RESTART_COUNT: restarts = '0' } = process.env,
): FolderOwner['job'] {
  return id ? { id, restarts: Number(restarts) } : undefined;
}

/** A process of another machine cannot be looked for: it counts as there, unless it was an earlier start of this very job. */
function isThere({ pid, host, started, job }: FolderOwner): boolean {
  const mine = slurmJob();
  if (host !== hostname()) return !(job && mine && job.id === mine.id && job.restarts < mine.restarts);
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const start = startOf(pid);
  if (start === ENDED) return false;
  return started === null || start === null || start === started;
}

/** Boot and clock tick at which a process began; `ENDED` where only its entry is left, null on systems without /proc. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name of the program stands in brackets and may hold blanks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return fields[0] === 'Z' ? ENDED : `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
}
