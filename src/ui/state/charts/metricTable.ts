// Columns of metrics of one run, appended while it streams; absent values are null, as uPlot wants them.

import type { MetricRow } from '../../../terms/run.ts';

/** A stretch of rows of one stage: `[firstStep, lastStep]`. */
export type StageSpan = { stage: string; firstStep: number; lastStep: number };

/** Grows in place; whoever shows it watches a revision number beside it. */
export class MetricTable {
  readonly #steps: number[] = [];
  readonly #stages: string[] = [];
  /** May be shorter than the steps: what is absent at the end is null, and is written when it is read. */
  readonly #columns = new Map<string, (number | null)[]>();

  get length(): number {
    return this.#steps.length;
  }

  get names(): string[] {
    return [...this.#columns.keys()].sort();
  }

  get steps(): readonly number[] {
    return this.#steps;
  }

  has(name: string): boolean {
    return this.#columns.has(name);
  }

  column(name: string): readonly (number | null)[] {
    const column = this.#columns.get(name);
    if (!column) return [];
    while (column.length < this.#steps.length) column.push(null);
    return column;
  }

  /** Adds a row; a row of a step that is there replaces it, for a resumed run sends the same rows again. */
  put(row: MetricRow): void {
    const at = this.#position(row.step);
    if (at === this.#steps.length) {
      // Nearly always: only the columns that the row names are touched.
      this.#steps.push(row.step);
      this.#stages.push(row.stage);
    } else if (this.#steps[at] !== row.step) {
      this.#steps.splice(at, 0, row.step);
      this.#stages.splice(at, 0, row.stage);
      for (const column of this.#columns.values()) if (at < column.length) column.splice(at, 0, null);
    } else {
      this.#stages[at] = row.stage;
      for (const column of this.#columns.values()) if (at < column.length) column[at] = null;
    }
    for (const [name, value] of Object.entries(row.values)) {
      const column = this.#columns.get(name) ?? this.#addColumn(name);
      while (column.length < at) column.push(null);
      column[at] = Number.isFinite(value) ? value : null;
    }
  }

  /** Takes away the rows after `step`: a run that goes on from a checkpoint has them before it once more. */
  cutAfter(step: number): void {
    const length = this.#position(step + 1);
    this.#steps.length = length;
    this.#stages.length = length;
    for (const column of this.#columns.values()) column.length = Math.min(column.length, length);
  }

  /** Newest value of a metric, or null. */
  latest(name: string): number | null {
    return this.column(name).findLast((value) => value !== null) ?? null;
  }

  /** Names of the stages in the order in which they came. */
  get stages(): string[] {
    return [...new Set(this.#stages)];
  }

  spans(): StageSpan[] {
    const spans: StageSpan[] = [];
    this.#stages.forEach((stage, index) => {
      const step = this.#steps[index] as number;
      const last = spans.at(-1);
      if (last && last.stage === stage) last.lastStep = step;
      else spans.push({ stage, firstStep: step, lastStep: step });
    });
    return spans;
  }

  /** Rows (of the wanted stages) in which at least one of the named metrics has a value: x with its stage, then one column per name. */
  select(
    names: readonly string[],
    wanted: (stage: string) => boolean = () => true,
  ): { steps: number[]; stages: string[]; columns: (number | null)[][] } {
    const sources = names.map((name) => this.column(name));
    const steps: number[] = [];
    const stages: string[] = [];
    const columns: (number | null)[][] = names.map(() => []);
    for (let row = 0; row < this.#steps.length; row++) {
      const stage = this.#stages[row] as string;
      if (!wanted(stage)) continue;
      if (!sources.some((source) => (source[row] ?? null) !== null)) continue;
      steps.push(this.#steps[row] as number);
      stages.push(stage);
      for (let index = 0; index < sources.length; index++)
        columns[index]?.push(sources[index]?.[row] ?? null);
    }
    return { steps, stages, columns };
  }

  #addColumn(name: string): (number | null)[] {
    const column: (number | null)[] = [];
    this.#columns.set(name, column);
    return column;
  }

  /** Index of `step`, or where it belongs; rows nearly always come in order, so the end is looked at first. */
  #position(step: number): number {
    const last = this.#steps.at(-1);
    if (last === undefined || last < step) return this.#steps.length;
    let low = 0;
    let high = this.#steps.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#steps[middle] as number) < step) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Exponential moving average with weight `smoothing` (0 = as it is) on the past; gaps stay gaps, and the start is not biased. */
export function smooth(values: readonly (number | null)[], smoothing: number): (number | null)[] {
  if (smoothing <= 0) return [...values];
  let mean = 0;
  let weight = 0;
  return values.map((value) => {
    if (value === null) return null;
    mean = smoothing * mean + (1 - smoothing) * value;
    weight = smoothing * weight + (1 - smoothing);
    return mean / weight;
  });
}

/** One sentence on a curve, for readers who do not see it. */
export function describeCurve(
  label: string,
  iterations: readonly number[],
  values: readonly (number | null)[],
  format: (value: number) => string,
): string {
  const points = values.flatMap((value, index) =>
    value === null ? [] : [{ at: iterations[index] ?? 0, value }],
  );
  const first = points[0];
  const last = points.at(-1);
  if (!first || !last) return `${label}: no value yet.`;
  if (points.length === 1) return `${label}: ${format(last.value)} at iteration ${last.at}.`;
  const top = points.reduce((best, point) => (point.value > best.value ? point : best));
  const bottom = points.reduce((best, point) => (point.value < best.value ? point : best));
  return (
    `${label}: ${format(last.value)} at iteration ${last.at}, from ${format(first.value)} at iteration ${first.at}; ` +
    `lowest ${format(bottom.value)} (${bottom.at}), highest ${format(top.value)} (${top.at}).`
  );
}
