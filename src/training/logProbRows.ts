// Log-probs over the whole vocabulary, row by row, and the exact KL between two pictures.

import type { EngineModel, SequenceBatch } from '../engine/types.ts';
import { exactKlRows, logSoftmaxRows } from '../losses/index.ts';

type Rows = { readonly batch: SequenceBatch; readonly rows: Int32Array };

/** Exact KL(real || blank) of every row, [rows], nats: two passes over the same tokens with other pictures. */
export async function pictureKl(policy: EngineModel, real: Rows, blank: Rows): Promise<Float64Array> {
  const [seeing, blind] = [await logProbRows(policy, real, 1), await logProbRows(policy, blank, 1)];
  return exactKlRows(seeing, blind, policy.spec.config.vocabularySize);
}

/** Log-probs over the vocabulary, [rows*vocabulary], in float64. */
export async function logProbRows(
  model: EngineModel,
  { batch, rows }: Rows,
  temperature: number,
): Promise<Float64Array> {
  const { vocabularySize } = model.spec.config;
  return logSoftmaxRows(await model.logits(batch, rows), rows.length, vocabularySize, temperature);
}
