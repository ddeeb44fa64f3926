// A plan over a Slurm of this machine: a killed task and a lost node change nothing, and the merged results are those of a local run.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LocalSlurm } from '../../src/tooling/slurm.ts';

/** What the runs begin from, as small as it can be. */
const BASE = ['--preset', 'smoke', '--sft-steps', '20', '--heads-steps', '20', '--eval-samples', '10'];
const STAGES = ['--stages', 'sft,heads,stage2', '--stage2-steps', '6', '--checkpoint-every', '2'];
const VARIED = ['--vary', 'policy_drift_coef=0,0.1', '--seeds', '1..4'];
const RUNS = 8;
const WAIT_MS = 600_000;

let slurm: LocalSlurm;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cosmo-sweep-'));
  slurm = await LocalSlurm.start();
});

afterAll(async () => {
  await slurm?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = (...words: string[]) =>
  execFileSync(process.execPath, ['src/cli/bootstrap.mjs', ...words], { encoding: 'utf8' });

/** Tasks and jobs in a state, e.g. `3_1`. */
function jobsIn(...states: string[]): string[] {
  const list = slurm.run('squeue', '--noheader', '--array', `--states=${states.join(',')}`, '--format=%i');
  return list.split('\n').filter((line) => line !== '');
}

async function until<T>(what: string, look: () => T | undefined | false): Promise<T> {
  const end = Date.now() + WAIT_MS;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (Date.now() > end) throw new Error(`${what} did not come: ${slurm.run('squeue', '--array')}`);
    await sleep(200);
  }
}

/** A requeued task waits two minutes by default. */
function beginNow(): void {
  for (const id of jobsIn('PENDING')) {
    try {
      slurm.run('scontrol', 'update', `JobId=${id}`, 'StartTime=now');
    } catch {
      // It has begun meanwhile.
    }
  }
}

const digestsIn = (out: string): { [run: string]: string } =>
  Object.fromEntries(
    JSON.parse(readFileSync(join(out, 'results.json'), 'utf8')).runs.map(
      (run: { id: string; digest: string }) => [run.id, run.digest],
    ),
  );

test('a task that is killed, a node that is lost, and the same results as without a cluster', async () => {
  const [base, cluster, local] = ['base', 'with space', 'local'].map((name) => join(folder, name));
  run('train', ...BASE, '--stages', 'sft,heads', '--runtime', 'node', '--out', base);
  const plan = ['sweep', '--base', `${base}@heads`, ...VARIED, ...STAGES];
  run(...plan, '--out', cluster, '--emit', 'slurm');
  const submitted = spawnSync('bash', [join(cluster, 'slurm', 'submit.sh')], {
    env: slurm.env,
    encoding: 'utf8',
  });
  expect(submitted.stdout, submitted.stderr).toMatch(/runs: job \d+ \(8 tasks\), merge: job \d+/);
  const [, array] = /job (\d+)/.exec(submitted.stdout) ?? [];

  const begun = (task: string) => existsSync(join(cluster, 'tasks', task.split('_')[1], 'plan.json'));
  const killed = await until('a task in training', () =>
    jobsIn('RUNNING').find((id) => id.startsWith(`${array}_`) && begun(id)),
  );
  // Ends its processes and puts it back into the queue.
  slurm.run('scontrol', 'requeue', killed);

  await until('another one', () => jobsIn('RUNNING').find((id) => id !== killed && begun(id)));
  slurm.loseNode();
  await until('the loss of the node', () => jobsIn('RUNNING').length === 0);
  await slurm.returnNode();

  await until('the end of all', () => {
    beginNow();
    return jobsIn('PENDING', 'RUNNING', 'COMPLETING').length === 0;
  });
  run(...plan, '--out', local, '--jobs', '2');
  const ended = JSON.parse(readFileSync(join(cluster, 'results.json'), 'utf8')).runs as {
    id: string;
    status: string;
    message: string;
  }[];
  const logs = () => ended.map((_, i) => readFileSync(join(cluster, 'slurm', `task-${i + 1}.log`), 'utf8'));
  expect(
    ended.filter(({ status }) => status !== 'done'),
    [...logs(), readFileSync(join(cluster, 'slurm', 'merge.log'), 'utf8')].join('\n---\n'),
  ).toEqual([]);
  const merged = digestsIn(cluster);
  expect(Object.keys(merged)).toHaveLength(RUNS);
  expect(merged).toEqual(digestsIn(local));
  expect(readFileSync(join(cluster, 'results.csv'), 'utf8')).toBe(
    readFileSync(join(local, 'results.csv'), 'utf8'),
  );
});
