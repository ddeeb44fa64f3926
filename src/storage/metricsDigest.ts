// The digest by which two runs of the same seed are compared.

import { metricsToCsv } from './metricsCsv.ts';
import { sha256 } from './sha256.ts';
import type { MetricRow } from './types.ts';

/** Names of columns that hold measured times; all others are the same in two runs of the same seed. */
const MEASURED = ['time/', 'tokens_per_second/'] as const;

function isMeasured(name: string): boolean {
  return MEASURED.some((start) => name.startsWith(start));
}

/** The rows without what was measured with a clock. */
export function deterministicRows(rows: readonly MetricRow[]): MetricRow[] {
  return rows.map((row) => ({
    ...row,
    values: Object.fromEntries(Object.entries(row.values).filter(([name]) => !isMeasured(name))),
  }));
}

/** SHA-256, in hex, of the CSV of the deterministic columns. */
export function metricsDigest(rows: readonly MetricRow[]): string {
  return sha256(new TextEncoder().encode(metricsToCsv(deterministicRows(rows))));
}
