// A stored group whole: its prompt, its responses with terms, verdicts and advantages, and how a later policy sees them.

import type { StoredGroup } from '../protocol/inspector.ts';
import type { SampleBatch } from '../storage/types.ts';
import { shownVerdict } from '../training/verdicts.ts';
import { type Prompt, type World, wordOf } from '../world/index.ts';
import type { OpenPolicy } from './modelCache.ts';
import { viewOfPrompt } from './prompts.ts';

/** The prompt and the responses of group `g` of a batch. */
export function itemsOf(
  world: World,
  batch: SampleBatch,
  g: number,
): { prompt: Prompt; response: Int32Array; s: number }[] {
  const prompt = world.promptById(batch.promptIds[g]);
  return Array.from({ length: batch.groupSize }, (_, i) => {
    const s = g * batch.groupSize + i;
    return { prompt, response: batch.responseTokens.slice(batch.offsets[s], batch.offsets[s + 1]), s };
  });
}

/** `under`: the policy whose probabilities are held against the stored ones; all else is as it was stored. */
export async function storedGroup(
  world: World,
  batch: SampleBatch,
  g: number,
  under: OpenPolicy | null,
): Promise<StoredGroup> {
  const items = itemsOf(world, batch, g);
  const [{ prompt }] = items;
  const logProbs = under && (await logProbsUnder(under, items));
  return {
    step: batch.step,
    group: g,
    stage: batch.stage,
    policyVersion: batch.policyVersion,
    discarded: batch.discarded?.[g] === 1,
    prompt: viewOfPrompt(world, prompt),
    samples: items.map(({ response, s }, i) => ({
      response: Array.from(response, wordOf),
      logProbs: Array.from(batch.oldLogProbs.subarray(batch.offsets[s], batch.offsets[s + 1])),
      terms: Object.fromEntries(Object.entries(batch.terms).map(([term, values]) => [term, values[s]])),
      ...shownVerdict(prompt.label, batch, s),
      advantage: batch.advantages[s],
      ratios:
        logProbs &&
        Array.from(logProbs[i], (logp, t) => Math.exp(logp - batch.oldLogProbs[batch.offsets[s] + t])),
    })),
  };
}

/** Log-prob of every token of the responses, nats, at the temperature of the rollout. */
export async function logProbsUnder(
  { model, encoder, settings }: OpenPolicy,
  items: readonly { prompt: Prompt; response: Int32Array }[],
): Promise<Float32Array[]> {
  const { batch: sequences, rows, targets, offsets } = encoder.responses(items);
  const { logp } = await model.tokenOutputs(sequences, rows, targets, settings.temperature);
  return items.map((_, i) => logp.slice(offsets[i], offsets[i + 1]));
}
