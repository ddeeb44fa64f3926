// The exact KL between the policy before and after an update: what the drift term only stands in for.

import { mean } from '../base/numbers.ts';
import type { EngineModel } from '../engine/types.ts';
import { exactKlRows, logSoftmaxRows } from '../losses/index.ts';
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
  const logProbs = (logits: Float32Array) =>
    logSoftmaxRows(
      Float64Array.from(logits, (logit) => logit / temperature),
      logits.length / vocabulary,
      vocabulary,
    );
  return mean(exactKlRows(logProbs(before), logProbs(after), vocabulary));
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
