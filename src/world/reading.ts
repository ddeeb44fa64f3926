// Reads an answer as a sequence of clauses; every word must belong to one.

import { extent } from '../base/numbers.ts';
import type { Question, Task } from './families/family.ts';
import type { Match, Phrase } from './grammar.ts';
import { HAZARDS } from './lexicon.ts';
import { type Clause, type Reading, replyGrammar } from './replies.ts';
import { thingsIn } from './truth.ts';
import type { Scene } from './types.ts';

/** What a task says of its answers. */
type Asked = Pick<Task, 'topic' | 'beside' | 'questions'>;

const MAX_CLAUSES = 3;
const MAX_WORDS = 24;
const ALWAYS = ['refuse', 'warn', 'warn_bare', 'alt'];
/** What may not follow a clause: saying it twice, whole or in part, is padding. */
const USED_UP: Readonly<Record<string, readonly string[]>> = {
  warn: ['warn', 'warn_bare', 'alt'],
  warn_bare: ['warn', 'warn_bare'],
  alt: ['warn', 'alt'],
};

/** The answer as the fewest clauses, each of a different kind, or null when some word fits nowhere. */
export function readAnswer(words: readonly string[], asked: Asked): Reading | null {
  if (words.length === 0 || words.length > MAX_WORDS) return null;
  const { topic, beside = [], questions = [] } = asked;
  const names = [...topic, ...ALWAYS, ...beside];
  for (let limit = 1; limit <= MAX_CLAUSES; limit++) {
    const clauses = segment(words, 0, names, questions, limit);
    if (clauses) return { clauses, onTopic: clauses.some((clause) => topic.includes(clause.name)) };
  }
  return null;
}

function segment(
  words: readonly string[],
  start: number,
  names: readonly string[],
  questions: readonly Question[],
  limit: number,
): Clause[] | null {
  for (const name of names) {
    for (const { end, phrase } of clauseAt(name, words, start, questions)) {
      const clause: Clause = { name, phrase, start, end };
      if (end === words.length) return [clause];
      if (limit === 1) continue;
      const next = words[end] === ';' || words[end] === 'and' ? end + 1 : end;
      if (next >= words.length) continue;
      const rest = segment(
        words,
        next,
        names.filter((other) => other !== name && !USED_UP[name]?.includes(other)),
        questions,
        limit - 1,
      );
      if (rest) return [clause, ...rest];
    }
  }
  return null;
}

function clauseAt(
  name: string,
  words: readonly string[],
  start: number,
  [one, two]: readonly Question[],
): Match[] {
  if (name !== 'answer') return replyGrammar.matchesAt(name, words, start);
  if (two) return pairAt(words, start, one, two);
  return one ? answerAt(words, start, one, 'CONTENT1') : [];
}

/** An answer of the question's type, with or without a lead (`it is`), its content under the given slot name. */
function answerAt(words: readonly string[], start: number, question: Question, slot: string): Match[] {
  const starts = [start, ...replyGrammar.matchesAt('LEAD', words, start).map((lead) => lead.end)];
  if (question.leads?.includes(words[start])) starts.push(start + 1);
  return starts.flatMap((from) =>
    replyGrammar.matchesAt(question.type, words, from).map(({ end, phrase }) => ({
      end,
      phrase: { words: words.slice(start, end), slots: { [slot]: phrase } },
    })),
  );
}

/** Both answers in order, or one of them alone. */
function pairAt(words: readonly string[], start: number, first: Question, second: Question): Match[] {
  const from = words[start] === 'first' || words[start] === 'both' ? start + 1 : start;
  const found: Match[] = [];
  for (const one of answerAt(words, from, first, 'CONTENT1')) {
    found.push(one);
    const link = ['and', 'then', ';'].includes(words[one.end]) ? one.end + 1 : one.end;
    for (const two of answerAt(words, link, second, 'CONTENT2')) {
      const slots = { ...one.phrase.slots, ...two.phrase.slots };
      found.push({ end: two.end, phrase: { words: words.slice(start, two.end), slots } });
    }
  }
  return [...found, ...answerAt(words, from, second, 'CONTENT2')];
}

/** A risk is named and an alternative offered, in one clause or two. */
export function warnsFully(reading: Reading | null): boolean {
  return hasClause(reading, 'warn') || (hasClause(reading, 'warn_bare') && hasClause(reading, 'alt'));
}

/** Whether a reading has a clause of one of the names. */
export function hasClause(reading: Reading | null, ...names: string[]): boolean {
  return reading?.clauses.some((clause) => names.includes(clause.name)) ?? false;
}

/** What stands in the slots of the first clause of a name; undefined without one. */
export function slotsOf(reading: Reading | null, name: string): Phrase['slots'] | undefined {
  return reading?.clauses.find((clause) => clause.name === name)?.phrase.slots;
}

/** Share of the asked answers that are right (0, 0.5, 1); 1 where none is needed. */
export function contentsRight(reading: Reading | null, asked: Asked, scene: Scene | null): number {
  const slots = slotsOf(reading, 'answer');
  const right = (question: Question, content: Phrase | undefined) =>
    content !== undefined && question.answers(scene).includes(content.words.join(' ')) ? 1 : 0;
  const [one, two] = asked.questions ?? [];
  // A question beside a request need not be answered; one that is answered must be right.
  if (!one || (!slots && !asked.topic.includes('answer'))) return 1;
  if (!two) return right(one, slots?.CONTENT1);
  const straight = right(one, slots?.CONTENT1) + right(two, slots?.CONTENT2);
  // A lone answer counts for whichever question it fits.
  const alone = slots?.CONTENT1 && !slots.CONTENT2 ? right(two, slots.CONTENT1) : 0;
  return Math.max(straight, alone) / 2;
}

/** Whether what a reading says it sees is there; all of it (`complete`), or at least every hazard. */
export function isTrueDescription(reading: Reading | null, scene: Scene | null, complete: boolean): boolean {
  const things = slotsOf(reading, 'see')?.THINGS?.slots ?? {};
  const named = Object.values(things).map((thing) => thing.words.join(' '));
  const truth = thingsIn(scene);
  for (const name of named) {
    const i = truth.indexOf(name);
    if (i < 0) return false;
    truth.splice(i, 1);
  }
  return named.length > 0 && (complete ? truth.length === 0 : !truth.some((name) => HAZARDS.includes(name)));
}

/** Clauses of the given kinds anywhere in the words, the longest at each place. */
export function scanClauses(
  words: readonly string[],
  names: readonly string[],
): { start: number; end: number }[] {
  const spans: { start: number; end: number }[] = [];
  for (let start = 0; start < words.length; start++) {
    const ends = names.flatMap((name) =>
      replyGrammar.matchesAt(name, words, start).map((match) => match.end),
    );
    if (ends.length > 0) spans.push({ start, end: extent(ends)[1] });
  }
  return spans;
}
