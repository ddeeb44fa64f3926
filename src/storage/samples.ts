// Rollout batches: their consistency, their index rows, and what a query selects.

import { standardDeviation } from '../base/numbers.ts';
import { shapeMismatch } from './errors.ts';
import type { SampleBatch, SampleIndexRow, SampleQuery } from './types.ts';

/** Throws `shape-mismatch` unless all arrays of the batch fit each other. */
export function checkBatch(batch: SampleBatch): void {
  const groups = batch.promptIds.length;
  const samples = groups * batch.groupSize;
  const expect = (name: string, actual: number, wanted: number) => {
    if (actual === wanted) return;
    throw shapeMismatch(
      `The samples of step ${batch.step} do not fit: ${name} has ${actual} items instead of ${wanted}.`,
    );
  };
  if (!Number.isSafeInteger(batch.step) || batch.step < 0)
    throw shapeMismatch(`${batch.step} is no step of a run.`);
  if (!Number.isSafeInteger(batch.groupSize) || batch.groupSize < 1) {
    throw shapeMismatch(`The samples of step ${batch.step} have a group size of ${batch.groupSize}.`);
  }
  expect('labels', batch.labels.length, groups);
  expect('promptOffsets', batch.promptOffsets.length, groups + 1);
  expect('offsets', batch.offsets.length, samples + 1);
  expect('promptTokens', batch.promptTokens.length, checkOffsets(batch.promptOffsets, batch.step));
  expect('responseTokens', batch.responseTokens.length, checkOffsets(batch.offsets, batch.step));
  expect('oldLogProbs', batch.oldLogProbs.length, batch.responseTokens.length);
  for (const [head, { classes, probabilities }] of Object.entries(batch.headVerdicts)) {
    expect(`verdicts of ${head}`, classes.length, samples);
    expect(`probabilities of ${head}`, probabilities.length, samples);
  }
  for (const [head, classes] of Object.entries(batch.oracleClasses))
    expect(`oracle's classes of ${head}`, classes.length, samples);
  expect('advantages', batch.advantages.length, samples);
  if (batch.discarded) expect('discarded', batch.discarded.length, groups);
  for (const [term, values] of Object.entries(batch.terms)) expect(`term ${term}`, values.length, samples);
}

/** The last offset; throws unless offsets begin at 0 and never fall. */
function checkOffsets(offsets: Int32Array, step: number): number {
  const broken =
    offsets.length === 0 || offsets[0] !== 0 || offsets.some((end, i) => i > 0 && end < offsets[i - 1]);
  if (broken) throw shapeMismatch(`The samples of step ${step} have offsets that do not begin at 0 or fall.`);
  return offsets[offsets.length - 1];
}

/** One index row per group. Scores that are no numbers count as 0, so that replay never picks them. */
export function indexRows(batch: SampleBatch): SampleIndexRow[] {
  const { runId, step, stage, policyVersion, groupSize } = batch;
  const totals: Float32Array | undefined = batch.terms.total;
  return batch.promptIds.map((_, group) => {
    const from = group * groupSize;
    let largest = 0;
    let sum = 0;
    for (let s = from; s < from + groupSize; s++) {
      const size = Math.abs(batch.advantages[s]);
      if (!Number.isFinite(size)) continue;
      largest = Math.max(largest, size);
      sum += size;
    }
    const score = totals ? sum * unbiasedStd(totals.subarray(from, from + groupSize)) : 0;
    return {
      runId,
      step,
      group,
      stage,
      policyVersion,
      label: batch.labels[group],
      maxAbsAdvantage: largest,
      heapScore: Number.isFinite(score) ? score : 0,
      ...(batch.discarded?.[group] ? { discarded: true as const } : {}),
    };
  });
}

function unbiasedStd(values: Float32Array): number {
  return values.every((value) => value === values[0]) ? 0 : standardDeviation(values);
}

/** True if the row meets every condition of the query. */
export function matchesQuery(row: SampleIndexRow, query: SampleQuery): boolean {
  return (
    row.runId === query.runId &&
    (query.stage === undefined || row.stage === query.stage) &&
    (query.label === undefined || row.label === query.label) &&
    row.step >= (query.minStep ?? 0) &&
    row.step <= (query.maxStep ?? Infinity) &&
    row.policyVersion >= (query.minPolicyVersion ?? -Infinity) &&
    row.maxAbsAdvantage >= (query.minAbsAdvantage ?? 0)
  );
}

/** Order of query results: by step, then group; `newestFirst` turns the whole order round. */
export function compareRows(query: SampleQuery): (a: SampleIndexRow, b: SampleIndexRow) => number {
  const sign = query.newestFirst ? -1 : 1;
  return (a, b) => sign * (a.step - b.step || a.group - b.group);
}
