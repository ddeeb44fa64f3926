// The exact KL over the vocabulary, on some responses of a batch: of the policy to its reference, and of an update.

import { mean } from '../base/numbers.ts';
import type { EngineModel } from '../engine/types.ts';
import { exactKlRows } from '../losses/index.ts';
import type { RunState } from './context.ts';
import { logProbRows } from './logProbRows.ts';
import { spread } from './padded.ts';
import type { SequenceItem } from './sequences.ts';

/** Sequences of a forward pass, and the responses that the exact KL is measured on, at most. */
export const FORWARD_BATCH = 64;

/** What the policy gave before its update, on the responses that its drift is measured on. */
export type BeforeUpdate = { items: readonly SequenceItem[]; logProbs: Float64Array };

/**
 * Log-probs of all samples under the reference, [samples*time], and the mean exact KL(policy || reference) per token, nats, over
 * at most `FORWARD_BATCH` responses that lie evenly in the batch: no single token can rule it, as it can rule a mean of k3.
 * @param probes so many of those responses are kept for `exactDrift`.
 */
export async function referenceKl(
  { policy, encoder }: Pick<RunState, 'policy' | 'encoder'>,
  reference: EngineModel,
  items: readonly SequenceItem[],
  { time, temperature, probes }: { time: number; temperature: number; probes: number },
): Promise<{ logp: Float64Array; kl: number; before: BeforeUpdate }> {
  const { vocabularySize } = policy.spec.config;
  const logp = new Float64Array(items.length * time);
  const put = (chosen: readonly number[], values: ArrayLike<number>, offsets: Int32Array) => {
    const padded = spread(values, offsets, time);
    chosen.forEach((item, b) => {
      logp.set(padded.subarray(b * time, (b + 1) * time), item * time);
    });
  };
  const stride = Math.max(1, Math.ceil(items.length / FORWARD_BATCH));
  const [measured, others] = [true, false].map((wanted) =>
    [...items.keys()].filter((i) => (i % stride === 0) === wanted),
  );
  const asked = measured.map((i) => items[i]);
  const { batch, rows, targets, offsets } = encoder.responses(asked);
  const own = await logProbRows(policy, { batch, rows }, temperature);
  const theirs = await logProbRows(reference, { batch, rows }, temperature);
  const ofTargets = Float64Array.from(targets, (target, row) => theirs[row * vocabularySize + target]);
  put(measured, ofTargets, offsets);
  // The rest needs the reference alone, and of it one number a token.
  for (let start = 0; start < others.length; start += FORWARD_BATCH) {
    const chosen = others.slice(start, start + FORWARD_BATCH);
    const rest = encoder.responses(chosen.map((i) => items[i]));
    const outputs = await reference.tokenOutputs(rest.batch, rest.rows, rest.targets, temperature);
    put(chosen, outputs.logp, rest.offsets);
  }
  const kept = Math.min(probes, asked.length);
  return {
    logp,
    kl: mean(exactKlRows(own, theirs, vocabularySize)),
    before: { items: asked.slice(0, kept), logProbs: own.slice(0, offsets[kept] * vocabularySize) },
  };
}

/** Mean exact KL(old || new) per token of an update: what the drift term only stands in for. */
export async function exactDrift(
  { policy, encoder }: Pick<RunState, 'policy' | 'encoder'>,
  { items, logProbs }: BeforeUpdate,
  temperature: number,
): Promise<number> {
  const after = await logProbRows(policy, encoder.responses(items), temperature);
  return mean(exactKlRows(logProbs, after, policy.spec.config.vocabularySize));
}
