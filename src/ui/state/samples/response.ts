// A response as the inspector shows it: split into thought and answer, and who agrees on it.

export type Token = { text: string; logProb: number | null };
export type SplitResponse = {
  thought: readonly Token[];
  answer: readonly Token[];
  /** The response opened a thought with `<think>`. */
  opened: boolean;
  /** The thought was closed, so there is an answer. */
  closed: boolean;
  /** `<eos>` was produced. */
  ended: boolean;
};

/** Works on any sequence of tokens, well formed or not; nothing but the three marks is left out. */
export function splitResponse(tokens: readonly string[], logProbs: readonly number[]): SplitResponse {
  const all = tokens.map((text, index) => ({ text, logProb: logProbs[index] ?? null }));
  const ended = all.at(-1)?.text === '<eos>';
  const body = ended ? all.slice(0, -1) : all;
  const opened = body[0]?.text === '<think>';
  const close = body.findIndex((token) => token.text === '</think>');
  if (close < 0) {
    return opened
      ? { thought: body.slice(1), answer: [], opened, closed: false, ended }
      : { thought: [], answer: body, opened, closed: false, ended };
  }
  return {
    thought: body.slice(opened ? 1 : 0, close),
    answer: body.slice(close + 1),
    opened,
    closed: true,
    ended,
  };
}

/** Whether a head and the oracle say the same; both are written `head: class`. */
export function agreement(headVerdict: string, oracleVerdict: string): boolean {
  return headVerdict.replaceAll('_', ' ') === oracleVerdict.replaceAll('_', ' ');
}

/** A token at its place in the response; `mark`: one of `<think>`, `</think>`, `<eos>` where it parts the response. */
export type PlacedToken = { text: string; index: number; mark: boolean };

/** Every token of a response in the part that it belongs to, marks included. */
export function placeTokens(response: readonly string[]): {
  thought: readonly PlacedToken[];
  answer: readonly PlacedToken[];
} {
  const { opened, closed, ended } = splitResponse(response, []);
  const close = closed ? response.indexOf('</think>') : -1;
  const all = response.map((text, index) => ({
    text,
    index,
    mark: (opened && index === 0) || index === close || (ended && index === response.length - 1),
  }));
  const end = closed ? close + 1 : opened ? response.length : 0;
  return { thought: all.slice(0, end), answer: all.slice(end) };
}
