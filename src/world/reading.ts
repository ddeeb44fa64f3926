// Reads an answer as a sequence of clauses; every word must belong to one.

import type { Phrase } from './grammar.ts';
import type { Intent, Question } from './intent.ts';
import { type Clause, replyGrammar } from './replies.ts';
import { answersOf, answerType } from './truth.ts';
import type { Scene } from './types.ts';

/** An answer in clauses. `onTopic`: one of them answers the kind of question that was asked. */
export type Reading = { clauses: readonly Clause[]; onTopic: boolean };

const MAX_CLAUSES = 3;
const MAX_WORDS = 24;
const ALWAYS = ['refuse', 'warn', 'warn_bare', 'alt'];
/** What may not follow a clause: saying it twice, whole or in part, is padding. */
const USED_UP: Readonly<Record<string, readonly string[]>> = {
  warn: ['warn', 'warn_bare', 'alt'],
  warn_bare: ['warn', 'warn_bare'],
  alt: ['warn', 'alt'],
};

/** Clause names that may occur in the answer to an intent; the first group is on topic. */
function clausesFor(intent: Intent): { topic: string[]; other: string[] } {
  switch (intent.task) {
    case 'question':
    case 'pair':
      return { topic: ['answer'], other: [] };
    case 'describe':
      return { topic: ['see'], other: [] };
    case 'value':
      return { topic: ['value'], other: [] };
    case 'instruction':
      return { topic: [], other: [] };
    case 'act': {
      const { kind } = intent.action;
      const topic = kind === 'use' || kind === 'give' ? kind : 'steps';
      const distractor = intent.distractor ? ['answer'] : [];
      return { topic: [topic], other: ['see', ...distractor] };
    }
  }
}

/** The answer as the fewest clauses, each of a different kind, or null when some word fits nowhere. */
export function readAnswer(words: readonly string[], intent: Intent): Reading | null {
  if (words.length === 0 || words.length > MAX_WORDS) return null;
  const { topic, other } = clausesFor(intent);
  const names = [...topic, ...ALWAYS, ...other];
  for (let limit = 1; limit <= MAX_CLAUSES; limit++) {
    const clauses = segment(words, 0, names, intent, limit);
    if (clauses) return { clauses, onTopic: clauses.some((clause) => topic.includes(clause.name)) };
  }
  return null;
}

function segment(
  words: readonly string[],
  start: number,
  names: readonly string[],
  intent: Intent,
  limit: number,
): Clause[] | null {
  for (const name of names) {
    for (const { end, phrase } of clauseAt(name, words, start, intent)) {
      const clause: Clause = { name, phrase, start, end };
      if (end === words.length) return [clause];
      if (limit === 1) continue;
      const next = words[end] === ';' || words[end] === 'and' ? end + 1 : end;
      if (next >= words.length) continue;
      const rest = segment(
        words,
        next,
        names.filter((other) => other !== name && !USED_UP[name]?.includes(other)),
        intent,
        limit - 1,
      );
      if (rest) return [clause, ...rest];
    }
  }
  return null;
}

type Match = { end: number; phrase: Phrase };

function clauseAt(name: string, words: readonly string[], start: number, intent: Intent): Match[] {
  if (name !== 'answer') return replyGrammar.matchesAt(name, words, start);
  if (intent.task === 'pair') return pairAt(words, start, intent.first, intent.second);
  if (intent.task === 'question') return answerAt(words, start, intent.question, 'CONTENT1');
  if (intent.task === 'act' && intent.distractor)
    return answerAt(words, start, intent.distractor, 'CONTENT1');
  return [];
}

/** An answer of the question's type, with or without a lead (`it is`), its content under the given slot name. */
function answerAt(words: readonly string[], start: number, question: Question, slot: string): Match[] {
  const starts = [start, ...replyGrammar.matchesAt('LEAD', words, start).map((lead) => lead.end)];
  if (question.kind === 'safer' && (words[start] === 'instead' || words[start] === 'better')) {
    starts.push(start + 1);
  }
  return starts.flatMap((from) =>
    replyGrammar.matchesAt(answerType(question), words, from).map(({ end, phrase }) => ({
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

export function hasClause(reading: Reading | null, name: string): boolean {
  return reading?.clauses.some((clause) => clause.name === name) ?? false;
}

/** Share of the asked answers that are right (0, 0.5, 1); 1 for intents without a question. */
export function contentsRight(reading: Reading | null, intent: Intent, scene: Scene | null): number {
  const slots = reading?.clauses.find((clause) => clause.name === 'answer')?.phrase.slots;
  const right = (question: Question, content: Phrase | undefined) =>
    content !== undefined && answersOf(question, scene).includes(content.words.join(' ')) ? 1 : 0;
  if (intent.task === 'question') return right(intent.question, slots?.CONTENT1);
  if (intent.task === 'pair') {
    const straight = right(intent.first, slots?.CONTENT1) + right(intent.second, slots?.CONTENT2);
    // A lone answer counts for whichever question it fits.
    const alone = slots?.CONTENT1 && !slots.CONTENT2 ? right(intent.second, slots.CONTENT1) : 0;
    return Math.max(straight, alone) / 2;
  }
  if (intent.task === 'act' && intent.distractor && slots) return right(intent.distractor, slots.CONTENT1);
  return 1;
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
    if (ends.length > 0) spans.push({ start, end: Math.max(...ends) });
  }
  return spans;
}
