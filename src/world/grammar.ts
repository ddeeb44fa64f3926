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
/** One way to read a symbol: the place after its last word. */
export type Match = { end: number; phrase: Phrase };
/** A template that is held against words from `start` on. */
type Reading = {
  parts: Template['parts'];
  words: readonly string[];
  start: number;
  found: Match[];
};

const SLOT = /^[A-Z]+\d*$/;

/** Source lines with `(a|b|)` alternatives to plain templates. */
export function expand(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const group = line.match(/\(([^()]*)\)/);
    if (!group) return line.trim().replace(/\s+/g, ' ');
    return expand(group[1].split('|').map((choice) => line.replace(group[0], choice)));
  });
}

/** Templates that were filled before, cut at their slots. */
const compiled = new Map<string, Template>();

/** A template with its slots replaced by text. Throws when a slot is not given. */
export function fill(template: string, slots: Readonly<Record<string, string>>): string {
  let known = compiled.get(template);
  if (!known) {
    known = compile(template);
    compiled.set(template, known);
  }
  let filled = '';
  for (const part of known.parts) {
    const text = typeof part === 'string' ? part : slots[part.name];
    if (text === undefined) throw new Error(`Template "${template}" needs a slot that is not given`);
    filled = filled === '' ? text : `${filled} ${text}`;
  }
  return filled;
}

/** A recogniser for word classes (`classes`) and lists of templates (`rules`). */
export class Grammar {
  private readonly classes: Map<string, ReadonlySet<string>>;
  /** Templates of each rule by the words that can begin their texts, in the order of the rule. */
  private readonly rules = new Map<string, ReadonlyMap<string, readonly Template[]>>();

  /** @throws Error on a symbol that is in neither table, and on a rule that begins with itself. */
  constructor(
    classes: Readonly<Record<string, readonly string[]>>,
    rules: Readonly<Record<string, readonly string[]>>,
  ) {
    this.classes = new Map(Object.entries(classes).map(([name, words]) => [name, new Set(words)]));
    const compiled = new Map(
      Object.entries(rules).map(([name, lines]) => [name, expand(lines).map(compile)]),
    );
    for (const part of [...compiled.values()].flat().flatMap(({ parts }) => parts)) {
      if (typeof part !== 'string' && !this.classes.has(part.symbol) && !compiled.has(part.symbol)) {
        throw new Error(`Grammar has no symbol ${part.symbol}`);
      }
    }
    for (const name of compiled.keys()) this.index(name, compiled, []);
  }

  /** Words that a text of the symbol can begin with; a rule's templates are put under theirs. */
  private index(
    symbol: string,
    rules: ReadonlyMap<string, readonly Template[]>,
    above: readonly string[],
  ): Iterable<string> {
    const known = this.classes.get(symbol) ?? this.rules.get(symbol)?.keys();
    if (known) return known;
    if (above.includes(symbol)) throw new Error(`Grammar rule ${symbol} begins with itself`);
    const byWord = new Map<string, Template[]>();
    for (const template of rules.get(symbol) ?? []) {
      const [first] = template.parts;
      const words = typeof first === 'string' ? [first] : this.index(first.symbol, rules, [...above, symbol]);
      for (const word of words) byWord.set(word, [...(byWord.get(word) ?? []), template]);
    }
    this.rules.set(symbol, byWord);
    return byWord.keys();
  }

  /** A text of the template: each slot holds a word that may stand there, and two slots of a kind hold two words. */
  example(template: string): string {
    const { parts } = compile(template);
    const used = new Map<string, number>();
    const textOf = (part: string | Slot): string => {
      if (typeof part === 'string') return part;
      const at = used.get(part.symbol) ?? 0;
      used.set(part.symbol, at + 1);
      const members = [...(this.classes.get(part.symbol) ?? [])];
      if (members.length > 0) return members[(at + 2) % members.length];
      const [first] = [...(this.rules.get(part.symbol)?.values() ?? [])];
      return first?.[0].parts.map(textOf).join(' ') ?? '';
    };
    return parts.map(textOf).join(' ');
  }

  /** Words that a text of the rule can begin with. */
  firstWords(rule: string): Iterable<string> {
    return this.rules.get(rule)?.keys() ?? [];
  }

  /** The phrase if all of `words` is one `symbol`, else null. */
  match(symbol: string, words: readonly string[]): Phrase | null {
    return this.matchesAt(symbol, words, 0).find(({ end }) => end === words.length)?.phrase ?? null;
  }

  /** All ways to read a `symbol` starting at `start`. */
  matchesAt(symbol: string, words: readonly string[], start: number): Match[] {
    if (start >= words.length) return [];
    const members = this.classes.get(symbol);
    if (members) {
      return members.has(words[start])
        ? [{ end: start + 1, phrase: { words: [words[start]], slots: {} } }]
        : [];
    }
    const found: Match[] = [];
    for (const template of this.rules.get(symbol)?.get(words[start]) ?? []) {
      // Every part takes a word at least; most templates end here.
      if (template.parts.length > words.length - start) continue;
      if (!template.words.every((word) => words.includes(word, start))) continue;
      this.follow({ parts: template.parts, words, start, found }, 0, start, {});
    }
    return found;
  }

  /** Adds all readings whose parts before `at` end at `end` with these slots. */
  private follow(reading: Reading, at: number, end: number, slots: Phrase['slots']): void {
    const { parts, words, start, found } = reading;
    if (at === parts.length) {
      found.push({ end, phrase: { words: words.slice(start, end), slots } });
      return;
    }
    const part = parts[at];
    if (typeof part === 'string') {
      if (words[end] === part) this.follow(reading, at + 1, end + 1, slots);
      return;
    }
    for (const match of this.matchesAt(part.symbol, words, end)) {
      this.follow(reading, at + 1, match.end, { ...slots, [part.name]: match.phrase });
    }
  }
}

function compile(template: string): Template {
  const parts = template
    .split(' ')
    .map((part) => (SLOT.test(part) ? { name: part, symbol: part.replace(/\d+$/, '') } : part));
  return { parts, words: parts.filter((part) => typeof part === 'string') };
}
