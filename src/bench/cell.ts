// From the runs of one measure of one contestant to its cell of the table.

import { spreadOf } from './statistics.ts';
import {
  type Cell,
  type CellState,
  type Partial,
  PHASES,
  type RunResult,
  type SizeFigures,
} from './types.ts';

/** What is known of a cell while it is measured. `end` says that no run follows. */
export type CellLog = {
  runs: RunResult[];
  spentMs: number;
  cutOff: { ms: number; partial: Partial } | null;
  end: { state: CellState; note: string } | null;
};

export function newLog(): CellLog {
  return { runs: [], spentMs: 0, cutOff: null, end: null };
}

/** The first run warms up and counts only where it is the only one. Shares of the peak are filled in when the peaks are known. */
export function finishCell(
  where: Pick<Cell, 'engine' | 'adapter' | 'size' | 'measure'>,
  log: CellLog,
  figures: SizeFigures,
): Cell {
  const warm = log.runs.slice(1);
  const used = warm.length > 0 ? warm : log.runs;
  let state: CellState = warm.length > 0 ? 'measured' : 'cold';
  let ms = spreadOf(used.map((run) => run.ms));
  if (used.length === 0) {
    state = log.end?.state ?? 'skipped';
    if (log.cutOff) ms = spreadOf([log.cutOff.ms]);
  }
  // An engine that breaks later on is no measured engine.
  if (log.end?.state === 'failed') state = 'failed';
  const phases: Cell['phases'] = {};
  for (const phase of PHASES) {
    const times =
      used.length > 0 ? used.map((run) => run.phases?.[phase]) : [log.cutOff?.partial.phases[phase]];
    const spread = spreadOf(times.filter((time) => time !== undefined));
    if (spread) phases[phase] = spread;
  }
  const whole = state === 'measured' || state === 'cold';
  return {
    ...where,
    state,
    note: log.end?.note ?? '',
    ms,
    runsMs: warm.map((run) => run.ms),
    firstMs: log.runs[0]?.ms ?? null,
    losses: log.runs.map((run) => run.loss).filter((loss) => loss !== null),
    phases,
    counts: used.at(-1)?.counts ?? null,
    tokensPerSecond:
      where.measure === 'rl'
        ? sampledPerSecond(phases, log, figures)
        : where.measure === 'sft' && whole && ms
          ? (1000 * figures.trainedTokens) / ms.median
          : null,
    gflopPerSecond: whole && ms ? figures.flops[where.measure] / ms.median / 1e6 : null,
    peakShare: null,
  };
}

function sampledPerSecond(
  { rollout }: Cell['phases'],
  { cutOff }: CellLog,
  { sampledTokens }: SizeFigures,
): number | null {
  if (rollout) return (1000 * sampledTokens) / rollout.median;
  // Naive sampling slows down as sequences grow, so the tokens so far flatter it.
  return cutOff && cutOff.partial.tokens > 0 ? (1000 * cutOff.partial.tokens) / cutOff.ms : null;
}
