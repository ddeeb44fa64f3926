// The tokens of a response that are drawn, and how keys move over them.

import { splitResponse } from './response.ts';

/** Places in the response of the tokens of thought and answer; the marks around them are not drawn. */
export function shownTokens(response: readonly string[]): number[] {
  const { thought, answer, opened, closed } = splitResponse(response, []);
  const thoughtAt = opened ? 1 : 0;
  const answerAt = thoughtAt + thought.length + (closed ? 1 : 0);
  return [...thought.map((_, i) => thoughtAt + i), ...answer.map((_, i) => answerAt + i)];
}

/** The token that a key leads to from this one; null for keys that move nothing. */
export function movedToken(shown: readonly number[], token: number | null, key: string): number | null {
  const at = token === null ? -1 : shown.indexOf(token);
  const last = shown.length - 1;
  const places: { readonly [key: string]: number } = {
    ArrowLeft: Math.max(0, at - 1),
    ArrowUp: Math.max(0, at - 1),
    ArrowRight: Math.min(last, at + 1),
    ArrowDown: Math.min(last, at + 1),
    Home: 0,
    End: last,
  };
  const place = places[key];
  return place === undefined ? null : (shown[place] ?? null);
}
