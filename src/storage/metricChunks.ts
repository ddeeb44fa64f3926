// Metric rows in chunks of columns: an append rewrites one small record, a read needs few of them.

import { shapeMismatch } from './errors.ts';
import type { MetricRow } from './types.ts';

/** Steps per chunk: with 60 metrics a chunk is about 35 KB, so that an append stays near a millisecond. */
export const CHUNK_STEPS = 64;

/** The rows of steps `chunk * CHUNK_STEPS ...`; value k of row r is `values[r * names.length + k]`. */
export type MetricChunk = {
  runId: string;
  chunk: number;
  steps: number[];
  stages: string[];
  iterations: number[];
  names: string[];
  values: Float64Array;
  /** 1 where the row has the value at all (NaN is a value). */
  present: Uint8Array;
};

/** The rows by number of the chunk that they belong to. */
export function groupByChunk(rows: readonly MetricRow[]): Map<number, MetricRow[]> {
  const groups = new Map<number, MetricRow[]>();
  for (const row of rows) {
    if (!Number.isSafeInteger(row.step) || row.step < 0)
      throw shapeMismatch(`${row.step} is no step of a run.`);
    const chunk = Math.floor(row.step / CHUNK_STEPS);
    const group = groups.get(chunk);
    if (group) group.push(row);
    else groups.set(chunk, [row]);
  }
  return groups;
}

/** A new chunk with the rows added; a row replaces an older one of the same step. */
export function mergeIntoChunk(
  old: MetricChunk | undefined,
  runId: string,
  chunk: number,
  rows: readonly MetricRow[],
): MetricChunk {
  const byStep = new Map<number, MetricRow>();
  for (const row of [...(old ? chunkRows(old) : []), ...rows]) byStep.set(row.step, row);
  const sorted = [...byStep.values()].sort((a, b) => a.step - b.step);
  const names = [...new Set(sorted.flatMap((row) => Object.keys(row.values)))].sort();
  const values = new Float64Array(sorted.length * names.length);
  const present = new Uint8Array(values.length);
  sorted.forEach((row, r) => {
    names.forEach((name, k) => {
      if (!Object.hasOwn(row.values, name)) return;
      values[r * names.length + k] = row.values[name];
      present[r * names.length + k] = 1;
    });
  });
  return {
    runId,
    chunk,
    steps: sorted.map((row) => row.step),
    stages: sorted.map((row) => row.stage),
    iterations: sorted.map((row) => row.iteration),
    names,
    values,
    present,
  };
}

/** The rows of a chunk, by step; with `only` those metrics of them, without the rows that have none of these. */
export function chunkRows(chunk: MetricChunk, only?: readonly string[]): MetricRow[] {
  const { steps, stages, iterations, names, values, present } = chunk;
  const columns = [...names.entries()].filter(([, name]) => only?.includes(name) ?? true);
  const rows = steps.map((step, r) => ({
    step,
    stage: stages[r],
    iteration: iterations[r],
    values: Object.fromEntries(
      columns.flatMap(([k, name]): [string, number][] =>
        present[r * names.length + k] ? [[name, values[r * names.length + k]]] : [],
      ),
    ),
  }));
  return only ? rows.filter((row) => Object.keys(row.values).length > 0) : rows;
}
