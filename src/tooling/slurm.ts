// Finds Slurm and MUNGE (on Debian as root it installs them), and starts a cluster of this machine alone.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlaygroundError } from '../base/errors.ts';
import { inPath, requireProgram } from './program.ts';

const paths = (name: string) => (env: NodeJS.ProcessEnv) =>
  inPath([name], { ...env, PATH: `${env.PATH ?? ''}:/usr/sbin` });
const program = (title: string, variable: string, name: string) =>
  requireProgram({
    ...{ title, variable, paths: paths(name) },
    packages: ['slurm-wlm', 'munge'],
    sizeMb: 40,
  });

const START_MS = 60_000;

export type SlurmPrograms = { controller: string; node: string; munge: string };

/** @throws PlaygroundError `not-found` where one of them is absent and cannot be installed. */
export function requireSlurm(): SlurmPrograms {
  return {
    controller: program('Slurm', 'SLURMCTLD_PATH', 'slurmctld'),
    node: program('Slurm', 'SLURMD_PATH', 'slurmd'),
    munge: program('MUNGE', 'MUNGED_PATH', 'munged'),
  };
}

/** Ports of this machine that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => {
        server.listen(0, '127.0.0.1', () => resolve(server));
      });
    }),
  );
  return Promise.all(
    servers.map((server) => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      return new Promise<number>((resolve) => {
        server.close(() => resolve(port));
      });
    }),
  );
}

/** Processes that live and have a variable of the environment, e.g. `NAME=value`. */
function processesWith(variable: string): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      // Empty for one that has ended and waits for its parent.
      return readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(variable)
        ? [Number(name)]
        : [];
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return [];
    }
  });
}

function endNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** One controller and one node with two processors, with accounts and folders of their own. */
export class LocalSlurm {
  readonly #daemons: ChildProcess[] = [];
  readonly node = hostname().split('.')[0];
  #munge: ChildProcess | null = null;
  #controller: ChildProcess | null = null;

  private constructor(
    private readonly folder: string,
    private readonly programs: SlurmPrograms,
  ) {}

  /** @throws PlaygroundError where a daemon does not come up, with what it wrote. */
  static async start(programs = requireSlurm()): Promise<LocalSlurm> {
    const slurm = new LocalSlurm(mkdtempSync(join(tmpdir(), 'cosmo-slurm-')), programs);
    try {
      await slurm.#begin();
    } catch (error) {
      await slurm.stop();
      throw error;
    }
    return slurm;
  }

  /** A command of Slurm; gives what it prints. */
  run(name: string, ...args: readonly string[]): string {
    return execFileSync(name, args, { env: this.env, encoding: 'utf8' });
  }

  get env(): NodeJS.ProcessEnv {
    return { ...process.env, SLURM_CONF: this.#configFile };
  }

  get #configFile(): string {
    return join(this.folder, 'slurm.conf');
  }

  /**
   * The node without power: its daemon and all processes of its jobs are gone at once. With `State=DOWN` alone they live on, and when
   * the node is back their end is taken for that of the next start of the job.
   */
  loseNode(): void {
    const kept = new Set([process.pid, this.#controller?.pid, this.#munge?.pid]);
    for (let found = true; found; ) {
      const pids = processesWith(`SLURM_CONF=${this.#configFile}`).filter((pid) => !kept.has(pid));
      for (const pid of pids) endNow(pid);
      found = pids.length > 0;
    }
    this.run('scontrol', 'update', `NodeName=${this.node}`, 'State=DOWN', 'Reason=test');
  }

  /** The lost node again, with nothing of before on it. */
  async returnNode(): Promise<void> {
    this.#spawn(this.programs.node, ['-D']);
    await sleep(1000);
    this.run('scontrol', 'update', `NodeName=${this.node}`, 'State=RESUME');
  }

  async stop(): Promise<void> {
    for (const daemon of this.#daemons.reverse()) {
      if (daemon.exitCode !== null || daemon.signalCode !== null) continue;
      const gone = new Promise((resolve) => daemon.once('exit', resolve));
      daemon.kill('SIGTERM');
      await Promise.race([gone, sleep(10_000)]);
      daemon.kill('SIGKILL');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #begin(): Promise<void> {
    const { folder } = this;
    for (const name of ['state', 'spool']) mkdirSync(join(folder, name));
    const key = join(folder, 'munge.key');
    writeFileSync(key, randomBytes(1024), { mode: 0o600 });
    const socket = join(folder, 'munge.sock');
    writeFileSync(this.#configFile, this.#config(socket, await freePorts(2)));
    // Foreground keeps them children of this process; force, for the folder is in the temporary one.
    const files = ['pid', 'seed'].map((name) => `--${name}-file=${join(folder, `munged.${name}`)}`);
    const logs = `--log-file=${join(folder, 'munged.log')}`;
    this.#munge = this.#spawn(this.programs.munge, [
      ...['--foreground', '--force', `--key-file=${key}`, `--socket=${socket}`],
      ...[...files, logs],
    ]);
    await sleep(500);
    this.#controller = this.#spawn(this.programs.controller, ['-D']);
    this.#spawn(this.programs.node, ['-D']);
    const end = Date.now() + START_MS;
    while (!this.#isIdle()) {
      if (Date.now() > end)
        throw new PlaygroundError(
          'not-found',
          `Slurm does not start here: ${this.#lastWords()}`,
          'See above.',
        );
      await sleep(500);
    }
  }

  #isIdle(): boolean {
    try {
      return this.run('sinfo', '--noheader', '--format=%T').trim() === 'idle';
    } catch {
      return false;
    }
  }

  #spawn(file: string, args: readonly string[]): ChildProcess {
    const log = openSync(join(this.folder, 'daemons.log'), 'a');
    const daemon = spawn(file, args, { env: this.env, stdio: ['ignore', log, log] });
    this.#daemons.push(daemon);
    closeSync(log);
    return daemon;
  }

  #lastWords(): string {
    return readFileSync(join(this.folder, 'daemons.log'), 'utf8').trim().split('\n').slice(-5).join('; ');
  }

  #config(socket: string, [controllerPort, nodePort]: readonly number[]): string {
    const { username } = userInfo();
    return [
      'ClusterName=test',
      `SlurmctldHost=${this.node}(127.0.0.1)`,
      ...[`SlurmUser=${username}`, `SlurmdUser=${username}`],
      ...['AuthType=auth/munge', `AuthInfo=socket=${socket}`],
      ...[`SlurmctldPort=${controllerPort}`, `SlurmdPort=${nodePort}`],
      ...[`StateSaveLocation=${this.folder}/state`, `SlurmdSpoolDir=${this.folder}/spool`],
      ...[`SlurmctldPidFile=${this.folder}/slurmctld.pid`, `SlurmdPidFile=${this.folder}/slurmd.pid`],
      ...['ProctrackType=proctrack/linuxproc', 'TaskPlugin=task/none', 'SwitchType=switch/none'],
      ...['SelectType=select/cons_tres', 'SelectTypeParameters=CR_Core', 'MpiDefault=none'],
      ...['AccountingStorageType=accounting_storage/none', 'JobAcctGatherType=jobacct_gather/none'],
      ...['KillWait=5', 'SlurmdTimeout=15', 'SchedulerParameters=sched_interval=2'],
      `NodeName=${this.node} NodeAddr=127.0.0.1 CPUs=2 RealMemory=3000 State=UNKNOWN`,
      'PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP',
      '',
    ].join('\n');
  }
}
