// Metric rows as CSV (RFC 4180) and back, without loss: `step,stage,iteration` and one column per metric.

import { badBundle } from './errors.ts';
import type { MetricRow } from './types.ts';

const FIXED = ['step', 'stage', 'iteration'] as const;

function quote(text: string): string {
  return /[",\r\n]/.test(text) || text === '' ? `"${text.replaceAll('"', '""')}"` : text;
}

function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The rows as CSV; an absent value is an empty cell. Numbers are written so that they read back exactly. */
export function metricsToCsv(rows: readonly MetricRow[]): string {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row.values)))].sort();
  const lines = [[...FIXED, ...names].map(quote).join(',')];
  for (const { step, stage, iteration, values } of rows) {
    const cells = names.map((name) => (Object.hasOwn(values, name) ? formatNumber(values[name]) : ''));
    lines.push([String(step), quote(stage), String(iteration), ...cells].join(','));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * The inverse of `metricsToCsv`.
 * @throws StorageError `bad-bundle` naming the line.
 */
export function metricsFromCsv(text: string): MetricRow[] {
  const [header, ...lines] = parseCells(text);
  if (!header || FIXED.some((name, i) => header[i] !== name)) {
    throw badBundle(`metrics.csv does not begin with the columns ${FIXED.join(', ')}.`);
  }
  const names = header.slice(FIXED.length);
  if (new Set(names).size !== names.length) throw badBundle('metrics.csv names a column twice.');
  return lines.map((cells, i) => {
    const line = i + 2;
    if (cells.length !== header.length) {
      throw badBundle(`Line ${line} of metrics.csv has ${cells.length} cells instead of ${header.length}.`);
    }
    const [step, stage, iteration, ...rest] = cells;
    const values = names.flatMap((name, k): [string, number][] =>
      rest[k] === '' ? [] : [[name, readNumber(rest[k], line)]],
    );
    return {
      step: readCount(step, line),
      stage,
      iteration: readCount(iteration, line),
      values: Object.fromEntries(values),
    };
  });
}

function readNumber(text: string, line: number): number {
  const value = Number(text);
  if (text.trim() !== text || (Number.isNaN(value) && text !== 'NaN')) {
    throw badBundle(`Line ${line} of metrics.csv holds "${text}" where a number belongs.`);
  }
  return value;
}

function readCount(text: string, line: number): number {
  if (!/^\d{1,10}$/.test(text))
    throw badBundle(`Line ${line} of metrics.csv holds "${text}" where a count belongs.`);
  return Number(text);
}

function parseCells(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (!match) throw badBundle(`metrics.csv is damaged at character ${at}.`);
    row.push(match[1] === undefined ? match[2] : match[1].replaceAll('""', '"'));
    if (match[3] === ',') continue;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push([...row, '']);
  return rows;
}
