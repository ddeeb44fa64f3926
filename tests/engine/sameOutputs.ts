// What two models with the same weights must say alike of a batch: log-probs, entropy, values, logits, classes, attention.

import { expect } from 'vitest';
import type { EngineModel, SequenceBatch } from '../../src/engine/types.ts';
import { maxDifference, predictedRows } from './support.ts';

const TEMPERATURE = 0.8;

/** Holds every read-out of the two to each other; resolves to the attention on the picture [rows]. */
export async function expectSameOutputs(
  a: EngineModel,
  b: EngineModel,
  batch: SequenceBatch,
): Promise<Float32Array> {
  const { rows, targets } = predictedRows(batch);
  const x = await a.tokenOutputs(batch, rows, targets, TEMPERATURE);
  const y = await b.tokenOutputs(batch, rows, targets, TEMPERATURE);
  expect(maxDifference(x.logp, y.logp)).toBeLessThan(1e-4);
  expect(maxDifference(x.entropy, y.entropy)).toBeLessThan(1e-4);
  expect(maxDifference(x.values!, y.values!)).toBeLessThan(1e-4);
  expect(maxDifference(await a.logits(batch, rows), await b.logits(batch, rows))).toBeLessThan(1e-4);
  expect(maxDifference(await a.classify(batch, rows), await b.classify(batch, rows))).toBeLessThan(1e-4);
  const attention = await a.imageAttention(batch, rows);
  expect(maxDifference(attention, await b.imageAttention(batch, rows))).toBeLessThan(1e-5);
  return attention;
}
