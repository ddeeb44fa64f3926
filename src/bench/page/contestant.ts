// What the benchmark asks of a contestant, and the measures made of it, the same for all.

import { mean, sum } from '../../base/numbers.ts';
import type { GenerateRequest } from '../../engine/types.ts';
import type { Simd } from '../../terms/origin.ts';
import { advantagesOf, type Judged, type Responses, type Scored, type Work } from '../task.ts';
import type { CallCounts, PhaseTimes, RunResult } from '../types.ts';

/** What the policy loss needs beside the sequences: a number a row, or a sequence. */
export type PolicyTargets = { oldLogp: Float32Array; referenceLogp: Float32Array; advantages: Float32Array };

/** One model on one engine, with its reference and its reward model. Calls do not overlap. */
export interface Contestant {
  /** What it runs on, for a person. */
  readonly adapter: string;
  /** The build of our kernels; null of everything else. */
  readonly simd: Simd | null;
  /** Starting weights, fresh optimisers. */
  reset(): Promise<void>;
  /** One Adam step on demonstrations; the mean -log pi before it. Resolves when the new weights are there. */
  sftStep(batch: Scored): Promise<number>;
  /** One Adam step of the classifier; the mean cross-entropy before it. */
  headsStep(batch: Judged): Promise<number>;
  rollout(request: GenerateRequest, onTokens: (tokens: number) => void): Promise<Responses>;
  /** Class logits, [sequences, CLASSES]. */
  score(batch: Judged): Promise<Float32Array>;
  /** Log-probs of the responses under the reference, one a row. */
  referenceLogp(batch: Scored): Promise<Float32Array>;
  /** One Adam step on the clipped surrogate with reference KL. Resolves when the new weights are there. */
  policyStep(batch: Scored, targets: PolicyTargets): Promise<void>;
  /** The engine's own count since the start; null where it has none. */
  counters(): CallCounts | null;
}

/** Parts that are told to whoever waits, so that a run that is cut off leaves what it had. */
export type Tell = (
  phase: keyof PhaseTimes,
  phases: { [phase in keyof PhaseTimes]?: number },
  tokens: number,
) => void;

type Figures = Omit<RunResult, 'counts'>;

/** Optimiser steps over batches: milliseconds of one, and the mean of their losses. */
export async function steps<Batch>(
  batches: readonly Batch[],
  step: (batch: Batch) => Promise<number>,
): Promise<Figures> {
  const losses: number[] = [];
  const start = performance.now();
  for (const batch of batches) losses.push(await step(batch));
  const ms = (performance.now() - start) / batches.length;
  return { ms, loss: mean(losses), sampled: null, phases: null };
}

/** Rollout, scoring, log-probs of the reference, and the update steps. */
export async function rlIteration(
  contestant: Contestant,
  work: Work,
  round: number,
  tell: Tell,
): Promise<Figures> {
  const phases: { [phase in keyof PhaseTimes]?: number } = {};
  let tokens = 0;
  const timed = async <T>(phase: keyof PhaseTimes, run: () => Promise<T>): Promise<T> => {
    tell(phase, phases, tokens);
    const start = performance.now();
    const result = await run();
    phases[phase] = performance.now() - start;
    return result;
  };
  const sampled = await timed('rollout', () =>
    contestant.rollout(work.request(round), (count) => {
      tokens = count;
      tell('rollout', phases, tokens);
    }),
  );
  const iteration = work.iteration(sampled.tokens);
  const scores = await timed('scoring', () => inTurn(iteration.scoring, (batch) => contestant.score(batch)));
  const reference = await timed('reference', () =>
    inTurn(iteration.reference, (batch) => contestant.referenceLogp(batch)),
  );
  const old = iteration.sampled ? sampled.logp : reference;
  const advantages = advantagesOf(scores);
  await timed('update', async () => {
    let [item, row] = [0, 0];
    for (const part of iteration.update) {
      const [items, rows] = [item + part.batch.batch, row + part.rows.length];
      await contestant.policyStep(part, {
        oldLogp: old.subarray(row, rows),
        referenceLogp: reference.subarray(row, rows),
        advantages: advantages.subarray(item, items),
      });
      [item, row] = [items, rows];
    }
  });
  return {
    ms: sum(Object.values(phases)),
    loss: null,
    sampled: { meanLogp: mean(sampled.logp), meanScore: mean(scores) },
    phases: phases as PhaseTimes,
  };
}

/** The outputs of batches, one after the other. */
async function inTurn<Batch>(
  batches: readonly Batch[],
  run: (batch: Batch) => Promise<Float32Array>,
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (const batch of batches) parts.push(await run(batch));
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
