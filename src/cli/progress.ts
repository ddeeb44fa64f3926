// Progress on the terminal: a line that is written over, or a line every few seconds; how a run's progress reads.

import { clock } from '../base/format.ts';
import { clamp } from '../base/numbers.ts';
import type { ProgressEvent } from '../protocol/messages.ts';

const BAR_WIDTH = 24;

export type ProgressState = { progress: ProgressEvent; reward: number | null; loss: number | null };

export function bar(done: number, total: number, width = BAR_WIDTH): string {
  const share = total > 0 ? clamp(done / total, 0, 1) : 0;
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`;
}

/** Time so far and left, `leftMs` null where that is not known. */
export function timesText(elapsedMs: number, leftMs: number | null): string {
  return `${clock(elapsedMs)}, ${leftMs === null ? 'time left not known' : `about ${clock(leftMs)} left`}`;
}

/** One line: stage, bar, iteration (or part of the examples), reward or loss, time left. */
export function progressLine({ progress, reward, loss }: ProgressState): string {
  const { stage, stageIndex, stages, preparing, elapsedMs, runRemainingMs } = progress;
  const { done, total } = preparing ?? { done: progress.iteration, total: progress.iterations };
  const parts = [
    `${stageIndex + 1}/${stages.length} ${stage.padEnd(10)} ${bar(done, total)} ${done}/${total}`,
  ];
  if (preparing) parts.push(`${preparing.what} examples`);
  else if (reward !== null) parts.push(`reward ${reward.toFixed(3)}`);
  else if (loss !== null) parts.push(`loss ${loss.toFixed(4)}`);
  parts.push(clock(elapsedMs));
  parts.push(runRemainingMs === null ? 'time left not known' : `${clock(runRemainingMs)} left`);
  return parts.join('  ');
}

/** Where the lines go: `process.stdout`, or a list in tests. */
export type TextSink = { isTTY?: boolean; columns?: number; write: (text: string) => unknown };

/** Lines that stay, and on a terminal one below them that is written over. */
export class StatusLine {
  readonly #everyMs: number;
  readonly #sink: TextSink;
  readonly #now: () => number;
  #open = false;
  #lastPart: string | null = null;
  #lastMs = 0;

  /** @param everyMs time between two lines where the output is no terminal. */
  constructor(everyMs: number, sink: TextSink = process.stdout, now: () => number = Date.now) {
    this.#everyMs = everyMs;
    this.#sink = sink;
    this.#now = now;
  }

  /** Writes over the last one; where the output is no terminal a new `part` gives a line at once. */
  show(line: string, part = ''): void {
    if (this.#sink.isTTY) {
      const width = (this.#sink.columns ?? 100) - 1;
      this.#sink.write(`\r${line.slice(0, width).padEnd(width)}`);
      this.#open = true;
      return;
    }
    if (part === this.#lastPart && this.#now() - this.#lastMs < this.#everyMs) return;
    this.#lastPart = part;
    this.#lastMs = this.#now();
    this.#sink.write(`${line}\n`);
  }

  /** A line that stays; the progress goes on below it. */
  say(text: string): void {
    this.finish();
    this.#sink.write(`${text}\n`);
  }

  /** Leaves the line that is written over. */
  finish(): void {
    if (this.#open) this.#sink.write('\n');
    this.#open = false;
  }
}
