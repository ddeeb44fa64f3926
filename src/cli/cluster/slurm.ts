// A plan as an array job of Slurm: one task a run, requeued tasks go on, and a dependent job merges. Pure text.

import { EXIT } from '../command.ts';
import { type ClusterJob, mergeCommand, shellWord, TASK_MEGABYTES, taskCommand } from './job.ts';

/** Exit code that a shell gives for a process that SIGTERM ended before it listened. */
const TERMINATED = 143;
/** Seconds before its time limit at which a task is asked to stop with a checkpoint. */
const STOP_SECONDS = 120;

function head(job: ClusterJob, lines: readonly string[]): string[] {
  return [
    '#!/bin/bash',
    `#SBATCH --job-name=${job.name}`,
    '#SBATCH --cpus-per-task=1',
    `#SBATCH --mem=${TASK_MEGABYTES}M`,
    ...lines.map((line) => `#SBATCH ${line}`),
    'set -eu',
    `cd ${shellWord(job.program)}`,
  ];
}

/** Slurm's `days-hours:minutes:seconds` without the days. */
function timeLimit(minutes: number): string {
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:00`;
}

const lines = (list: readonly string[]) => `${list.join('\n')}\n`;

/** Files by name: `submit.sh` takes flags of sbatch, e.g. `--partition=NAME`. */
export function slurmFiles(job: ClusterJob, folder: string): { readonly [file: string]: string } {
  const limit = job.minutes === null ? [] : [`--time=${timeLimit(job.minutes)}`];
  const log = (name: string) => shellWord(`--output=${folder}/${name}`);
  return {
    'array.sbatch': lines([
      ...head(job, [
        `--array=1-${job.tasks}`,
        '--requeue',
        '--open-mode=append',
        `--signal=B:TERM@${STOP_SECONDS}`,
        ...limit,
      ]),
      // Slurm signals the shell: it asks the run to stop with a checkpoint, and a run that did so is put back into the queue.
      'stop() { kill -TERM "$run" 2>/dev/null || true; }',
      'trap stop TERM',
      `${taskCommand(job, '$SLURM_ARRAY_TASK_ID')} &`,
      'run=$!',
      // A signal ends the wait too. Waited for before it is looked for: one that ended at once has a code all the same.
      'while :; do',
      '  wait "$run" && code=0 || code=$?',
      '  kill -0 "$run" 2>/dev/null || break',
      'done',
      `if [ "$code" = ${EXIT.interrupted} ] || [ "$code" = ${TERMINATED} ]; then`,
      '  scontrol requeue "$SLURM_ARRAY_JOB_ID"_"$SLURM_ARRAY_TASK_ID"',
      'fi',
      'exit "$code"',
    ]),
    'merge.sbatch': lines([...head(job, []), `exec ${mergeCommand(job)}`]),
    'submit.sh': lines([
      '#!/bin/bash',
      '# Submits the runs, and the merge that follows when all have ended, whatever became of them. Flags go to sbatch.',
      'set -eu',
      `cd ${shellWord(folder)}`,
      `array=$(sbatch --parsable "$@" ${log('task-%a.log')} array.sbatch)`,
      `merge=$(sbatch --parsable "$@" --dependency=afterany:"\${array%%;*}" ${log('merge.log')} merge.sbatch)`,
      `echo "runs: job \${array%%;*} (${job.tasks} tasks), merge: job \${merge%%;*}"`,
    ]),
  };
}
