// The parts of a response that the reward reads: thought, answer, and whether the shape is right.

import { EOS, splitResponse as splitByWorld } from '../world/index.ts';

export type ResponseParts = {
  /** Tokens between `<think>` and `</think>`. */
  thought: readonly number[];
  /** Tokens after `</think>` and before `<eos>`: what the heads judge. Without `</think>` all of it, as in the public code. */
  answer: readonly number[];
  /** `<eos>` was emitted, i.e. the response was not cut off by the length limit. */
  ended: boolean;
  /** `<think>` thought `</think>` answer `<eos>`, both parts non-empty and free of special tokens. */
  formatted: boolean;
};

/**
 * The world's split, so that heads and oracle judge the same tokens, and a stricter shape: an oracle that judges stored answers
 * does without `<eos>`, a policy has to emit it.
 */
export function splitResponse(response: readonly number[]): ResponseParts {
  const { thought, answer, format } = splitByWorld(response);
  const ended = response.includes(EOS);
  return { thought, answer, ended, formatted: format && ended };
}
