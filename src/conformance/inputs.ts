// From a test-vector file to the inputs of the functions that train: log-probs by a backend, rewards, advantages.

import { type AdvantageResult, computeAdvantages } from '../advantages/index.ts';
import { exactKlRows, type Floats, type TokenLossInput } from '../losses/index.ts';
import { normalizedSum } from '../rewards/index.ts';
import type { VectorBackend } from './backend.ts';
import type { VectorFile } from './file.ts';
import { type AdvantageMapping, mapAdvantage } from './nameMap.ts';

/** What the backend gives for a file, shared by all comparisons. B*T rows. */
export type Prepared = Awaited<ReturnType<typeof prepare>>;

export async function prepare(file: VectorFile, backend: VectorBackend) {
  const rows = file.B * file.T;
  const tokens = Int32Array.from(file.token_ids.flat());
  const policyOf = async (nested: number[][][]) => {
    const logits = Float64Array.from(nested.flat(2));
    const { logp, entropy } = await backend.logProbs(logits, tokens, rows, file.V);
    return { logits, logp, entropy, all: await fullLogProbs(backend, logits, rows, file.V) };
  };
  const now = await policyOf(file.logits);
  const old = await policyOf(file.old_logits);
  const reference = await policyOf(file.ref_logits);
  return {
    rows,
    tokens,
    mask: Float64Array.from(file.mask.flat()),
    logits: now.logits,
    logp: now.logp,
    oldLogp: old.logp,
    refLogp: reference.logp,
    entropy: now.entropy,
    /** Exact KL per row, [B*T], nats. */
    klOldNew: exactKlRows(old.all, now.all, file.V),
    klNewRef: exactKlRows(now.all, reference.all, file.V),
  };
}

/** Every row's log-probs over the vocabulary, [rows*V], asked of the backend token by token. */
async function fullLogProbs(backend: VectorBackend, logits: Floats, rows: number, vocab: number) {
  const out = new Float64Array(rows * vocab);
  for (let v = 0; v < vocab; v += 1) {
    const { logp } = await backend.logProbs(logits, new Int32Array(rows).fill(v), rows, vocab);
    for (let r = 0; r < rows; r += 1) out[r * vocab + v] = logp[r];
  }
  return out;
}

/** Consecutive rows of `values` [B] by group. */
export function byGroup<Value>(values: readonly Value[], groupSize: number): Value[][] {
  return Array.from({ length: Math.ceil(values.length / groupSize) }, (_, g) =>
    values.slice(g * groupSize, (g + 1) * groupSize),
  );
}

/** Our own advantages for a key of the vectors. */
export function advantagesOf(file: VectorFile, prepared: Prepared, key: string): AdvantageResult {
  const configs = Object.values(file.losses)
    .filter((loss) => loss.advantage === key)
    .map((loss) => loss.config);
  const mapping = mapAdvantage(key, configs);
  if (mapping === null) {
    throw new Error(`unknown advantage '${key}': add it to src/conformance/nameMap.ts`);
  }
  const input = {
    batch: file.B,
    time: file.T,
    groupSize: file.G,
    rewards: rewardsOf(file, mapping.rewards),
    mask: prepared.mask,
    oldLogp: prepared.oldLogp,
    refLogp: prepared.refLogp,
    values: Float64Array.from(file.values_old.flat()),
  };
  const rewards = mapping.rewards === 'rloo' ? computeAdvantages('rloo', input).sequence : null;
  return computeAdvantages(
    mapping.advantage,
    { ...input, rewards: rewards ?? input.rewards },
    mapping.options,
  );
}

/** Rewards [B] before the estimator; `normalized_terms` with the epsilon of TRL, which training does without. */
function rewardsOf(file: VectorFile, rewards: AdvantageMapping['rewards']): number[] {
  if (rewards !== 'normalized_terms') return file.rewards;
  return byGroup(file.rewards_per_func, file.G).flatMap((group) =>
    normalizedSum(
      file.reward_weights.map((_, k) => group.map((terms) => terms[k])),
      file.reward_weights,
      1e-4,
    ),
  );
}

/** The input of a token loss whose advantages have this key. */
export function lossInput(file: VectorFile, prepared: Prepared, advantage: string) {
  const { logp, oldLogp, refLogp, mask } = prepared;
  return {
    batch: file.B,
    time: file.T,
    groupSize: file.G,
    logp,
    oldLogp,
    refLogp,
    advantage: advantagesOf(file, prepared, advantage).token,
    mask,
  } satisfies TokenLossInput;
}
