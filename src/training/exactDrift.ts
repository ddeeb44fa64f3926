// The exact KL between the policy before and after an update: what the drift term only stands in for.

import type { EngineModel } from '../engine/types.ts';
import { exactKlRows } from '../losses/index.ts';
import { mean } from './minibatch.ts';
import type { Group } from './rollout.ts';
import type { SequenceEncoder } from './sequences.ts';

/** Exact KL(old || new) per token over the vocabulary, on the first groups of a batch: what the drift term only stands in for. */
export async function exactDrift(
  model: EngineModel,
  encoder: SequenceEncoder,
  groups: readonly Group[],
  before: Float32Array,
  temperature: number,
): Promise<number> {
  const after = await policyLogits(model, encoder, groups);
  const vocabulary = model.spec.config.vocabularySize;
  return mean(
    exactKlRows(
      logSoftmaxRows(before, vocabulary, temperature),
      logSoftmaxRows(after, vocabulary, temperature),
      vocabulary,
    ),
  );
}

/** Logits of every response row of the groups. */
export async function policyLogits(
  model: EngineModel,
  encoder: SequenceEncoder,
  groups: readonly Group[],
): Promise<Float32Array> {
  const { batch, rows } = encoder.responses(
    groups.flatMap((group) =>
      group.samples.map((sample) => ({ prompt: group.prompt, response: sample.response })),
    ),
  );
  return model.logits(batch, rows);
}

function logSoftmaxRows(logits: Float32Array, vocabulary: number, temperature: number): Float64Array {
  const result = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += vocabulary) {
    let top = -Infinity;
    for (let j = 0; j < vocabulary; j++) top = Math.max(top, logits[at + j] / temperature);
    let total = 0;
    for (let j = 0; j < vocabulary; j++) total += Math.exp(logits[at + j] / temperature - top);
    const lse = top + Math.log(total);
    for (let j = 0; j < vocabulary; j++) result[at + j] = logits[at + j] / temperature - lse;
  }
  return result;
}
