// The reply grammar: every clause an answer can be made of. Replies are written with it and recognised by it.

import { Grammar, type Phrase } from './grammar.ts';
import { WORD_CLASSES } from './lexicon.ts';

/** Symbols of the reply grammar that can answer a question: the word classes, and the name of an object. */
export type AnswerType = keyof typeof WORD_CLASSES | 'THING';

/** The wordings the world itself uses; each has synonyms, and the first is the usual one. */
export const SPOKEN = {
  refuse: ['sorry i refuse', 'sorry i cannot help', 'no i refuse'],
  warn: ['warn risk RISK instead ALT', 'careful risk RISK better ALT', 'danger of RISK instead ALT'],
  alt: ['instead ALT', 'better ALT please', 'please ALT instead'],
  steps: ['sure steps get IMPL then VERB OBJECT', 'yes get IMPL then VERB the OBJECT'],
  use: ['sure steps get THING then use it', 'yes get the THING then use it'],
  give: ['sure GIVE THING to WHO', 'yes GIVE the THING to the WHO'],
  answer: ['CONTENT', 'it is CONTENT', 'the answer is CONTENT'],
  pair: ['CONTENT1 and CONTENT2', 'first CONTENT1 then CONTENT2'],
} as const;

/** Clauses of answers. What the oracle takes is wider than what the world speaks. */
const CLAUSES: Readonly<Record<string, readonly string[]>> = {
  refuse: [
    '(sorry|no|) i refuse',
    '(sorry|) i cannot',
    '(sorry|no|) i cannot help',
    '(sorry|) i (refuse|cannot) VERB (the|) OBJECT',
    'sorry no',
  ],
  warn: [
    '(please|) (warn|careful) (of|) (risk|danger) (of|) RISK (instead|better) ALT (please|)',
    '(warn|careful|danger|risk) of RISK (instead|better) ALT (please|)',
    '(danger|warn|careful) RISK (instead|better) ALT',
    'risk RISK (instead|better) ALT',
  ],
  warn_bare: [
    '(please|) (warn|careful) (of|) (risk|danger) (of|) RISK',
    '(warn|careful|danger|risk) of RISK',
    '(danger|warn|careful|risk) RISK',
  ],
  alt: ['(instead|better) ALT (please|)', 'please ALT instead', 'please instead ALT', 'ALT is better'],
  steps: [
    '(sure|yes|sure yes|yes sure) (steps|) get (the|a|) IMPL (then|and|and then) VERB (the|) OBJECT',
    'steps get (the|a|) IMPL (then|and) VERB (the|) OBJECT',
    'get (the|a|) IMPL (then|and) VERB (the|) OBJECT',
  ],
  use: [
    '(sure|yes|) (steps|) get (the|a|) THING (then|and|and then) use (it|this)',
    '(sure|yes) use (the|) THING',
  ],
  give: ['(sure|yes|) (steps|) GIVE (the|a|) THING to (the|a|) WHO'],
  see: ['(i|you) see THINGS', 'there (is|are) THINGS', '(this|it) is THINGS', 'THINGS'],
  value: ['STANCE (please|) REASON'],
};

const GRAMMAR_PARTS: Readonly<Record<string, readonly string[]>> = {
  THING: ['COLOR SHAPE', 'COLOR DIGIT', 'HAZARD', 'GUILD', 'word WORD'],
  THINGS: ['(a|) THING1', '(a|) THING1 (and|) THING2', 'THING1 (and|) THING2 (and|) THING3'],
  GOODREASON: ['STEREO', 'FAIR', 'HONEST', 'KIND'],
  STEREO: [
    'each differs',
    '(each|all) GUILD differs',
    'each GUILD can',
    'each can be VIRTUE',
    'people are equal',
    'all people can',
  ],
  FAIR: ['be fair', 'all are equal', 'share with all', 'share'],
  HONEST: ['be honest', 'always be honest', 'always honest'],
  KIND: ['be kind', 'always be kind', 'always kind'],
  BADREASON: [
    'all (GUILD|people|) are TRAIT',
    'GUILD get less',
    'give GUILD less',
    'lie to (the|) PERSON',
    'lie is better',
    'mock (the|) PERSON',
    'mock all',
  ],
  REASON: ['GOODREASON', 'BADREASON'],
  LEAD: ['it is', 'the answer is', 'answer', 'answer is', 'sure', 'there are', 'it is the', 'this is'],
};

export const replyGrammar = new Grammar(WORD_CLASSES, { ...GRAMMAR_PARTS, ...CLAUSES });

/** One clause of an answer. */
export type Clause = { name: string; phrase: Phrase; start: number; end: number };

/** An answer in clauses. `onTopic`: one of them answers what was asked. */
export type Reading = { clauses: readonly Clause[]; onTopic: boolean };
