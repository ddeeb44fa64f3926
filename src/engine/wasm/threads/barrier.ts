// How the threads work together: a job is cut into parts, each thread takes the next one until none is left.
//
// The leader takes parts like everyone else, so a helper that is late (or has lost its core to another program) costs nothing but
// its help. Waiting is a short spin first, then sleep; whoever is about to sleep says so before and sleeps only if nothing has
// changed, so no call to wake is lost.

/** int32 positions in the control block; what different threads write often stands 64 bytes apart. */
const POSTED = 0;
const DIVISION = 1;
const NEXT_PART = 16;
const FINISHED = 32;
const SLEEPING_HELPERS = 48;
const LEADER_SLEEPS = 49;
const FAILED = 50;

/** Length of the control block in 4-byte elements. */
export const CONTROL_LENGTH = 64;

/** Divisions have numbers from 0. */
const STOP = -1;

/** Looks at a counter before a thread goes to sleep: some tens of microseconds. */
const SPINS = 2000;
/** A part takes milliseconds: a helper that holds one for so long is gone. */
const PATIENCE_MS = 60_000;

/** Does one part of a job. */
export type Work = (division: number, part: number) => void;

/** Takes parts of the job at hand until none is left. Whoever has taken a part holds the job open, so it reads the right one. */
function workOn(control: Int32Array, parts: number, work: Work): void {
  for (;;) {
    const part = Atomics.add(control, NEXT_PART, 1);
    if (part >= parts) return;
    try {
      work(Atomics.load(control, DIVISION), part);
    } catch {
      Atomics.store(control, FAILED, 1);
    }
    const finished = Atomics.add(control, FINISHED, 1) + 1;
    if (finished === parts && Atomics.load(control, LEADER_SLEEPS) !== 0) Atomics.notify(control, FINISHED);
  }
}

/** The thread that hands out work. */
export class Leader {
  private readonly maySleep: boolean;

  constructor(
    private readonly control: Int32Array,
    private readonly parts: number,
    private readonly work: Work,
  ) {
    Atomics.store(control, NEXT_PART, parts);
    this.maySleep = canSleep(control);
  }

  /** Runs a job whose arguments are written. @throws Error when a part of it failed. */
  run(division: number): void {
    const { control, parts } = this;
    Atomics.store(control, DIVISION, division);
    Atomics.store(control, FINISHED, 0);
    Atomics.store(control, NEXT_PART, 0);
    this.wake();
    workOn(control, parts, this.work);
    this.join();
    if (Atomics.load(control, FAILED) !== 0) throw new Error('a compute thread failed');
  }

  /** Ends the helpers. */
  stop(): void {
    Atomics.store(this.control, DIVISION, STOP);
    this.wake();
  }

  private wake(): void {
    const { control } = this;
    Atomics.add(control, POSTED, 1);
    if (Atomics.load(control, SLEEPING_HELPERS) > 0) Atomics.notify(control, POSTED);
  }

  /** Until the parts that others have taken are finished. */
  private join(): void {
    const { control, parts } = this;
    for (let spin = 0; Atomics.load(control, FINISHED) < parts; spin++) {
      if (spin < SPINS || !this.maySleep) continue;
      Atomics.store(control, LEADER_SLEEPS, 1);
      const finished = Atomics.load(control, FINISHED);
      if (finished < parts && Atomics.wait(control, FINISHED, finished, PATIENCE_MS) === 'timed-out') {
        throw new Error('a compute thread does not answer');
      }
      Atomics.store(control, LEADER_SLEEPS, 0);
    }
  }
}

/** The page's own thread may not sleep. */
function canSleep(control: Int32Array): boolean {
  try {
    Atomics.wait(control, POSTED, -1);
    return true;
  } catch {
    return false;
  }
}

/** A helper's life: parts of every job, until the leader stops. */
export function serve(control: Int32Array, parts: number, work: Work): void {
  let seen = 0;
  for (;;) {
    for (let spin = 0; Atomics.load(control, POSTED) === seen; spin++) {
      if (spin < SPINS) continue;
      Atomics.add(control, SLEEPING_HELPERS, 1);
      Atomics.wait(control, POSTED, seen);
      Atomics.sub(control, SLEEPING_HELPERS, 1);
    }
    seen = Atomics.load(control, POSTED);
    if (Atomics.load(control, DIVISION) === STOP) return;
    workOn(control, parts, work);
  }
}
