// `npm run reproduce` as a child process: two cells forked from one foundation, stopped, gone on with, and reported.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricsFromCsv } from '../../src/storage/index.ts';
import type { BrowserTest } from './types.ts';

const COMMAND_MS = 120_000;
/** The smallest settings with which every stage runs. */
const TINY = [
  ...['--preset', 'smoke', '--sft-steps', 12, '--sft-batch', 8, '--heads-steps', 4, '--heads-examples', 64],
  ...['--heads-holdout', 10, '--stage1-steps', 1, '--stage2-steps', 1, '--prompts-per-step', 2],
  ...['--group-size', 2, '--minibatches', 1, '--eval-samples', 10, '--checkpoint-every', 2],
].map(String);

type Ended = { code: number | null; out: string };

class Command {
  out = '';
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;

  constructor(words: readonly string[]) {
    // Of its own process group, so that a Ctrl-C reaches its children as from a terminal.
    const child = spawn(process.execPath, ['src/cli/bootstrap.mjs', 'reproduce', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        this.out += text;
      });
    }
    this.ended = new Promise((resolve) => {
      const timer = setTimeout(() => this.signal('SIGKILL'), COMMAND_MS);
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ code, out: this.out });
      });
    });
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  signal(name: NodeJS.Signals): void {
    if (this.#child.pid !== undefined && this.running) process.kill(-this.#child.pid, name);
  }
}

export const tests: readonly BrowserTest[] = [
  {
    name: 'reproduce forks two cells from one foundation, goes on after Ctrl-C, and writes the report',
    timeoutMs: 3 * COMMAND_MS,
    run: async ({ assert }) => {
      const folder = mkdtempSync(join(tmpdir(), 'cosmo reproduce-'));
      const out = join(folder, 'runs');
      const words = [
        ...['--grid', 'core', '--cells', 'joint,safety-only', '--seeds', '3', '--jobs', '2', '--out', out],
        ...TINY,
      ];
      try {
        const first = new Command(words);
        const log = join(out, 'logs', 'base-s3.txt');
        const begun = async () =>
          !first.running || (existsSync(log) && /^Training /m.test(readFileSync(log, 'utf8')));
        await assert.eventually(begun, 'the foundation begins', COMMAND_MS);
        first.signal('SIGINT');
        const stopped = await first.ended;
        assert.equal(stopped.code, 130, stopped.out);
        assert.match(stopped.out, /^Stopped\. The same command goes on\.$/m);
        assert.ok(!existsSync(join(out, 'docs')), 'an interrupted grid writes no report');

        const whole = await new Command(words).ended;
        assert.equal(whole.code, 0, whole.out);
        assert.match(whole.out, /^joint-s3 done in \d+ s$/m);
        assert.match(whole.out, /^3 runs done, 0 collapsed, 0 failed, 0 missing\.$/m);
        const rowsOf = (id: string) => metricsFromCsv(readFileSync(join(out, id, 'metrics.csv'), 'utf8'));
        const shared = (id: string) => JSON.stringify(rowsOf(id).slice(0, 16));
        assert.equal(rowsOf('base-s3').length, 16);
        assert.equal(shared('joint-s3'), shared('base-s3'), 'the cell takes over what came before it');
        assert.equal([rowsOf('joint-s3').length, rowsOf('safety-only-s3').length], [18, 18]);
        const results = JSON.parse(readFileSync(join(out, 'docs', 'results.json'), 'utf8')) as {
          runs: { id: string; stages: { stage: string }[] }[];
        };
        const stages = results.runs.map(({ id, stages: list }) => [
          id,
          list.map(({ stage }) => stage).join(),
        ]);
        assert.equal(stages, [
          ['base-s3', 'sft'],
          ['joint-s3', 'sft,stage1,stage2'],
          ['safety-only-s3', 'sft,stage2'],
        ]);
        assert.match(readFileSync(join(out, 'docs', 'RESULTS.md'), 'utf8'), /\(figures\/story\.svg\)/);
        assert.ok(existsSync(join(out, 'docs', 'figures', 'story.svg')), 'the figure is written');

        const again = await new Command([...words, '--report-only']).ended;
        assert.equal(again.code, 0, again.out);
      } finally {
        rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
      }
    },
  },
];
