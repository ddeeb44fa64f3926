// Where a rollout keeps what it knows: regions of the buffers `inputs` (from the host) and `state` (from the sampler).

/** Offsets in 4-byte elements. A slot is one sample; a row is a slot that is still being decoded. */
export type RolloutRegions = ReturnType<typeof rolloutRegions>;

export function rolloutRegions(slots: number, maxNewTokens: number) {
  return {
    /** inputs[slots + row]: the slot of a row. */
    slots: 0,
    /** inputs[promptEnd + slot]: position of the first token that is sampled: image tokens + prompt length. */
    promptEnd: slots,
    /** inputs[promptStart + slot]: the row of the cache where its prompt begins. */
    promptStart: 2 * slots,
    /** inputs[promptRows + slot]: rows of its prompt, with the picture's where there is one. */
    promptRows: 3 * slots,
    /** inputs[streamKeys + k]: second Philox key word of the k-th sampled token. */
    streamKeys: 4 * slots,
    /** state[counts + slot]: tokens sampled so far. The last one stands at position promptEnd + count - 1. */
    counts: 0,
    /** state[done + slot]: 1 after `eos` or the last token that was asked for. */
    done: slots,
    /** state[current + slot]: the last sampled token. */
    current: 2 * slots,
    /** state[tokens + slot * maxNewTokens + k] */
    tokens: 3 * slots,
    /** state[logProbs + slot * maxNewTokens + k], float32 bits. */
    logProbs: 3 * slots + slots * maxNewTokens,
    /** Length of `state`. */
    stateLength: 3 * slots + 2 * slots * maxNewTokens,
    /** Words of `inputs` that the rollout uses itself; those of the prefill come after. */
    inputWords: 4 * slots + maxNewTokens,
  };
}
