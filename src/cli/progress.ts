// Progress of a run on the terminal: a bar that stays on its line, or a line every few seconds.

import { clock } from '../base/format.ts';
import { clamp } from '../base/numbers.ts';
import type { ProgressEvent } from '../protocol/messages.ts';

/** Seconds between two lines where the output is no terminal. */
const LINE_EVERY_MS = 5000;
const BAR_WIDTH = 24;

export type ProgressState = { progress: ProgressEvent; reward: number | null; loss: number | null };

export function bar(done: number, total: number, width = BAR_WIDTH): string {
  const share = total > 0 ? clamp(done / total, 0, 1) : 0;
  const full = Math.round(share * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`;
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

export class ProgressPrinter {
  readonly #sink: TextSink;
  readonly #now: () => number;
  #open = false;
  #lastStage = -1;
  #lastMs = Number.NEGATIVE_INFINITY;

  constructor(sink: TextSink, now: () => number = Date.now) {
    this.#sink = sink;
    this.#now = now;
  }

  show(state: ProgressState): void {
    const line = progressLine(state);
    if (this.#sink.isTTY) {
      const width = (this.#sink.columns ?? 100) - 1;
      this.#sink.write(`\r${line.slice(0, width).padEnd(width)}`);
      this.#open = true;
      return;
    }
    const stage = state.progress.stageIndex;
    if (stage === this.#lastStage && this.#now() - this.#lastMs < LINE_EVERY_MS) return;
    this.#lastStage = stage;
    this.#lastMs = this.#now();
    this.#sink.write(`${line}\n`);
  }

  /** A line that stays; the bar goes on below it. */
  say(text: string): void {
    this.finish();
    this.#sink.write(`${text}\n`);
  }

  /** Leaves the line of the bar. */
  finish(): void {
    if (this.#open) this.#sink.write('\n');
    this.#open = false;
  }
}
