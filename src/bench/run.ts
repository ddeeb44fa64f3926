// The order of the benchmark: every size, every measure, rounds that go from contestant to contestant, a cap for each.

import { Agreement } from './agreement.ts';
import { type CellLog, finishCell, newLog } from './cell.ts';
import { type EngineEntry, engineOf, labelOf, takes } from './engines.ts';
import { sizeFigures } from './flops.ts';
import type { BenchSize } from './task.ts';
import type { AdapterKind, Cell, MeasureKind, Reply, Results, RunResult, Started } from './types.ts';

/** Where contestants run; calls go to a worker or process per key, which a call over its limit ends. */
export interface BenchHost {
  call<T>(key: string, name: string, args: readonly unknown[], capMs: number): Promise<Reply<T>>;
  end(key: string): Promise<void>;
}

/** Browsers with one adapter each, and PyTorch beside them. */
export type BenchHosts = {
  pages: readonly (BenchHost & { readonly adapter: AdapterKind })[];
  torch: BenchHost;
};

export type RunOptions = {
  sizes: readonly BenchSize[];
  engines: readonly string[];
  capMs: number;
  /** Warm runs, after the first. */
  repeats: number;
};

export type RunEvents = {
  /** A line that stays. */
  say(text: string): void;
  /** Where the run is: cells done of all, what runs now, milliseconds left where they can be told. */
  progress(done: number, total: number, now: string, leftMs: number | null): void;
  /** Whether to stop after the call that runs. */
  stopped(): boolean;
  now(): number;
};

export type RunOutcome = Pick<Results, 'cells' | 'unavailable' | 'adapters' | 'disqualified'> & {
  interrupted: boolean;
};

const STOPPED: CellLog['end'] = { state: 'skipped', note: 'stopped' };
const START_CAP_MS = 60_000;
/** The first run compiles: it gets more time, and what it takes is not counted. */
const FIRST_RUN_FACTOR = 2;
const FIRST_RUN_MIN_MS = 30_000;
/** In their order; the classifier's steps are measured on the batches of the world. */
const measuresOf = ({ world }: BenchSize): MeasureKind[] => (world ? ['sft', 'heads', 'rl'] : ['sft', 'rl']);

/** One contestant on one adapter, across sizes. */
type Slot = {
  entry: EngineEntry;
  adapter: AdapterKind;
  host: BenchHost;
  key: string;
  started: boolean;
  gone: boolean;
  /** Size at which a measure was over the cap. */
  overCapAt: { [measure in MeasureKind]?: BenchSize };
};

export class BenchRun {
  private readonly outcome: RunOutcome = {
    cells: [],
    unavailable: [],
    adapters: [],
    disqualified: [],
    interrupted: false,
  };
  private readonly slots: Slot[];
  private readonly total: number;
  private readonly startedAt: number;

  constructor(
    hosts: BenchHosts,
    private readonly options: RunOptions,
    private readonly events: RunEvents,
  ) {
    this.slots = options.engines.map(engineOf).flatMap((entry) => slotsOf(entry, hosts));
    this.total = this.cellsOf(this.slots);
    this.startedAt = events.now();
  }

  async run(): Promise<RunOutcome> {
    for (const size of this.options.sizes) {
      if (this.events.stopped()) break;
      const agreement = new Agreement();
      for (const measure of measuresOf(size)) await this.measure(size, measure, agreement);
      for (const slot of this.slots) {
        if (slot.started) await slot.host.end(slot.key);
        slot.started = false;
      }
    }
    this.outcome.interrupted = this.events.stopped();
    return this.outcome;
  }

  private async measure(size: BenchSize, measure: MeasureKind, agreement: Agreement): Promise<void> {
    const logs = new Map<Slot, CellLog>();
    for (const slot of this.slots) {
      if (slot.gone || !takes(slot.entry, size)) continue;
      const log = newLog();
      logs.set(slot, log);
      // Batches of another kind say nothing of these.
      const smaller = slot.overCapAt[measure];
      if (smaller !== undefined && smaller.world === size.world) {
        log.end = { state: 'not-tried', note: `over the cap at ${smaller.name} already` };
      }
    }
    for (let round = 0; round <= this.options.repeats; round++) {
      const order = [...logs].filter(([, log]) => log.end === null);
      // The first round goes in the order of the table, so that the reference comes first; later ones take turns at the start.
      const shift = round === 0 ? 0 : round % Math.max(1, order.length);
      for (const [slot, log] of [...order.slice(shift), ...order.slice(0, shift)]) {
        log.end = this.events.stopped()
          ? STOPPED
          : await this.once(slot, log, size, measure, round, agreement);
        if (slot.gone) logs.delete(slot);
        this.report(slot, size, measure, round, logs);
      }
    }
    const figures = sizeFigures(size);
    for (const [slot, log] of logs) {
      const where = { engine: slot.entry.id, adapter: slot.adapter, size: size.name, measure };
      const cell = finishCell(where, log, figures);
      this.outcome.cells.push(cell);
      // Neither the first run nor a warm one fits: a larger size would not either.
      if (cell.state === 'over-cap' || (cell.state === 'cold' && log.cutOff)) slot.overCapAt[measure] = size;
      this.events.say(`  ${size.name.padEnd(11)} ${measure.padEnd(4)} ${cellWords(cell)}`);
    }
  }

  /** One run of one contestant, if the cap leaves room for it; why no run follows, or null. */
  private async once(
    slot: Slot,
    log: CellLog,
    size: BenchSize,
    measure: MeasureKind,
    round: number,
    agreement: Agreement,
  ): Promise<CellLog['end']> {
    const left = this.options.capMs - log.spentMs;
    const last = round > 1 ? (log.runs.at(-1)?.ms ?? 0) : 0;
    if (last > left) return { state: 'measured', note: `${round - 1} warm runs within the cap` };
    const problem = slot.started ? null : await this.start(slot, size);
    if (problem) return problem;
    // A run that is merely slower than the last one may end.
    const first = Math.max(FIRST_RUN_FACTOR * this.options.capMs, FIRST_RUN_MIN_MS);
    const limit = round === 0 ? first : Math.max(left, 2 * last);
    const reply = await slot.host.call<RunResult>(slot.key, 'run', [measure, round], limit);
    if (reply.kind === 'failed') return { state: 'failed', note: reply.error };
    if (round > 0) log.spentMs += reply.ms;
    if (reply.kind === 'over-cap') {
      slot.started = false;
      if (this.events.stopped()) return STOPPED;
      log.cutOff = { ms: reply.ms, partial: reply.partial };
      if (round === 0) return { state: 'over-cap', note: 'cut off' };
      return { state: 'measured', note: 'last run cut off' };
    }
    log.runs.push(reply.value);
    const reason = agreement.check(measure, round, reply.value);
    if (reason === null) return null;
    this.outcome.disqualified.push({ engine: slot.entry.id, adapter: slot.adapter, size: size.name, reason });
    this.events.say(`DISQUALIFIED at ${size.name}: ${labelOf(slot.entry.id, slot.adapter)}: ${reason}`);
    return { state: 'measured', note: 'disqualified' };
  }

  /** Null where the contestant has started. */
  private async start(slot: Slot, size: BenchSize): Promise<CellLog['end']> {
    const { entry, adapter } = slot;
    const reply = await slot.host.call<Started>(slot.key, 'start', [entry.id, size], START_CAP_MS);
    if (this.events.stopped()) return STOPPED;
    const isSame = (one: { engine: string; adapter: AdapterKind }) =>
      one.engine === entry.id && one.adapter === adapter;
    if (reply.kind === 'done') {
      slot.started = true;
      if (!this.outcome.adapters.some(isSame))
        this.outcome.adapters.push({ engine: entry.id, adapter, ...reply.value });
      return null;
    }
    const reason = reply.kind === 'failed' ? reply.error : `did not start within ${START_CAP_MS / 1000} s`;
    await slot.host.end(slot.key);
    // What has never run is left out from here on; what ran before keeps its cell.
    if (!this.outcome.cells.some(isSame)) {
      slot.gone = true;
      this.outcome.unavailable.push({ engine: entry.id, adapter, reason });
      this.events.say(`Left out: ${labelOf(entry.id, adapter)}: ${reason}`);
    }
    return { state: 'failed', note: reason };
  }

  private cellsOf(slots: readonly Slot[]): number {
    const { sizes } = this.options;
    return slots.reduce(
      (sum, { entry }) =>
        sum +
        sizes.filter((size) => takes(entry, size)).reduce((all, size) => all + measuresOf(size).length, 0),
      0,
    );
  }

  private report(
    slot: Slot,
    size: BenchSize,
    measure: MeasureKind,
    round: number,
    logs: Map<Slot, CellLog>,
  ): void {
    const total = this.total - this.cellsOf(this.slots.filter(({ gone }) => gone));
    const done = this.outcome.cells.length + [...logs.values()].filter(({ end }) => end !== null).length;
    const shares = [...logs.values()].reduce(
      (sum, log) => sum + (log.end ? 0 : log.runs.length / (this.options.repeats + 1)),
      0,
    );
    const share = (done + shares) / Math.max(1, total);
    const elapsed = this.events.now() - this.startedAt;
    // Larger sizes take longer than what is behind, but no longer than the cap.
    const leftMs = share > 0.1 ? (elapsed * (1 - share)) / share : null;
    const now = `${size.name} ${measure} ${labelOf(slot.entry.id, slot.adapter)} run ${round}`;
    this.events.progress(done, total, now, leftMs);
  }
}

/** A contestant once per adapter; the processor is the same in every browser, so the first one does. */
function slotsOf(entry: EngineEntry, { pages, torch }: BenchHosts): Slot[] {
  const { gpu, family, id } = entry;
  const own = family === 'torch';
  // PyTorch has no software adapter.
  const places = gpu ? pages.filter(({ adapter }) => !own || adapter === 'system') : pages.slice(0, 1);
  return places.map((page) => {
    const adapter = gpu ? page.adapter : 'cpu';
    const host = own ? torch : page;
    return { entry, adapter, host, key: id, started: false, gone: false, overCapAt: {} };
  });
}

/** One line on a cell. */
function cellWords(cell: Cell): string {
  const name = labelOf(cell.engine, cell.adapter).padEnd(32);
  if (!cell.ms) return `${name} ${cell.state}: ${cell.note}`;
  const bound = cell.state === 'over-cap' ? 'over ' : '';
  const runs = cell.state === 'measured' ? `${cell.ms.count} runs` : cell.state;
  return `${name} ${bound}${cell.ms.median.toFixed(1)} ms (${cell.ms.min.toFixed(1)}-${cell.ms.max.toFixed(1)}, ${runs})`;
}
