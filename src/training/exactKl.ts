// The exact KL over the vocabulary, on rows of responses: of an update, and of the policy to its reference.

import { mean, sum } from '../base/numbers.ts';
import type { EngineModel } from '../engine/types.ts';
import { exactKlRows, logSoftmaxRows } from '../losses/index.ts';
import type { RunState } from './context.ts';
import { spread } from './padded.ts';
import { type Group, itemsOf } from './rollout.ts';
import type { SequenceItem } from './sequences.ts';

/** Sequences of a forward pass. */
export const FORWARD_BATCH = 64;

/** Exact KL(old || new) per token over the vocabulary, on the first groups of a batch: what the drift term only stands in for. */
export async function exactDrift(
  state: Pick<RunState, 'policy' | 'encoder'>,
  groups: readonly Group[],
  before: Float32Array,
  temperature: number,
): Promise<number> {
  const after = await policyLogits(state, groups);
  const { vocabularySize } = state.policy.spec.config;
  const logProbs = (logits: Float32Array) => logProbsOf(logits, temperature, vocabularySize);
  return mean(exactKlRows(logProbs(before), logProbs(after), vocabularySize));
}

/** Logits of every response row of the groups. */
export async function policyLogits(
  state: Pick<RunState, 'policy' | 'encoder'>,
  groups: readonly Group[],
): Promise<Float32Array> {
  const { batch, rows } = state.encoder.responses(itemsOf(groups));
  return state.policy.logits(batch, rows);
}

/**
 * Log-probs of all samples under the reference, [samples*time], and the mean over their tokens of the exact
 * KL(policy || reference), nats: no single token can rule it, as it can rule a mean of k3.
 */
export async function referenceKl(
  { policy, encoder }: Pick<RunState, 'policy' | 'encoder'>,
  reference: EngineModel,
  items: readonly SequenceItem[],
  time: number,
  temperature: number,
): Promise<{ logp: Float64Array; kl: number }> {
  const { vocabularySize } = policy.spec.config;
  const logp = new Float64Array(items.length * time);
  let total = 0;
  let tokens = 0;
  for (let start = 0; start < items.length; start += FORWARD_BATCH) {
    const { batch, rows, targets, offsets } = encoder.responses(items.slice(start, start + FORWARD_BATCH));
    const own = logProbsOf(await policy.logits(batch, rows), temperature, vocabularySize);
    const theirs = logProbsOf(await reference.logits(batch, rows), temperature, vocabularySize);
    total += sum(exactKlRows(own, theirs, vocabularySize));
    tokens += rows.length;
    const ofTargets = Float64Array.from(targets, (target, row) => theirs[row * vocabularySize + target]);
    logp.set(spread(ofTargets, offsets, time), start * time);
  }
  return { logp, kl: total / Math.max(1, tokens) };
}

function logProbsOf(logits: Float32Array, temperature: number, vocabulary: number): Float64Array {
  const scaled = Float64Array.from(logits, (logit) => logit / temperature);
  return logSoftmaxRows(scaled, logits.length / vocabulary, vocabulary);
}
