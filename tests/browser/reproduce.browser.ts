// `npm run reproduce` as a child process: two cells forked from one foundation, stopped, gone on with, and reported.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { metricsFromCsv } from '../../src/storage/index.ts';
import { expect, test } from './fixtures.ts';

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

test('reproduce forks two cells from one foundation, goes on after Ctrl-C, and writes the report', async () => {
  test.setTimeout(3 * COMMAND_MS);
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
    await expect.poll(begun, { message: 'the foundation begins', timeout: COMMAND_MS }).toBeTruthy();
    first.signal('SIGINT');
    const stopped = await first.ended;
    expect(stopped.code, stopped.out).toBe(130);
    expect(stopped.out).toMatch(/^Stopped\. The same command goes on\.$/m);
    expect(!existsSync(join(out, 'docs')), 'an interrupted grid writes no report').toBeTruthy();

    // CASES 3: two processes on one folder share the work: what one trains the other waits for.
    const [whole, beside] = await Promise.all([new Command(words).ended, new Command(words).ended]);
    expect(beside.code, beside.out).toBe(0);
    expect(whole.code, whole.out).toBe(0);
    expect(whole.out).toMatch(/^joint-s3 done in \d+ s$/m);
    // CASES 2: all of them were trained with the page that the grid began with.
    const code = (path: string) => JSON.parse(readFileSync(join(out, path), 'utf8')) as unknown;
    const page = code('.page/code.json');
    for (const id of ['base-s3', 'joint-s3', 'safety-only-s3'])
      expect(code(`${id}/summary.json`), id).toMatchObject({ code: page });
    expect(whole.out).toMatch(/^3 runs done, 0 collapsed, 0 failed, 0 missing\.$/m);
    const rowsOf = (id: string) => metricsFromCsv(readFileSync(join(out, id, 'metrics.csv'), 'utf8'));
    const shared = (id: string) => JSON.stringify(rowsOf(id).slice(0, 16));
    expect(rowsOf('base-s3').length).toBe(16);
    expect(shared('joint-s3'), 'the cell takes over what came before it').toEqual(shared('base-s3'));
    expect([rowsOf('joint-s3').length, rowsOf('safety-only-s3').length]).toEqual([18, 18]);
    const results = JSON.parse(readFileSync(join(out, 'docs', 'results.json'), 'utf8')) as {
      runs: { id: string; stages: { stage: string }[] }[];
    };
    const stages = results.runs.map(({ id, stages: list }) => [id, list.map(({ stage }) => stage).join()]);
    expect(stages).toEqual([
      ['base-s3', 'sft'],
      ['joint-s3', 'sft,stage1,stage2'],
      ['safety-only-s3', 'sft,stage2'],
    ]);
    expect(readFileSync(join(out, 'docs', 'RESULTS.md'), 'utf8')).toMatch(/\(figures\/story\.svg\)/);
    expect(existsSync(join(out, 'docs', 'figures', 'story.svg')), 'the figure is written').toBeTruthy();

    const again = await new Command([...words, '--report-only']).ended;
    expect(again.code, again.out).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
});
