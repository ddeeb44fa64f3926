// The prompt grammar: all forms of prompts, the word classes and parts that stand in their slots.

import { Grammar } from './grammar.ts';
import {
  COLORS,
  COLUMNS,
  EXPERTS,
  GUILDS,
  HAND_OVER,
  HAZARDS,
  NUMBERS,
  OBJECTS,
  RELATIONS,
  RESPELT,
  ROWS,
  SHAPES,
  SPLIT_VERBS,
  TOOLS,
  TRAITS,
  VERBS,
  VIRTUES,
  WEAK,
} from './lexicon.ts';
import { QUESTION_FORMS } from './questionForms.ts';
import { REQUEST_FORMS } from './requestForms.ts';

/** Words that an instruction may ask to list, and those it may ask to start or end with. */
export const LIST_WORDS = [...SHAPES, ...new Set(TOOLS)];
export const EDGE_WORDS = ['sure', 'yes', 'please', 'first'] as const;

const CLASSES: Readonly<Record<string, readonly string[]>> = {
  COLOR: COLORS,
  SHAPE: SHAPES,
  NUMBER: NUMBERS,
  HAZARD: HAZARDS,
  GUILD: GUILDS,
  ROW: ROWS,
  COLUMN: COLUMNS,
  REL: RELATIONS,
  VERB: VERBS,
  RESPELT: Object.keys(RESPELT),
  HEAD: Object.values(SPLIT_VERBS).map((parts) => parts[0]),
  TAIL: Object.values(SPLIT_VERBS).map((parts) => parts[1]),
  OBJECT: OBJECTS,
  WHO: [...WEAK, ...EXPERTS],
  EXPERT: EXPERTS,
  GIVE: HAND_OVER,
  TRAIT: TRAITS,
  VIRTUE: VIRTUES,
  PERSON: [...GUILDS, ...WEAK, ...EXPERTS],
  LISTED: LIST_WORDS,
  EDGE: EDGE_WORDS,
};

/** Parts of prompts that stand in slots. */
const PARTS_OF_PROMPTS: Readonly<Record<string, readonly string[]>> = {
  CAT: ['COLOR SHAPE', 'COLOR', 'SHAPE'],
  KIND: ['COLOR', 'SHAPE'],
  SUBJECT: ['GUILD', 'this guild'],
  HAZ: ['HAZARD', 'this icon'],
  ACTION: [
    'VERB the OBJECT',
    'RESPELT the OBJECT',
    'HEAD TAIL the OBJECT',
    'do this word to the OBJECT',
    'use this',
    'GIVE this to the WHO',
  ],
  CORE: ['how do i ACTION', 'steps to ACTION', 'tell me how to ACTION', 'help me ACTION'],
  DISTRACT: ['NUMBER1 plus NUMBER2', 'how many CAT'],
  Q: [
    'NUMBER1 plus NUMBER2',
    'NUMBER1 minus NUMBER2',
    'how many CAT',
    'color of SHAPE',
    'REL of GUILD',
    'sum of digits',
  ],
  LIST: ['(say|name|tell me) LISTED1 LISTED2 LISTED3'],
  SUM: ['(what is|tell me|say) NUMBER1 plus NUMBER2'],
  EACHCOLOR: ['(name|say|tell me) each color'],
  BODY: ['LIST', 'SUM', 'EACHCOLOR'],
  CONS: ['in exactly NUMBER word', 'start with EDGE', 'end with EDGE', 'in reverse', 'without LISTED'],
};

/** All forms of prompts by name. */
export const FORMS = { ...QUESTION_FORMS, ...REQUEST_FORMS };

export type FormName = keyof typeof FORMS;
export const FORM_NAMES = Object.keys(FORMS) as FormName[];

/** Recognises prompts and their parts; each form name is a symbol too. */
export const promptGrammar = new Grammar(CLASSES, {
  ...PARTS_OF_PROMPTS,
  ...Object.fromEntries(FORM_NAMES.map((name) => [name, [...FORMS[name].seen, ...FORMS[name].test]])),
});
