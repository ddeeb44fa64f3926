// What the benchmark asks of a contestant, and the RL iteration made of it, the same for all.

import { mean } from '../../base/numbers.ts';
import { advantagesOf, MINIBATCHES, type Responses } from '../task.ts';
import type { CallCounts, PhaseTimes, RunResult } from '../types.ts';

/** A part of a rollout with what the policy loss needs, [items, RESPONSE_TOKENS] or [items]. */
export type PolicyBatch = {
  from: number;
  to: number;
  responses: Int32Array;
  oldLogp: Float32Array;
  referenceLogp: Float32Array;
  advantages: Float32Array;
};

/** One model on one engine, with its reference and its reward model. Calls do not overlap. */
export interface Contestant {
  /** What it runs on, for a person. */
  readonly adapter: string;
  /** Starting weights, fresh optimiser. */
  reset(): Promise<void>;
  /** One Adam step on the demonstrations; the mean -log pi before it. Resolves when the new weights are there. */
  sftStep(): Promise<number>;
  rollout(round: number, onTokens: (tokens: number) => void): Promise<Responses>;
  /** Class logits of the responses, [batch, CLASSES]. */
  score(responses: Int32Array): Promise<Float32Array>;
  /** Log-probs of the responses under the reference, [batch, RESPONSE_TOKENS]. */
  referenceLogp(responses: Int32Array): Promise<Float32Array>;
  /** One Adam step on the clipped surrogate with reference KL. Resolves when the new weights are there. */
  policyStep(batch: PolicyBatch): Promise<void>;
  /** The engine's own count since the start; null where it has none. */
  counters(): CallCounts | null;
}

/** Parts that are told to whoever waits, so that a run that is cut off leaves what it had. */
export type Tell = (
  phase: keyof PhaseTimes,
  phases: { [phase in keyof PhaseTimes]?: number },
  tokens: number,
) => void;

/** Rollout, scoring, log-probs of the reference, and the update steps. */
export async function rlIteration(
  contestant: Contestant,
  round: number,
  tell: Tell,
): Promise<Omit<RunResult, 'counts'>> {
  const phases: { [phase in keyof PhaseTimes]?: number } = {};
  let tokens = 0;
  const timed = async <T>(phase: keyof PhaseTimes, work: () => Promise<T>): Promise<T> => {
    tell(phase, phases, tokens);
    const start = performance.now();
    const result = await work();
    phases[phase] = performance.now() - start;
    return result;
  };
  const start = performance.now();
  const { tokens: responses, logp } = await timed('rollout', () =>
    contestant.rollout(round, (count) => {
      tokens = count;
      tell('rollout', phases, tokens);
    }),
  );
  const scores = await timed('scoring', () => contestant.score(responses));
  const reference = await timed('reference', () => contestant.referenceLogp(responses));
  const advantages = advantagesOf(scores);
  const items = advantages.length;
  const perItem = logp.length / items;
  await timed('update', async () => {
    for (let part = 0; part < MINIBATCHES; part++) {
      const from = (part * items) / MINIBATCHES;
      const to = ((part + 1) * items) / MINIBATCHES;
      await contestant.policyStep({
        from,
        to,
        responses,
        oldLogp: logp.subarray(from * perItem, to * perItem),
        referenceLogp: reference.subarray(from * perItem, to * perItem),
        advantages: advantages.subarray(from, to),
      });
    }
  });
  return {
    ms: performance.now() - start,
    loss: null,
    sampled: { meanLogp: mean(logp), meanScore: mean(scores) },
    phases: phases as PhaseTimes,
  };
}
