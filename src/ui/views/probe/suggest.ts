// Suggestions for the word that is being written.

export type WordSpan = { start: number; end: number; word: string };

/** The word around the caret; empty where there is none. */
export function wordAt(text: string, caret: number): WordSpan {
  let [start, end] = [caret, caret];
  while (start > 0 && !/\s/.test(text[start - 1] ?? ' ')) start--;
  while (end < text.length && !/\s/.test(text[end] ?? ' ')) end++;
  return { start, end, word: text.slice(start, end) };
}

/** Known words that begin like this one; none for an empty one or for one that is whole. */
export function suggestions(word: string, known: readonly string[], limit = 8): string[] {
  if (word === '') return [];
  const found = known.filter((each) => each.startsWith(word));
  return found.length === 1 && found[0] === word ? [] : found.slice(0, limit);
}

/** The text with another word in the place of one, and where the caret stands then: after it and one space. */
export function withWord(
  text: string,
  { start, end }: WordSpan,
  word: string,
): { text: string; caret: number } {
  const rest = text.slice(end);
  const spaced = /^\s/.test(rest) ? rest : ` ${rest}`;
  return { text: `${text.slice(0, start)}${word}${spaced}`, caret: start + word.length + 1 };
}

/** Every place of an unknown word gets the known one. */
export function corrected(text: string, unknown: string, known: string): string {
  return text
    .split(/(\s+)/)
    .map((part) => (part === unknown ? known : part))
    .join('');
}

/** Whether the last word may still become a known one, so that nobody is corrected in the midst of it. */
export function isUnfinished(text: string, known: readonly string[]): boolean {
  const { word } = wordAt(text, text.length);
  return word !== '' && !known.includes(word) && known.some((each) => each.startsWith(word));
}

export function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
