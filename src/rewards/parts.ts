// Splits a response into its thought and its answer; every reward term reads the response through this.

import { END_THINK, EOS, SPECIAL_TOKENS, THINK } from '../world/vocabulary.ts';

export type ResponseParts = {
  /** Tokens between `<think>` and `</think>`. */
  thought: readonly number[];
  /** Tokens after `</think>` and before `<eos>`: what the heads judge. */
  answer: readonly number[];
  /** `<eos>` was emitted, i.e. the response was not cut off by the length limit. */
  ended: boolean;
  /** `<think>` thought `</think>` answer `<eos>`, both parts non-empty and free of special tokens. */
  formatted: boolean;
};

/**
 * Splits at `</think>` (the last one, should there be several). Tokens after the first `<eos>` are padding.
 * A thought that is never closed leaves an empty answer; a response with no marker at all is all answer.
 */
export function splitResponse(response: readonly number[]): ResponseParts {
  const eosAt = response.indexOf(EOS);
  const ended = eosAt >= 0;
  const body = ended ? response.slice(0, eosAt) : response.slice();
  const opened = body[0] === THINK;
  const closeAt = body.lastIndexOf(END_THINK);
  const start = opened ? 1 : 0;
  const unclosedThought = closeAt < 0 && opened;
  const thought = closeAt >= 0 ? body.slice(start, closeAt) : unclosedThought ? body.slice(1) : [];
  const answer = closeAt >= 0 ? body.slice(closeAt + 1) : unclosedThought ? [] : body;
  const plain = (tokens: readonly number[]) =>
    tokens.length > 0 && !tokens.some((token) => SPECIAL_TOKENS.has(token));
  const formatted = ended && opened && closeAt > 0 && plain(thought) && plain(answer);
  return { thought, answer, ended, formatted };
}
