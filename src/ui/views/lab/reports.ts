// The line to the thread that compares the cells of a plan; it is started at the first question.

import type { PlanReports } from '../../../experiments/plans.ts';
import { connectWorker } from '../../../protocol/remote.ts';
import { WorkerClient } from '../../session/workerClient.ts';

const client = new WorkerClient<PlanReports>({
  open: () =>
    connectWorker<PlanReports>(
      new Worker(new URL('../../../../workers/report.worker.ts', import.meta.url), {
        type: 'module',
        name: 'report',
      }),
      'report worker',
    ),
  // The call that was lost is made again, or rejects.
  onDeath: () => undefined,
  repeats: () => true,
});

export const reports = client.api;
