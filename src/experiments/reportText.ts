// What the reports share: numbers with their intervals, which code made which runs, and results as JSON.

import { clamp } from '../base/numbers.ts';
import type { Estimate } from '../statistics/estimates.ts';
import { type CodeIdentity, codeText, engineText, sameCode } from '../terms/origin.ts';
import type { RunResult } from './results.ts';

type Unit = 'points' | 'number';

/** So many runs of one code are named; more are counted. */
const NAMED_RUNS = 8;

export const number = (value: number, unit: Unit) =>
  unit === 'points' ? value.toFixed(1) : value.toPrecision(3);
export const signed = (value: number, unit: Unit) => `${value >= 0 ? '+' : ''}${number(value, unit)}`;

export function withInterval(estimate: Estimate | null, text: (value: number) => string): string {
  if (!estimate) return '-';
  const { mean, low, high } = estimate;
  return low === null || high === null ? text(mean) : `${text(mean)} [${text(low)}, ${text(high)}]`;
}

/** A level with its interval: the t interval knows no bounds, a score does. */
export function levelText(estimate: Estimate | null, unit: Unit): string {
  return withInterval(estimate, (value) => number(unit === 'points' ? clamp(value, 0, 100) : value, unit));
}

/** Which runs were made with which code, where that is not the same for all. */
export function codeLines(results: readonly RunResult[]): string[] {
  const groups: { code: CodeIdentity; ids: string[] }[] = [];
  for (const { id, code } of results) {
    if (code === null) continue;
    const group = groups.find((each) => sameCode(each.code, code));
    if (group) group.ids.push(id);
    else groups.push({ code, ids: [id] });
  }
  if (groups.length < 2) return [];
  const few = ({ ids }: { ids: string[] }) =>
    ids.length > NAMED_RUNS ? `${ids.length} runs` : ids.join(', ');
  return [
    `- **Runs of different code** (${groups.map((group) => `${codeText(group.code)}: ${few(group)}`).join('; ')}): rows that compare them say so, and what differs in them may be the code.`,
  ];
}

/** On which devices and with which code the runs were made. */
export function originSentence(results: readonly RunResult[]): string {
  const unique = (values: string[]) =>
    [...new Set(values.filter((value) => value !== ''))].join('; ') || 'unknown';
  const devices = unique(results.map(({ engine }) => (engine ? engineText(engine) : '')));
  return `Device: ${devices}. Code: ${unique(results.map(({ code }) => (code ? codeText(code) : '')))}.`;
}

/** A run stands on one line: indented, the scores of some hundred runs would be twice as large. */
export function resultsJson(head: object, runs: readonly RunResult[]): string {
  const opened = JSON.stringify(head, null, 1).replace(/\n\}$/, '');
  return `${opened},\n "runs": [\n${runs.map((run) => JSON.stringify(run)).join(',\n')}\n]\n}\n`;
}
