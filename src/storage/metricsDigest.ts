// The digest by which two runs of the same seed are compared.

import { isClockMetric } from '../terms/metrics/clock.ts';
import { metricsToCsv } from './metricsCsv.ts';
import { sha256 } from './sha256.ts';
import type { MetricRow } from './types.ts';

/** The rows without what was measured with a clock. */
export function deterministicRows(rows: readonly MetricRow[]): MetricRow[] {
  return rows.map((row) => ({
    ...row,
    values: Object.fromEntries(Object.entries(row.values).filter(([name]) => !isClockMetric(name))),
  }));
}

/** SHA-256, in hex, of the CSV of the deterministic columns. */
export function metricsDigest(rows: readonly MetricRow[]): string {
  return sha256(new TextEncoder().encode(metricsToCsv(deterministicRows(rows))));
}
