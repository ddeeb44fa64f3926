// What a cluster is asked to do with a plan: one task a run, each with a folder of its own, and a merge when all have ended.

import { join } from 'node:path';

export type ClusterJob = {
  /** Letters, digits and hyphens: as both kinds of cluster allow it. */
  name: string;
  /** Runs of the plan; task i of n does shard i/n. */
  tasks: number;
  planFile: string;
  /** On a folder that all nodes see, as the program is. */
  outFolder: string;
  program: string;
  /** Time limit of a task, minutes; null where nothing is known of how long a run takes. */
  minutes: number | null;
};

/** Bytes that a run of the smaller models stays under, and a process of Node with it. */
export const TASK_MEGABYTES = 1500;

/** A word of a shell, whatever stands in it. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

const sweep = (job: ClusterJob) => `node src/cli/bootstrap.mjs sweep --plan ${shellWord(job.planFile)}`;

/** Results of the tasks, a folder and one writer each. */
const tasksOf = ({ outFolder }: ClusterJob) => `${shellWord(join(outFolder, 'tasks'))}/`;

/** The command of a task; `task` is its number, or an expression of the shell that gives it. The same command goes on with what it began. */
export function taskCommand(job: ClusterJob, task: string): string {
  return `${sweep(job)} --shard "${task}"/${job.tasks} --jobs 1 --out ${tasksOf(job)}"${task}"`;
}

/** The command that joins what the tasks have written, and reports on it. */
export function mergeCommand(job: ClusterJob): string {
  return `${sweep(job)} --out ${shellWord(job.outFolder)} --merge ${tasksOf(job)}*`;
}

/** A name of a job out of any text. */
export function jobName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `sweep-${name}`.slice(0, 50).replace(/-+$/, '');
}
