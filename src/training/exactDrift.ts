// The exact KL between the policy before and after an update.

import { mean } from '../base/numbers.ts';
import { exactKlRows, logSoftmaxRows } from '../losses/index.ts';
import type { RunState } from './context.ts';
import { type Group, itemsOf } from './rollout.ts';

/** Exact KL(old || new) per token over the vocabulary, on the first groups of a batch: what the drift term only stands in for. */
export async function exactDrift(
  state: Pick<RunState, 'policy' | 'encoder'>,
  groups: readonly Group[],
  before: Float32Array,
  temperature: number,
): Promise<number> {
  const after = await policyLogits(state, groups);
  const vocabulary = state.policy.spec.config.vocabularySize;
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
  state: Pick<RunState, 'policy' | 'encoder'>,
  groups: readonly Group[],
): Promise<Float32Array> {
  const { batch, rows } = state.encoder.responses(itemsOf(groups));
  return state.policy.logits(batch, rows);
}
