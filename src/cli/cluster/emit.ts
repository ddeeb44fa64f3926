// Writes the files for a cluster beside a plan, and says what to do with them.

import { chmodSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { type PlannedRun, runSeconds, shardRuns } from '../../experiments/index.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';
import { type ClusterJob, jobName } from './job.ts';
import { kubernetesFiles } from './kubernetes.ts';
import { slurmFiles } from './slurm.ts';

export const CLUSTERS = ['slurm', 'kubernetes'] as const;
export type Cluster = (typeof CLUSTERS)[number];

/** Times what is expected of a task: nodes differ, and what is over its limit is stopped. */
const PATIENCE = 4;
const LEAST_MINUTES = 10;
/** What the pods of Kubernetes see: the image holds the program, the volume is mounted as the folder of the plan. */
const POD = { program: '/app', outFolder: '/sweep' } as const;

export type Emitted = {
  cluster: Cluster;
  title: string;
  runs: readonly PlannedRun[];
  outFolder: string;
  image: string;
  claim: string;
};

/** Tasks of a plan: its runs; runs that begin from one run of the plan are one task, which trains it for them. */
function taskCount(runs: readonly PlannedRun[]): number {
  const cells = runs.filter(({ kind }) => kind === 'cell');
  return new Set(cells.map(({ id, from }) => from?.id ?? id)).size;
}

function minutesOf(runs: readonly PlannedRun[], tasks: number): number | null {
  let longest = 0;
  for (let index = 1; index <= tasks; index++) {
    const times = shardRuns(runs, { index, count: tasks }).map(runSeconds);
    if (times.includes(null)) return null;
    longest = Math.max(
      longest,
      times.reduce<number>((sum, time) => sum + (time ?? 0), 0),
    );
  }
  return Math.max(LEAST_MINUTES, Math.ceil((PATIENCE * longest) / 60));
}

/** Writes OUT/slurm or OUT/kubernetes; gives what is said of it. */
export function emitCluster({ cluster, title, runs, outFolder, image, claim }: Emitted): string {
  const out = resolve(outFolder);
  const folder = join(out, cluster);
  const tasks = taskCount(runs);
  const minutes = minutesOf(runs, tasks);
  const place = cluster === 'slurm' ? { program: process.cwd(), outFolder: out } : { ...POD };
  const job: ClusterJob = {
    ...{ name: jobName(title), tasks, minutes, ...place },
    planFile: join(place.outFolder, 'plan.json'),
  };
  const files =
    cluster === 'slurm'
      ? slurmFiles(job, folder)
      : kubernetesFiles(job, { image, claim, subPath: basename(out) });
  for (const [name, text] of Object.entries(files)) {
    writeWhole(join(folder, name), text);
    if (name.endsWith('.sh')) chmodSync(join(folder, name), 0o755);
  }
  const limit =
    minutes === null
      ? 'no time limit, for nothing is known of how long they take'
      : `${minutes} min each at most`;
  return `${tasks} tasks (${limit}).\n${nextStep(cluster, folder, basename(out), claim)}`;
}

function nextStep(cluster: Cluster, folder: string, subPath: string, claim: string): string {
  if (cluster === 'slurm') return `Submit them with: bash ${folder}/submit.sh [flags of sbatch]`;
  return `Put plan.json into the folder ${subPath} of the volume ${claim}, then: kubectl apply -f ${folder}/runs.json; when it is complete: kubectl apply -f ${folder}/merge.json`;
}
