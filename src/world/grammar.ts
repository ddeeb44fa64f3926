// A tiny template grammar: one table of templates both writes texts and recognises them.
//
// A template is words and slots. A slot is an upper-case symbol with an optional number (`COLOR1`): either a word
// class or another list of templates. `(a|b|)` in a source line stands for alternatives and is expanded.

/** A recognised phrase: its words, and what stands in its slots. */
export type Phrase = { words: readonly string[]; slots: Readonly<Record<string, Phrase>> };

/** The first word of a phrase; empty without one. */
export const first = (phrase: Phrase | undefined): string => phrase?.words[0] ?? '';

type Slot = { name: string; symbol: string };
/** `words`: those that a text of it holds in any case. */
type Template = { parts: readonly (string | Slot)[]; words: readonly string[] };
type Reading = { end: number; slots: Record<string, Phrase> };

const SLOT = /^[A-Z]+\d*$/;

/** Source lines with `(a|b|)` alternatives to plain templates. */
export function expand(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const group = line.match(/\(([^()]*)\)/);
    if (!group) return line.trim().replace(/\s+/g, ' ');
    return expand(group[1].split('|').map((choice) => line.replace(group[0], choice)));
  });
}

/** A template with its slots replaced by text. Throws when a slot is not given. */
export function fill(template: string, slots: Readonly<Record<string, string>>): string {
  return template
    .split(' ')
    .map((part) => {
      if (!SLOT.test(part)) return part;
      const text = slots[part];
      if (text === undefined) throw new Error(`Template "${template}" needs the slot ${part}`);
      return text;
    })
    .join(' ');
}

/** A recogniser for word classes (`classes`) and lists of templates (`rules`). */
export class Grammar {
  private readonly classes: Map<string, ReadonlySet<string>>;
  private readonly rules: Map<string, readonly Template[]>;

  constructor(
    classes: Readonly<Record<string, readonly string[]>>,
    rules: Readonly<Record<string, readonly string[]>>,
  ) {
    this.classes = new Map(Object.entries(classes).map(([name, words]) => [name, new Set(words)]));
    this.rules = new Map(Object.entries(rules).map(([name, lines]) => [name, expand(lines).map(compile)]));
    for (const templates of this.rules.values()) {
      for (const part of templates.flatMap(({ parts }) => parts)) {
        if (typeof part !== 'string' && !this.classes.has(part.symbol) && !this.rules.has(part.symbol)) {
          throw new Error(`Grammar has no symbol ${part.symbol}`);
        }
      }
    }
  }

  /** The phrase if all of `words` is one `symbol`, else null. */
  match(symbol: string, words: readonly string[]): Phrase | null {
    return this.matchesAt(symbol, words, 0).find((match) => match.end === words.length)?.phrase ?? null;
  }

  /** All ways to read a `symbol` starting at `start`; `present` are the words as a set. */
  matchesAt(
    symbol: string,
    words: readonly string[],
    start: number,
    present: ReadonlySet<string> = new Set(words),
  ): { end: number; phrase: Phrase }[] {
    const members = this.classes.get(symbol);
    if (members) {
      if (start >= words.length || !members.has(words[start])) return [];
      return [{ end: start + 1, phrase: { words: [words[start]], slots: {} } }];
    }
    const found: { end: number; phrase: Phrase }[] = [];
    for (const template of this.rules.get(symbol) ?? []) {
      const { parts } = template;
      const first = parts[0];
      if (typeof first === 'string' && first !== words[start]) continue;
      // Every part takes a word at least; most templates end here.
      if (parts.length > words.length - start || !template.words.every((word) => present.has(word))) continue;
      for (const { end, slots } of this.follow(template, words, start, present)) {
        found.push({ end, phrase: { words: words.slice(start, end), slots } });
      }
    }
    return found;
  }

  private follow(
    { parts }: Template,
    words: readonly string[],
    start: number,
    present: ReadonlySet<string>,
  ): Reading[] {
    let readings: Reading[] = [{ end: start, slots: {} }];
    for (const part of parts) {
      readings = readings.flatMap(({ end, slots }): Reading[] => {
        if (typeof part === 'string') return words[end] === part ? [{ end: end + 1, slots }] : [];
        const matches = this.matchesAt(part.symbol, words, end, present);
        return matches.map((match) => ({ end: match.end, slots: { ...slots, [part.name]: match.phrase } }));
      });
      if (readings.length === 0) return [];
    }
    return readings;
  }
}

function compile(template: string): Template {
  const parts = template
    .split(' ')
    .map((part) => (SLOT.test(part) ? { name: part, symbol: part.replace(/\d+$/, '') } : part));
  return { parts, words: parts.filter((part) => typeof part === 'string') };
}
