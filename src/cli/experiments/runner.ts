// Trains the runs of a plan, some at a time, each as a child process of `npm run train`; goes on from what is there.

import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type PlannedRun, readyRuns } from '../../experiments/index.ts';
import { IN_USE, ownerOf, usedBy } from '../../tooling/folderLock.ts';
import { EXIT } from '../command.ts';
import { freeBytesOf, LEAST_ROOM_BYTES } from '../train/runFolder.ts';
import { stageOfLine, whyFailed } from './childLines.ts';
import { folderState, forgetFailure, hasResult, otherRun, recordFailure, runFolder } from './folder.ts';
import type { PlanProgress } from './progress.ts';
import { type TrainOptions, trainWords } from './trainWords.ts';

export type RunnerOptions = TrainOptions & {
  runs: readonly PlannedRun[];
  jobs: number;
  /** A line that stays. */
  say: (text: string) => void;
  /** Room on the disk of a folder. */
  freeBytes?: (folder: string) => number;
};

type Running = {
  run: PlannedRun;
  child: ChildProcess | null;
  startedAt: number;
  lastLine: string;
  tail: string[];
};

/** How a child ended; both null where it could not be started. */
type ChildEnd = { code: number | null; signal: NodeJS.Signals | null };

/** Whether it was asked to stop, before or after it listened for that. */
function isAsked({ code, signal }: ChildEnd): boolean {
  return code === EXIT.interrupted || signal === 'SIGTERM' || signal === 'SIGINT';
}

/** Lines of a child that are kept to say why it failed. */
const TAIL_LINES = 30;
/** Between two looks at a run that another process trains. */
const WAIT_MS = 1000;

export class PlanRunner {
  readonly #options: RunnerOptions;
  readonly #running = new Map<string, Running>();
  readonly #begun = new Set<string>();
  readonly #done = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #measured: { run: PlannedRun; wallMs: number }[] = [];
  readonly #startedAt = Date.now();
  #failed = 0;
  #interrupted = false;
  #full = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  /** Resolves when nothing is left that can be run, or all has stopped after `interrupt`. */
  async run(): Promise<'done' | 'failed' | 'interrupted' | 'full'> {
    const { runs, jobs } = this.#options;
    for (const run of runs) this.#passOver(run);
    const pending = new Set<Promise<void>>();
    for (;;) {
      const free = this.#interrupted ? 0 : jobs - pending.size;
      for (const run of this.#ready(runs).slice(0, Math.max(0, free))) {
        if (this.#isFull()) break;
        this.#begun.add(run.id);
        const work = this.#train(run).finally(() => pending.delete(work));
        pending.add(work);
      }
      if (pending.size === 0) break;
      await Promise.race(pending);
    }
    if (this.#full) return 'full';
    if (this.#interrupted) return 'interrupted';
    return this.#failed > 0 ? 'failed' : 'done';
  }

  /** Every run stops with a checkpoint; none is begun any more. */
  interrupt(): void {
    this.#interrupted = true;
    for (const { child } of this.#running.values()) child?.kill('SIGINT');
  }

  abort(): void {
    for (const { child } of this.#running.values()) child?.kill('SIGKILL');
  }

  /** Whether another run would find no room: then none is begun any more, and none that others begin from counts as failed. */
  #isFull(): boolean {
    const { outFolder, freeBytes = freeBytesOf } = this.#options;
    mkdirSync(outFolder, { recursive: true });
    if (!this.#full && freeBytes(outFolder) < LEAST_ROOM_BYTES) {
      this.#full = true;
      this.interrupt();
    }
    return this.#full;
  }

  get progress(): PlanProgress {
    const { runs, jobs } = this.#options;
    const now = Date.now();
    return {
      runs,
      jobs,
      ended: this.#ended,
      failed: this.#failed,
      measured: this.#measured,
      elapsedMs: now - this.#startedAt,
      running: [...this.#running.values()].map(({ run, startedAt, lastLine }) => ({
        run,
        lastLine,
        elapsedMs: now - startedAt,
      })),
    };
  }

  /** Those that another process trains come last: it may be done with them by then. */
  #ready(runs: readonly PlannedRun[]): PlannedRun[] {
    const ready = readyRuns(runs, this.#begun, this.#done);
    const taken = new Set(ready.filter(({ id }) => ownerOf(runFolder(this.#options.outFolder, id)) !== null));
    return [...ready.filter((run) => !taken.has(run)), ...taken];
  }

  /** Counts a run that has a result, and refuses one whose place another one has. */
  #passOver(run: PlannedRun): void {
    const { outFolder, program } = this.#options;
    const other = otherRun(outFolder, run, program.code);
    if (other !== null) {
      this.#fail(run, `Another run is in ${runFolder(outFolder, run.id)}: ${other}. Choose another --out.`);
      return;
    }
    const state = folderState(outFolder, run);
    if (state === 'done' || state === 'collapsed') this.#finish(run, state);
  }

  #finish(run: PlannedRun, state: 'done' | 'collapsed'): void {
    this.#begun.add(run.id);
    this.#ended.add(run.id);
    // A cell that collapsed has a result; a foundation that did is of no use to its cells.
    if (state === 'done') this.#done.add(run.id);
    else this.#failDependants(run);
  }

  #fail(run: PlannedRun, message: string): void {
    this.#begun.add(run.id);
    this.#ended.add(run.id);
    this.#failed++;
    recordFailure(this.#options.outFolder, run.id, message);
    this.#options.say(`${run.id} failed: ${message}`);
    this.#failDependants(run);
  }

  #failDependants({ id }: PlannedRun): void {
    for (const other of this.#options.runs) {
      if (other.from?.id === id && !this.#ended.has(other.id))
        this.#fail(other, `${id}, which it begins from, has no result.`);
    }
  }

  async #train(run: PlannedRun): Promise<void> {
    const { outFolder, say, program } = this.#options;
    const running: Running = { run, child: null, startedAt: Date.now(), lastLine: '', tail: [] };
    this.#running.set(run.id, running);
    let end: ChildEnd = { code: null, signal: null };
    // Another process may be quicker to begin the run, or stop before it is done.
    while (!this.#interrupted && !hasResult(outFolder, run)) {
      if (ownerOf(runFolder(outFolder, run.id)) !== null) {
        await this.#awaitOther(run);
        continue;
      }
      const before = folderState(outFolder, run);
      end = await this.#trainAsChild(running);
      // One that another process kept out of the folder, or whose run that one has begun, has not tried, though that one may be gone by now.
      const keptOut =
        end.code === EXIT.usage &&
        (running.tail.some((line) => line.includes(IN_USE)) || folderState(outFolder, run) !== before);
      if (!keptOut && ownerOf(runFolder(outFolder, run.id)) === null) break;
    }
    // Who ends a run by signal ends the plan: a cluster tells all processes of a job at once, and this one may hear of it last.
    if (isAsked(end)) this.interrupt();
    this.#running.delete(run.id);
    const state = folderState(outFolder, run);
    const other = state === 'done' || state === 'collapsed' ? otherRun(outFolder, run, program.code) : null;
    if (other !== null) this.#fail(run, `it came out as another run: ${other}`);
    else if (state === 'done' || state === 'collapsed') {
      const wallMs = Date.now() - running.startedAt;
      if (running.child !== null) this.#measured.push({ run, wallMs });
      forgetFailure(outFolder, run.id);
      say(`${run.id} ${state} in ${Math.round(wallMs / 1000)} s`);
      this.#finish(run, state);
    } else if (this.#interrupted || this.#isFull()) {
      say(`${run.id} stopped`);
    } else {
      this.#fail(run, whyFailed(running.tail, end.code));
    }
  }

  /** Resolves when no other process works on the run, or this one is interrupted. */
  async #awaitOther({ id }: PlannedRun): Promise<void> {
    const folder = runFolder(this.#options.outFolder, id);
    const owner = ownerOf(folder);
    if (owner !== null) this.#options.say(`Waiting for ${id}: ${usedBy(folder, owner).text}`);
    while (!this.#interrupted && ownerOf(folder) !== null) await sleep(WAIT_MS);
  }

  /** Resolves when `npm run train` has ended, or could not be started. */
  async #trainAsChild(running: Running): Promise<ChildEnd> {
    const { outFolder } = this.#options;
    const { run } = running;
    running.tail.length = 0;
    mkdirSync(join(outFolder, 'logs'), { recursive: true });
    const log = join(outFolder, 'logs', `${run.id}.txt`);
    const words = trainWords(run, this.#options);
    const child = spawn(process.execPath, ['src/cli/bootstrap.mjs', 'train', ...words], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        this.#listen(running, text);
        try {
          appendFileSync(log, text);
        } catch {
          // Without room for its log a run has none for itself either, and says so.
        }
      });
    }
    return await new Promise<ChildEnd>((resolve) => {
      child.once('error', (error) => {
        running.tail.push(error.message);
        resolve({ code: null, signal: null });
      });
      child.once('close', (code, signal) => resolve({ code, signal }));
    });
  }

  #listen(running: Running, text: string): void {
    for (const line of text.split(/[\r\n]+/)) {
      if (line.trim() === '') continue;
      if (stageOfLine(line) !== '') {
        running.lastLine = line;
        continue;
      }
      running.tail.push(line);
      if (running.tail.length > TAIL_LINES) running.tail.shift();
    }
  }
}
