// What a chart draws: its rows, its reference lines, which rows are enough for the screen, and whether a log axis makes sense.

import type { ChartSpec } from './charts.ts';
import type { MetricTable, StageSpan } from './metricTable.ts';
import type { ReferenceLine } from './references.ts';

export type Column = readonly (number | null)[];

export type ChartRows = {
  /** Iterations, counted from the beginning of the first stage that is shown: a run may begin thousands of steps after another one. */
  x: readonly number[];
  /** One per line of the chart. */
  columns: readonly Column[];
  /** Reference lines with their value at each row; those without any are left out. */
  references: readonly { line: ReferenceLine; column: Column }[];
  /** Stages along x, whose beginnings are marked. */
  spans: readonly StageSpan[];
};

export function chartRows(
  table: MetricTable,
  spec: ChartSpec,
  wanted: (stage: string) => boolean,
  lines: readonly ReferenceLine[] = [],
): ChartRows {
  const names = spec.lines.map(({ name }) => name);
  const { steps, columns, stages } = table.select(names, wanted);
  const references = lines
    .map((line) => ({ line, column: stages.map((stage) => line.valueAt(stage)) }))
    .filter(({ column }) => column.some((value) => value !== null));
  const all = table.spans();
  const before = (all.find(({ stage }) => stage === stages[0])?.firstStep ?? 1) - 1;
  const spans = all.map(({ stage, firstStep, lastStep }) => ({
    stage,
    firstStep: firstStep - before,
    lastStep: lastStep - before,
  }));
  return { x: steps.map((step) => step - before), columns, references, spans };
}

/** Indices of the last rows of a table of `length`, at most `limit`. */
export function newestRows(length: number, limit: number): number[] {
  const first = Math.max(0, length - limit);
  return Array.from({ length: length - first }, (_, index) => first + index);
}

/** At most `limit` rows of a table of `length`, evenly, with the first and the last. */
export function sampledRows(length: number, limit: number): number[] {
  if (length <= limit) return newestRows(length, limit);
  return Array.from({ length: limit }, (_, index) => Math.round((index * (length - 1)) / (limit - 1)));
}

/**
 * Indices of rows that look the same as all of them: per stretch of rows the lowest and the highest value of every column, and the
 * two ends. Null where there are at most `most` rows.
 */
export function rowsToDraw(columns: readonly Column[], rows: number, most: number): number[] | null {
  if (rows <= most) return null;
  const stretches = Math.max(1, Math.floor(most / (2 * Math.max(1, columns.length))));
  const kept = new Set<number>([0, rows - 1]);
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * rows) / stretches);
    const to = Math.floor(((stretch + 1) * rows) / stretches);
    for (const column of columns) {
      let low = -1;
      let high = -1;
      for (let row = from; row < to; row++) {
        const value = column[row] ?? null;
        if (value === null) continue;
        if (low < 0 || value < (column[low] as number)) low = row;
        if (high < 0 || value > (column[high] as number)) high = row;
      }
      if (low >= 0) kept.add(low).add(high);
    }
  }
  return [...kept].sort((a, b) => a - b);
}

/** Whether a log axis can show these values, and a sentence where it cannot, or not all of them. */
export type LogPlan = { log: boolean; note: string };

/** A curve that goes below 0 is drawn on a linear axis; zeros alone are left out, for they are often the floor of a rate. */
export function planLogAxis(columns: readonly Column[]): LogPlan {
  const all = columns.flat().filter((value) => value !== null);
  if (all.some((value) => value < 0))
    return { log: false, note: 'Linear axis: some values are below 0, and have no logarithm.' };
  const zeros = all.filter((value) => value === 0).length;
  if (zeros > 0 && zeros === all.length)
    return { log: false, note: 'Linear axis: every value is 0, and has no logarithm.' };
  if (zeros === 0) return { log: true, note: '' };
  const values = zeros === 1 ? '1 value of 0 is' : `${zeros} values of 0 are`;
  return { log: true, note: `Log axis: ${values} left out.` };
}
