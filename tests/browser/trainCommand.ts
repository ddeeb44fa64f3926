// `npm run train` as a child process, for tests: a tiny run, its end, its digest.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from './fixtures.ts';

/** Limit of one command: the machine may be busy, and the first one may have to build the page. */
export const COMMAND_MS = 150_000;
/** SFT is long enough to be stopped in it. */
export const STEPS = { sft: 160, heads: 8, stage1: 2, stage2: 2 } as const;
export const TINY = [
  ...['--preset', 'smoke', '--sft-steps', STEPS.sft, '--sft-batch', 8],
  ...['--heads-steps', STEPS.heads, '--heads-examples', 64, '--heads-holdout', 10],
  ...['--stage1-steps', STEPS.stage1, '--stage2-steps', STEPS.stage2],
  ...['--prompts-per-step', 2, '--group-size', 2, '--minibatches', 1],
  ...['--eval-samples', 10, '--checkpoint-every', 20],
].map(String);

/** TINY with other values of some of its flags. */
export function tinyWith(flags: { [flag: string]: string }): string[] {
  const words = [...TINY];
  for (const [flag, value] of Object.entries(flags)) {
    const at = words.indexOf(flag);
    if (at < 0) words.push(flag, value);
    else words[at + 1] = value;
  }
  return words;
}

export type Ended = { code: number | null; out: string; error: string };

/** A running `npm run train`, without npm. */
export class Command {
  out = '';
  error = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  constructor(words: readonly string[], limitMs = COMMAND_MS) {
    // Of its own process group, so that a Ctrl-C reaches what a terminal would send it to.
    const child = spawn(process.execPath, ['src/cli/bootstrap.mjs', 'train', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    child.stdout.on('data', (text) => {
      this.out += text;
    });
    child.stderr.on('data', (text) => {
      this.error += text;
    });
    this.ended = new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.signal('SIGKILL');
        reject(
          new Error(`train ${words.join(' ')}: not within ${limitMs / 1000} s\n${this.out}${this.error}`),
        );
      }, limitMs);
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ code, out: this.out, error: this.error });
      });
    });
    // Whoever waits for it hears of a failure; until then it is not unattended.
    this.ended.catch(() => undefined);
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  interrupt(): void {
    this.signal('SIGINT');
  }

  /** To all of its processes. */
  signal(name: NodeJS.Signals): void {
    if (this.#child.pid !== undefined && this.running) process.kill(-this.#child.pid, name);
  }
}

/** Runs a command to its end, and complains of an exit code other than `code`. */
export async function train(words: readonly string[], code = 0): Promise<Ended> {
  const ended = await new Command(words).ended;
  expect(ended.code, `exit code ${ended.code}, not ${code}:\n${ended.out}${ended.error}`).toEqual(code);
  return ended;
}

/** Gives the test a folder (with a space in its path, as people have them), and takes it away again. */
export async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cosmo train-'));
  try {
    await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

export function digestOf({ out }: Ended): string {
  const digest = /^metrics digest ([0-9a-f]{64})$/m.exec(out)?.[1];
  if (digest === undefined) throw new Error(`no metrics digest in:\n${out}`);
  return digest;
}
