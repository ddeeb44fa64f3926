// `npm run train` as a child process: results, digest, Ctrl-C and resume, bad usage, a run that fails.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricsFromCsv, readBundle } from '../../src/storage/index.ts';
import { metricsDigest } from '../../src/storage/metricsDigest.ts';
import type { BrowserAssert } from './assert.ts';
import type { BrowserTest } from './types.ts';

/** Limit of one command: the machine may be busy, and the first one may have to build the page. */
const COMMAND_MS = 150_000;
const ANSWER_MS = 60_000;

const RESULTS = ['bundle.zip', 'metrics.csv', 'evaluation.json', 'report.md'] as const;
const STEPS = { sft: 20, heads: 8, stage1: 2, stage2: 2 } as const;
const TINY = [
  ...['--preset', 'smoke', '--sft-steps', STEPS.sft, '--sft-batch', 8],
  ...['--heads-steps', STEPS.heads, '--heads-examples', 64, '--heads-holdout', 10],
  ...['--stage1-steps', STEPS.stage1, '--stage2-steps', STEPS.stage2],
  ...['--prompts-per-step', 2, '--group-size', 2, '--minibatches', 1],
  ...['--eval-samples', 10, '--checkpoint-every', 2],
].map(String);

/** TINY with other values of some of its flags. */
function tinyWith(flags: { [flag: string]: string }): string[] {
  const words = [...TINY];
  for (const [flag, value] of Object.entries(flags)) {
    const at = words.indexOf(flag);
    if (at < 0) words.push(flag, value);
    else words[at + 1] = value;
  }
  return words;
}

type Ended = { code: number | null; out: string; error: string };

/** A running `npm run train`, without npm. */
class Command {
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
        this.#signal('SIGKILL');
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
    this.#signal('SIGINT');
  }

  #signal(name: NodeJS.Signals): void {
    if (this.#child.pid !== undefined && this.running) process.kill(-this.#child.pid, name);
  }
}

/** Runs a command to its end, and complains of an exit code other than `code`. */
async function train(words: readonly string[], assert: BrowserAssert, code = 0): Promise<Ended> {
  const ended = await new Command(words).ended;
  assert.equal(ended.code, code, `exit code ${ended.code}, not ${code}:\n${ended.out}${ended.error}`);
  return ended;
}

/** Gives the test a folder (with a space in its path, as people have them), and takes it away again. */
async function inFolder(action: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cosmo train-'));
  try {
    await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

function digestOf({ out }: Ended): string {
  const digest = /^metrics digest ([0-9a-f]{64})$/m.exec(out)?.[1];
  if (digest === undefined) throw new Error(`no metrics digest in:\n${out}`);
  return digest;
}

/** The folder holds the results of a finished run, and they agree with each other. */
function checkResults(folder: string, ended: Ended, assert: BrowserAssert): void {
  const read = (name: (typeof RESULTS)[number]) => readFileSync(join(folder, name));
  const stages = ['sft', 'stage1', 'stage2'];
  const bundle = readBundle(new Uint8Array(read('bundle.zip')));
  assert.equal(bundle.run.status, 'done');
  assert.equal(bundle.metrics.length, STEPS.sft + STEPS.heads + STEPS.stage1 + STEPS.stage2);
  assert.equal(metricsDigest(bundle.metrics), digestOf(ended), 'the digest is that of the bundle');
  assert.equal(
    metricsDigest(metricsFromCsv(read('metrics.csv').toString())),
    digestOf(ended),
    'and of the table',
  );
  const evaluations = JSON.parse(read('evaluation.json').toString()) as {
    stage: string;
    scores: unknown[];
  }[];
  assert.equal(
    evaluations.map(({ stage }) => stage),
    stages,
  );
  assert.ok(
    evaluations.every(({ scores }) => scores.length > 10),
    'every evaluation has its scores',
  );
  assert.match(read('report.md').toString(), new RegExp(`Status: \\*\\*done\\*\\*.*${digestOf(ended)}`, 's'));
  assert.match(ended.out, new RegExp(`^suite +metric +n +${stages.join(' +')}$`, 'm'));
  assert.match(ended.out, /^reasoning +accuracy \(up\) +10 +\d/m);
}

/** One line of complaint, without a stack, and nothing else. */
function checkComplaint(ended: Ended, pattern: RegExp, assert: BrowserAssert): void {
  assert.equal([ended.code, ended.out], [2, ''], ended.error);
  assert.match(ended.error, /^[^\n]+\.\n$/, 'one line');
  assert.match(ended.error, pattern);
}

export const tests: BrowserTest[] = [
  {
    name: 'train writes its results, and the same command gives the same digest',
    timeoutMs: 2 * COMMAND_MS,
    run: ({ assert }) =>
      inFolder(async (folder) => {
        const first = join(folder, 'first');
        const ended = await train([...TINY, '--out', first], assert);
        checkResults(first, ended, assert);
        const again = await train([...TINY, '--out', join(folder, 'again')], assert);
        assert.equal(digestOf(again), digestOf(ended));
        checkComplaint(
          await train([...TINY, '--out', first], assert, 2),
          /first holds a run already/,
          assert,
        );
      }),
  },
  {
    name: 'train stops on Ctrl-C with a hint, and goes on to what the run would have been',
    timeoutMs: 3 * COMMAND_MS,
    run: ({ assert }) =>
      inFolder(async (folder) => {
        const sftSteps = 160;
        const longer = tinyWith({ '--sft-steps': String(sftSteps), '--checkpoint-every': '20' });
        const out = join(folder, 'stopped');
        const command = new Command([...longer, '--out', out]);
        const inSft = async () => !command.running || /^1\/7 sft .* \d+\/160 /m.test(command.out);
        await assert.eventually(inSft, 'the first progress line', COMMAND_MS);
        command.interrupt();
        const stopped = await command.ended;
        assert.equal(stopped.code, 130, stopped.out + stopped.error);
        assert.match(stopped.out, /^Stopping after the iteration in progress/m);
        const hint = /^Stopped\. Go on with: npm run train -- (--resume) '(.*)'$/m.exec(stopped.out);
        assert.equal(hint?.slice(1), ['--resume', out], 'the hint can be pasted');
        const rows = metricsFromCsv(readFileSync(join(out, 'metrics.csv'), 'utf8'));
        assert.ok(rows.length > 0 && rows.length < sftSteps, `it stopped after ${rows.length} steps`);
        assert.match(readFileSync(join(out, 'report.md'), 'utf8'), /Status: \*\*stopped\*\*/);

        const resumed = await train(['--resume', out], assert);
        assert.match(resumed.out, /^1\/7 sft /m, 'it goes on in SFT');
        const whole = await train([...longer, '--out', join(folder, 'whole')], assert);
        assert.equal(digestOf(resumed), digestOf(whole));
        assert.ok(digestOf(stopped) !== digestOf(whole), 'the stopped run was shorter');
      }),
  },
  {
    name: 'train answers help and bad usage at once, in one line',
    timeoutMs: 2 * ANSWER_MS,
    run: ({ assert }) =>
      inFolder(async (folder) => {
        const full = join(folder, 'full');
        mkdirSync(full);
        writeFileSync(join(full, 'thesis.tex'), '');
        const answer = (...words: string[]) => new Command(words, ANSWER_MS).ended;
        const complaints: [RegExp, ...string[]][] = [
          [/^There is no flag --sft-stepz\. .*--sft-steps/, '--sft-stepz', '3'],
          [/^sft_steps is -1, .* from 0 to 100000/, '--sft-steps', '-1'],
          [/^There is no preset "smok"\. .*smoke/, '--preset', 'smok'],
          [/ is not empty \(it holds thesis\.tex\)/, '--preset', 'smoke', '--out', full],
          [/ holds no run to resume/, '--resume', join(folder, 'none')],
        ];
        const [help, list, ...refused] = await Promise.all([
          answer('--help'),
          answer('--list'),
          ...complaints.map(([, ...words]) => answer(...words)),
        ]);
        assert.equal([help.code, help.error, list.code, list.error], [0, '', 0, '']);
        assert.match(help.out, /Exit code.*--resume DIR.*--sft-steps int/s);
        assert.match(list.out, /^ {2}smoke .*^ {2}--sft-steps +1500/ms);
        complaints.forEach(([pattern], index) => {
          checkComplaint(refused[index], pattern, assert);
        });
        assert.equal(readdirSync(folder), ['full'], 'nothing was made');
        assert.equal(readdirSync(full), ['thesis.tex']);
      }),
  },
  {
    name: 'train says which head a run lacks, and exits with 1',
    timeoutMs: COMMAND_MS,
    run: ({ assert }) =>
      inFolder(async (folder) => {
        const words = tinyWith({ '--stages': 'sft,stage2', '--sft-steps': '2', '--evaluate': 'false' });
        const { error } = await train([...words, '--out', join(folder, 'headless')], assert, 1);
        assert.match(error, /^The run failed: .* needs the (safety|value|knowledge|helpful) head .*$/m);
        assert.match(
          readFileSync(join(folder, 'headless', 'report.md'), 'utf8'),
          /Status: \*\*failed\*\* \(.* head /,
        );
      }),
  },
];
