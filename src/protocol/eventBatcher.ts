// Posts the events of a run in batches, so that the page gets at most ten messages a second.

import type { TrainEvent } from './messages.ts';

export type EventBatcherOptions = {
  /** Shortest time between two batches. */
  intervalMs?: number;
  /** A batch of this size goes out at once. */
  maxEvents?: number;
  /** Clock in milliseconds. */
  now?: () => number;
};

/** Collects events and posts them as `TrainEvent[]`. Works in a thread that rarely rests: every push looks at the clock. */
export class EventBatcher {
  private events: TrainEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private lastPostMs = -Infinity;
  private readonly intervalMs: number;
  private readonly maxEvents: number;
  private readonly now: () => number;

  constructor(
    private readonly port: { postMessage(events: TrainEvent[]): void },
    { intervalMs = 100, maxEvents = 256, now = () => performance.now() }: EventBatcherOptions = {},
  ) {
    this.intervalMs = intervalMs;
    this.maxEvents = maxEvents;
    this.now = now;
  }

  /** Adds an event: posted now if the last batch is long enough ago or this one is full, else by a timer. */
  push(event: TrainEvent): void {
    this.events.push(event);
    const waitMs = this.lastPostMs + this.intervalMs - this.now();
    if (waitMs <= 0 || this.events.length >= this.maxEvents) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Posts what is there now: before a long computation, and at the end of a run. */
  flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (this.events.length === 0) return;
    const events = this.events;
    this.events = [];
    this.lastPostMs = this.now();
    this.port.postMessage(events);
  }
}
