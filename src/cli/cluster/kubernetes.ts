// A plan as an Indexed Job of Kubernetes: one pod a run on a shared volume, pods that were lost go on. Pure data.

import type { Job } from 'kubernetes-types/batch/v1';
import type { Container } from 'kubernetes-types/core/v1';
import { type ClusterJob, mergeCommand, TASK_MEGABYTES, taskCommand } from './job.ts';

export type KubernetesPlace = {
  /** Holds Node, and this program in `program` of the job. */
  image: string;
  /** Claim of a volume that many pods may write. */
  claim: string;
  /** Folder on that volume that the pods see as `outFolder` of the job. */
  subPath: string;
};

/** So many runs at a time; the cluster's own limits come before it. */
const PARALLELISM = 20;
/** A pod that is lost begins again this often, and goes on with what its folder holds. */
const RETRIES_PER_RUN = 3;

const manifest = (value: Job) => `${JSON.stringify(value, null, 2)}\n`;

function podOf(job: ClusterJob, place: KubernetesPlace, command: string): Container {
  return {
    name: 'run',
    image: place.image,
    workingDir: job.program,
    command: ['bash', '-ceu', `exec ${command}`],
    resources: { requests: { cpu: '1', memory: `${TASK_MEGABYTES}Mi` } },
    volumeMounts: [{ name: 'shared', mountPath: job.outFolder, subPath: place.subPath }],
  };
}

function jobOf(name: string, container: Container, claim: string, spec: Partial<Job['spec']>): Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      ...spec,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [container],
          volumes: [{ name: 'shared', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

/** Files by name, for `kubectl apply -f`: the runs, and the merge when they are complete. */
export function kubernetesFiles(
  job: ClusterJob,
  place: KubernetesPlace,
): { readonly [file: string]: string } {
  // Kubernetes counts from 0.
  const runs = podOf(job, place, taskCommand(job, '$((JOB_COMPLETION_INDEX + 1))'));
  const merge = podOf(job, place, mergeCommand(job));
  return {
    'runs.json': manifest(
      jobOf(job.name, runs, place.claim, {
        completions: job.tasks,
        completionMode: 'Indexed',
        parallelism: Math.min(job.tasks, PARALLELISM),
        backoffLimitPerIndex: RETRIES_PER_RUN,
        ...(job.minutes !== null && { activeDeadlineSeconds: 60 * job.minutes * job.tasks }),
      }),
    ),
    'merge.json': manifest(jobOf(`${job.name}-merge`, merge, place.claim, { backoffLimit: RETRIES_PER_RUN })),
  };
}
