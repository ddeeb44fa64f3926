// Native PyTorch as a contestant: a Python process per device, spoken to by lines of JSON.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { engineOf } from '../engines.ts';
import type { BenchHost } from '../run.ts';
import type { BenchSize, Work } from '../task.ts';
import type { MeasureKind, Reply } from '../types.ts';
import { workOf } from '../worldWork.ts';
import { taskFile, uniformsOf } from './taskFile.ts';

const SCRIPT = fileURLToPath(new URL('./bench_torch.py', import.meta.url));
/** Where a version manager puts a Python of its own first, the system's may still have PyTorch. */
const PYTHONS = ['python3', '/usr/bin/python3'];
const HOW = 'On Debian: apt-get install python3-torch libopenblas0-openmp.';

type Answer = { ready?: string; value?: unknown; error?: string };

/** A running Python with the file of its task. */
type Session = { python: PythonLines; folder: string; work: Work };

export class TorchHost implements BenchHost {
  private readonly sessions = new Map<string, Session>();
  private aborted = false;

  constructor(
    private readonly threads: number,
    private readonly pythons: readonly string[] = PYTHONS,
    private readonly script = SCRIPT,
  ) {}

  async call<T>(key: string, name: string, args: readonly unknown[], capMs: number): Promise<Reply<T>> {
    const from = performance.now();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), capMs);
    });
    const work =
      name === 'start'
        ? this.start(key, args[0] as string, args[1] as BenchSize)
        : this.run(key, args[0] as MeasureKind, args[1] as number);
    const answer = await Promise.race([
      work.catch((error: Error): Answer => ({ error: error.message })),
      late,
    ]);
    clearTimeout(timer);
    const ms = performance.now() - from;
    if (!this.aborted && answer !== 'late' && answer.error === undefined)
      return { kind: 'done', value: answer.value as T, ms };
    await this.end(key);
    if (answer === 'late' || this.aborted)
      return { kind: 'over-cap', ms, partial: { phase: null, phases: {}, tokens: 0 } };
    return { kind: 'failed', error: answer.error! };
  }

  async end(key: string): Promise<void> {
    const session = this.sessions.get(key);
    this.sessions.delete(key);
    session?.python.kill();
    if (session) rmSync(session.folder, { recursive: true, force: true });
  }

  /** Ends the call that runs. */
  abort(): void {
    this.aborted = true;
    for (const key of [...this.sessions.keys()]) void this.end(key);
  }

  async close(): Promise<void> {
    this.abort();
  }

  private async start(key: string, engine: string, size: BenchSize): Promise<Answer> {
    const python = await this.python();
    const folder = mkdtempSync(join(tmpdir(), 'cosmo-torch-'));
    const work = workOf(size);
    this.sessions.set(key, { python, folder, work });
    const { bytes, task } = taskFile(work);
    const file = join(folder, 'task.safetensors');
    writeFileSync(file, bytes);
    return python.ask({ call: 'start', file, task, threads: this.threads, device: engineOf(engine).backend });
  }

  private async run(key: string, measure: MeasureKind, round: number): Promise<Answer> {
    const session = this.sessions.get(key);
    if (!session) throw new Error('PyTorch has not been started');
    const uniforms = measure === 'rl' ? uniformsOf(session.work, round) : [];
    return session.python.ask({ call: 'run', measure, round, uniforms });
  }

  /** The first Python that has PyTorch. @throws Error saying what is missing */
  private async python(): Promise<PythonLines> {
    const missing: string[] = [];
    for (const name of this.pythons) {
      const lines = new PythonLines(name, this.script);
      const { error } = await lines.next();
      if (error === undefined) return lines;
      missing.push(error);
      lines.kill();
    }
    throw new Error(`${missing.join(', and ')}. ${HOW}`);
  }
}

/** A Python process that answers each line with one. */
class PythonLines {
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly answers: Answer[] = [];
  private waiting: ((answer: Answer) => void) | null = null;
  private ended: string | null = null;
  private errors = '';

  constructor(name: string, script: string) {
    this.child = spawn(name, [script]);
    this.child.stderr.on('data', (data: Buffer) => {
      this.errors = `${this.errors}${data.toString()}`.slice(-500);
    });
    this.child.once('error', () => this.end(`there is no ${name}`));
    this.child.once('close', () =>
      this.end(`${name} has ended${this.errors === '' ? '' : `: ${this.errors.trim()}`}`),
    );
    // A process that has gone reads no more; its end is told by the events above.
    this.child.stdin.on('error', () => undefined);
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      const answer = JSON.parse(line) as Answer;
      if (!this.waiting) return void this.answers.push(answer);
      this.waiting(answer);
      this.waiting = null;
    });
  }

  ask(call: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify(call)}\n`);
    return this.next();
  }

  next(): Promise<Answer> {
    const known = this.answers.shift();
    if (known) return Promise.resolve(known);
    if (this.ended !== null) return Promise.resolve({ error: this.ended });
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private end(why: string): void {
    this.ended ??= why;
    this.waiting?.({ error: this.ended });
    this.waiting = null;
  }
}
