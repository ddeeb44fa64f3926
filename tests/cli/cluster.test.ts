// What is written for a cluster: scripts that a shell reads as they are meant, and manifests as Kubernetes has them.

import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClusterJob, jobName, shellWord, taskCommand } from '../../src/cli/cluster/job.ts';
import { kubernetesFiles } from '../../src/cli/cluster/kubernetes.ts';
import { slurmFiles } from '../../src/cli/cluster/slurm.ts';

const JOB: ClusterJob = {
  name: 'sweep-drift',
  tasks: 8,
  planFile: "/shared/it's here/plan.json",
  outFolder: "/shared/it's here",
  program: '/shared/cosmo playground',
  minutes: 75,
};

const bash = (script: string, ...args: string[]) =>
  spawnSync('bash', args, { input: script, encoding: 'utf8' });

test('a word of a shell is the text again, whatever stands in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
      fc.pre(!text.includes('\0'));
      expect(bash(`printf %s ${shellWord(text)}`).stdout).toBe(text);
    }),
    { numRuns: 60 },
  );
});

test('a name of a job is one that both clusters take', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(jobName(text)).toMatch(/^sweep(-[a-z0-9]+)*$/);
    }),
  );
  expect(jobName('Policy drift: 0 or 0.1?')).toBe('sweep-policy-drift-0-or-0-1');
});

test('the scripts of Slurm are scripts, and a task runs its shard in its own folder', () => {
  const files = slurmFiles(JOB, `${JOB.outFolder}/slurm`);
  for (const text of Object.values(files)) expect(bash(text, '-n').stderr).toBe('');
  expect(files['array.sbatch']).toContain('#SBATCH --array=1-8\n#SBATCH --requeue');
  expect(files['array.sbatch']).toContain('#SBATCH --time=1:15:00');
  // A run that stopped with a checkpoint goes back into the queue, and so does one that met the signal before it listened.
  for (const [code, back] of [
    [0, false],
    [1, false],
    [130, true],
    [143, true],
  ] as const) {
    const stubs = `cd() { :; }; node() { return ${code}; }; scontrol() { echo back "$@"; }; SLURM_ARRAY_JOB_ID=5; SLURM_ARRAY_TASK_ID=3;`;
    const { stdout, status } = bash(`${stubs}\n${files['array.sbatch']}`);
    expect([stdout, status]).toEqual([back ? 'back requeue 5_3\n' : '', code]);
  }
  // What the shell makes of the command, word by word.
  const words = bash(
    `SLURM_ARRAY_TASK_ID=3; node() { printf '%s\\n' "$@"; }; ${taskCommand(JOB, '$SLURM_ARRAY_TASK_ID')}`,
  );
  expect(words.stdout.split('\n')).toEqual([
    ...['src/cli/bootstrap.mjs', 'sweep', '--plan', JOB.planFile, '--shard', '3/8', '--jobs', '1'],
    ...['--out', `${JOB.outFolder}/tasks/3`, ''],
  ]);
});

test('a job of Kubernetes has an index for each run, and counts them from 1', () => {
  const place = { image: 'registry/cosmo:1', claim: 'shared', subPath: 'drift' };
  const files = kubernetesFiles(JOB, place);
  const { spec, metadata } = JSON.parse(files['runs.json']);
  expect(metadata.name).toBe('sweep-drift');
  expect(spec).toMatchObject({ completions: 8, completionMode: 'Indexed', parallelism: 8 });
  const [{ command }] = spec.template.spec.containers;
  const [, , script] = command;
  const words = bash(
    `JOB_COMPLETION_INDEX=7; node() { printf '%s\\n' "$@"; }; ${script.replace('exec ', '')}`,
  );
  expect(words.stdout).toContain('--shard\n8/8\n');
  expect(words.stdout).toContain(`${JOB.outFolder}/tasks/8\n`);
  expect(JSON.parse(files['merge.json']).spec.template.spec.containers[0].command[2]).toContain('--merge');
});
