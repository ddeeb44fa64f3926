// A response as it is shown: its tokens parted into thought and answer, and how keys move over them.

/** A token at its place in the response; `mark`: one of `<think>`, `</think>`, `<eos>` where it parts the response. */
export type PlacedToken = { text: string; index: number; mark: boolean };

export type SplitResponse = {
  /** Both with their marks. */
  thought: readonly PlacedToken[];
  answer: readonly PlacedToken[];
  /** The response opened a thought with `<think>`. */
  opened: boolean;
  /** The thought was closed, so there is an answer. */
  closed: boolean;
  /** `<eos>` was produced. */
  ended: boolean;
};

/** Works on any sequence of tokens, well formed or not: each is in one of the two parts. */
export function splitResponse(response: readonly string[]): SplitResponse {
  const opened = response[0] === '<think>';
  const close = response.indexOf('</think>');
  const closed = close >= 0;
  const last = response.length - 1;
  const ended = response[last] === '<eos>';
  const tokens = response.map((text, index) => ({
    text,
    index,
    mark: (opened && index === 0) || index === close || (ended && index === last),
  }));
  const end = closed ? close + 1 : opened ? response.length : 0;
  return { thought: tokens.slice(0, end), answer: tokens.slice(end), opened, closed, ended };
}

/** The tokens of a part that are words of it. */
export function wordsOf(part: readonly PlacedToken[]): readonly PlacedToken[] {
  return part.filter(({ mark }) => !mark);
}

/** Places in the response of the words of thought and answer. */
export function shownTokens(response: readonly string[]): number[] {
  const { thought, answer } = splitResponse(response);
  return wordsOf([...thought, ...answer]).map(({ index }) => index);
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
