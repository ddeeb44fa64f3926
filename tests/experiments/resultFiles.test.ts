// Files of results merged: one table of a plan, with duplicates, other plans, other versions and damaged files named and left out.

import { describe, expect, it } from 'vitest';
import { resolvePreset } from '../../src/config/index.ts';
import { expand } from '../../src/experiments/expand.ts';
import { type Plan, planOfInput } from '../../src/experiments/planFile.ts';
import { mergeResults } from '../../src/experiments/resultFiles.ts';
import { missingRun, type RunResult } from '../../src/experiments/results.ts';
import { sweepReport } from '../../src/experiments/sweepReport.ts';
import { codeOfVersion } from '../../src/terms/origin.ts';

const PLAN = planOfInput({
  name: 'drift',
  base: { preset: 'quick' },
  factors: [{ setting: 'policy_drift_coef', values: [0, 0.1] }],
  seeds: [1, 2],
});
const base = { settings: resolvePreset('quick').settings, preset: 'quick', stage: null };

/** The file of a machine that has done the runs of these ids. */
function file(done: string[], { plan = PLAN, version = '0.3.0', digest = 'a' }: FileOptions = {}): string {
  const { runs, cells } = expand(plan, base);
  const results = runs.map((run): RunResult => {
    const nothing = missingRun(run);
    if (!done.includes(run.id)) return nothing;
    return { ...nothing, status: 'done', digest, code: codeOfVersion(version) };
  });
  return sweepReport({ plan, cells, results, command: '' })['results.json'] ?? '';
}
type FileOptions = { plan?: Plan; version?: string; digest?: string };

const A = 'policy_drift_coef-0-s1';
const B = 'policy_drift_coef-0.1-s2';
const statuses = (results: readonly RunResult[]) => results.map(({ status }) => status);

describe('files of results', () => {
  it('of one plan make one table', () => {
    const { results, files, left, cells } = mergeResults([
      { name: 'a.json', text: file([A]) },
      { name: 'b.json', text: file([B]) },
    ]);
    expect([files, left, cells.length]).toEqual([2, [], 2]);
    expect(results.map(({ id }) => id)).toEqual([A, 'policy_drift_coef-0.1-s1', 'policy_drift_coef-0-s2', B]);
    expect(statuses(results)).toEqual(['done', 'missing', 'missing', 'done']);
  });

  it('a duplicate is named and counted once', () => {
    const { results, left } = mergeResults([
      { name: 'a.json', text: file([A]) },
      { name: 'b.json', text: file([A, B]) },
      { name: 'c.json', text: file([B], { digest: 'other' }) },
    ]);
    expect(statuses(results).filter((status) => status === 'done')).toHaveLength(2);
    expect(left).toEqual([
      `${A} of b.json is there already, from a.json, the same run.`,
      `${B} of c.json is there already, from b.json, with other numbers.`,
    ]);
  });

  it('another plan, another version and no results at all are left out, each with why', () => {
    const other: Plan = { ...PLAN, seeds: [3, 4] };
    const { files, left } = mergeResults([
      { name: 'a.json', text: file([A]) },
      { name: 'plan.json', text: file([], { plan: other }) },
      { name: 'old.json', text: file([B], { version: '0.2.0' }) },
      { name: 'note.txt', text: 'hello' },
      { name: 'cut.json', text: file([B]).slice(0, 400) },
    ]);
    expect(files).toBe(1);
    expect(left.join('\n')).toMatch(/plan\.json is of another plan: seeds 3, 4, not 1, 2\./);
    expect(left.join('\n')).toMatch(/old\.json was made with version 0\.2\.0, the others with 0\.3\.0\./);
    expect(left.filter((line) => line.includes('it is no JSON'))).toHaveLength(2);
    expect(() => mergeResults([{ name: 'note.txt', text: 'hello' }])).toThrow('note.txt');
  });

  it('seeds and values that some have added are in the table', () => {
    const wider = planOfInput({
      name: 'drift',
      base: { preset: 'quick' },
      factors: [{ setting: 'policy_drift_coef', values: [0, 0.1, 0.5] }],
      seeds: [1, 2],
      addedSeeds: [[3]],
    });
    const { results, plan } = mergeResults([
      { name: 'a.json', text: file([A]) },
      { name: 'b.json', text: file(['policy_drift_coef-0.5-s3'], { plan: wider }) },
    ]);
    expect(plan.addedSeeds).toEqual([[3]]);
    expect(results).toHaveLength(9);
    expect(statuses(results).filter((status) => status === 'done')).toHaveLength(2);
  });
});
