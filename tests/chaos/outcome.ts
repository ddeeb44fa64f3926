// What a run has left, part by part as digests, but for names, dates and clock readings: how two runs are held equal.

import { createHash } from 'node:crypto';
import { readBundle } from '../../src/storage/index.ts';
import { deterministicRows } from '../../src/storage/metricsDigest.ts';

/** SHA-256 by what it is of, e.g. `samples of step 31`: metrics, samples, heads, evaluations, weights. */
export type Outcome = ReadonlyMap<string, string>;

/** @param bundle the exported run. Of the checkpoints those at the ends of stages count: which others are left depends on the moment. */
export function outcomeOf(bundle: Uint8Array): Outcome {
  const { metrics, samples, heads, evaluations, checkpoints } = readBundle(bundle);
  const parts = new Map<string, string>();
  for (const row of deterministicRows(metrics)) parts.set(`metrics of step ${row.step}`, digest(row));
  for (const batch of samples) parts.set(`samples of step ${batch.step}`, digest({ ...batch, runId: '' }));
  if (heads) parts.set('heads', digest({ ...heads, runId: '' }));
  for (const evaluation of evaluations)
    parts.set(`evaluation after ${evaluation.stage}`, digest({ ...evaluation, runId: '' }));
  for (const { manifest, tensors } of checkpoints)
    if (manifest.kind === 'stage-end')
      parts.set(
        `weights after ${manifest.stage}`,
        digest({ manifest: { ...manifest, runId: '', createdAt: '' }, tensors }),
      );
  return parts;
}

/** Of all parts. */
export function digestOf(outcome: Outcome): string {
  return digest([...outcome]);
}

/** The first part in which they differ, in words; null where they are equal. */
export function firstDifference(found: Outcome, expected: Outcome): string | null {
  const lost = [...expected.keys()].find((part) => !found.has(part));
  const differs = [...expected].find(([part, value]) => found.has(part) && found.get(part) !== value)?.[0];
  const more = [...found.keys()].find((part) => !expected.has(part));
  if (lost !== undefined) return `${lost}: lost`;
  if (differs !== undefined) return `${differs}: another`;
  return more === undefined ? null : `${more}: the undisturbed run has none`;
}

/** Bit for bit: JSON knows neither typed arrays nor NaN nor -0. */
function digest(value: unknown): string {
  const text = JSON.stringify(value, (_key, each: unknown) => {
    if (ArrayBuffer.isView(each))
      return Buffer.from(each.buffer, each.byteOffset, each.byteLength).toString('base64');
    return typeof each === 'number' && (!Number.isFinite(each) || Object.is(each, -0))
      ? `${each} ${1 / each}`
      : each;
  });
  return createHash('sha256').update(text).digest('hex');
}
