// Where a rollout keeps what it knows: regions of the buffers `inputs` (from the host) and `state` (from the sampler).

/** Offsets in 4-byte elements. A slot is one sample; a row is a slot that is still being decoded. */
export type RolloutRegions = {
  /** inputs[slots + row]: the slot of a row. */
  slots: number;
  /** inputs[promptEnd + slot]: position of the first token that is sampled: image tokens + prompt length. */
  promptEnd: number;
  /** inputs[slotKeyStart + slot]: first key that may be seen (the image tokens are hidden where there is no picture). */
  slotKeyStart: number;
  /** inputs[streamKeys + k]: second Philox key word of the k-th sampled token. */
  streamKeys: number;
  /** state[counts + slot]: tokens sampled so far. The last one stands at position promptEnd + count - 1. */
  counts: number;
  /** state[done + slot]: 1 after `eos` or the last token that was asked for. */
  done: number;
  /** state[current + slot]: the last sampled token. */
  current: number;
  /** state[tokens + slot * maxNewTokens + k] */
  tokens: number;
  /** state[logProbs + slot * maxNewTokens + k], float32 bits. */
  logProbs: number;
};

/** Length of the `state` buffer and the regions in it. */
export function stateRegions(slots: number, maxNewTokens: number) {
  return {
    counts: 0,
    done: slots,
    current: 2 * slots,
    tokens: 3 * slots,
    logProbs: 3 * slots + slots * maxNewTokens,
    length: 3 * slots + 2 * slots * maxNewTokens,
  };
}
