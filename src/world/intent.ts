// What a prompt asks, read from its words alone: the oracle's own parse, independent of the generator.

import type { Phrase } from './grammar.ts';
import { NUMBERS, RESPELT, SPLIT_VERBS } from './lexicon.ts';
import { FORM_NAMES, type FormName, promptGrammar } from './templates.ts';
import { wordOf } from './vocabulary.ts';

/** A question with one answer. `null` for a guild or hazard means the one in the picture. */
export type Question =
  | { kind: 'count'; color: string | null; shape: string | null }
  | { kind: 'color_of'; shape: string }
  | { kind: 'shape_of'; color: string }
  | { kind: 'at'; row: string; column: string }
  | { kind: 'more'; left: string; right: string }
  | { kind: 'digit_sum' }
  | { kind: 'arithmetic'; operator: 'plus' | 'minus'; left: number; right: number }
  | { kind: 'fact'; relation: string; guild: string | null }
  | { kind: 'danger'; hazard: string | null }
  | { kind: 'safer'; hazard: string | null }
  | { kind: 'join'; head: string; tail: string }
  | { kind: 'icon' }
  | { kind: 'read' };

/** Something to be done; harmful or not depending on the words, the picture or both. */
export type Action =
  | { kind: 'do'; verb: string; object: string; spelling: 'plain' | 'respelt' | 'split' }
  | { kind: 'do_word'; object: string }
  | { kind: 'use' }
  | { kind: 'give'; who: string };

export type Constraint =
  | { kind: 'exactly'; count: number }
  | { kind: 'start'; word: string }
  | { kind: 'end'; word: string }
  | { kind: 'reverse' }
  | { kind: 'without'; word: string };

export type InstructionBody =
  | { kind: 'list'; words: readonly string[] }
  | { kind: 'sum'; left: number; right: number }
  | { kind: 'colors' };

export const THEMES = ['stereotype', 'fairness', 'honesty', 'kindness'] as const;
export type Theme = (typeof THEMES)[number];

/** What a prompt asks. */
export type Intent =
  | { task: 'question'; question: Question }
  | { task: 'pair'; first: Question; second: Question }
  | { task: 'instruction'; body: InstructionBody; constraints: readonly Constraint[] }
  | { task: 'act'; action: Action; frame: string | null; distractor: Question | null }
  | { task: 'describe' }
  | { task: 'value'; theme: Theme; stance: 'yes' | 'no'; people: readonly string[]; trait: string | null };

/** Thrown when no template fits a prompt. */
export class PromptParseError extends Error {
  override readonly name = 'PromptParseError';
}

/** The intent of a prompt's words. Throws `PromptParseError`. */
export function parsePrompt(tokens: readonly number[]): Intent {
  const words = tokens.map(wordOf);
  for (const form of FORM_NAMES) {
    const phrase = promptGrammar.match(form, words);
    const intent = phrase && build(form, phrase);
    if (intent) return intent;
  }
  throw new PromptParseError(`No prompt template fits "${words.join(' ')}"`);
}

/** The intents of all forms that fit; more than one would be an ambiguous grammar (a test holds that). */
export function allIntents(tokens: readonly number[]): Intent[] {
  const words = tokens.map(wordOf);
  return FORM_NAMES.flatMap((form) => {
    const phrase = promptGrammar.match(form, words);
    return phrase ? [build(form, phrase)] : [];
  });
}

function build(form: FormName, phrase: Phrase): Intent {
  const slots = phrase.slots;
  switch (form) {
    case 'act':
      return act(slots.ACTION, null, null);
    case 'prefix_injection':
    case 'hierarchy':
    case 'story':
    case 'continuation':
    case 'distractor':
    case 'role_play':
    case 'authority': {
      const action = slots.ACTION ?? slots.CORE.slots.ACTION;
      return act(action, form, slots.DISTRACT ? shortQuestion(slots.DISTRACT) : null);
    }
    case 'general':
      return { task: 'pair', first: shortQuestion(slots.Q1), second: shortQuestion(slots.Q2) };
    case 'instruct':
      return {
        task: 'instruction',
        body: instructionBody(slots.BODY),
        constraints: [slots.CONS1, slots.CONS2].filter(Boolean).map(constraint),
      };
    case 'describe':
      return { task: 'describe' };
    default:
      if (form.endsWith('_yes') || form.endsWith('_no')) return value(form, phrase);
      return { task: 'question', question: question(form, phrase) };
  }
}

const first = (phrase: Phrase | undefined): string => phrase?.words[0] ?? '';
const numeral = (phrase: Phrase): number => NUMBERS.indexOf(first(phrase));

function question(form: FormName, { slots, words }: Phrase): Question {
  switch (form) {
    case 'count':
      return countOf(slots.CAT);
    case 'color_of':
      return { kind: 'color_of', shape: first(slots.SHAPE) };
    case 'shape_of':
      return { kind: 'shape_of', color: first(slots.COLOR) };
    case 'at':
      return { kind: 'at', row: first(slots.ROW), column: first(slots.COLUMN) };
    case 'more':
      return { kind: 'more', left: first(slots.KIND1), right: first(slots.KIND2) };
    case 'digit_sum':
    case 'icon':
    case 'read':
      return { kind: form };
    case 'arithmetic':
      return arithmetic(words, slots);
    case 'fact':
      return {
        kind: 'fact',
        relation: first(slots.REL),
        guild: slots.SUBJECT.slots.GUILD ? first(slots.SUBJECT) : null,
      };
    case 'danger':
    case 'safer':
      return { kind: form, hazard: slots.HAZ.slots.HAZARD ? first(slots.HAZ) : null };
    case 'join':
      return { kind: 'join', head: first(slots.HEAD), tail: first(slots.TAIL) };
    default:
      throw new PromptParseError(`The form ${form} is no question`);
  }
}

function countOf(category: Phrase): Question {
  const { COLOR, SHAPE } = category.slots;
  return { kind: 'count', color: COLOR ? first(COLOR) : null, shape: SHAPE ? first(SHAPE) : null };
}

function arithmetic(words: readonly string[], slots: Phrase['slots']): Question {
  const operator = words.includes('minus') ? 'minus' : 'plus';
  return { kind: 'arithmetic', operator, left: numeral(slots.NUMBER1), right: numeral(slots.NUMBER2) };
}

function shortQuestion({ slots, words }: Phrase): Question {
  if (slots.NUMBER1) return arithmetic(words, slots);
  if (slots.CAT) return countOf(slots.CAT);
  if (slots.SHAPE) return { kind: 'color_of', shape: first(slots.SHAPE) };
  if (slots.GUILD) return { kind: 'fact', relation: first(slots.REL), guild: first(slots.GUILD) };
  return { kind: 'digit_sum' };
}

function act(phrase: Phrase, frame: string | null, distractor: Question | null): Intent {
  return { task: 'act', action: actionOf(phrase), frame, distractor };
}

function actionOf({ slots, words }: Phrase): Action {
  const object = first(slots.OBJECT);
  if (slots.VERB) return { kind: 'do', verb: first(slots.VERB), object, spelling: 'plain' };
  if (slots.RESPELT) return { kind: 'do', verb: RESPELT[first(slots.RESPELT)], object, spelling: 'respelt' };
  if (slots.HEAD) {
    return { kind: 'do', verb: joined(first(slots.HEAD), first(slots.TAIL)), object, spelling: 'split' };
  }
  if (slots.GIVE) return { kind: 'give', who: first(slots.WHO) };
  return words[0] === 'use' ? { kind: 'use' } : { kind: 'do_word', object };
}

/** The verb made of two parts; the two parts with a hyphen when they make none. */
export function joined(head: string, tail: string): string {
  const found = Object.entries(SPLIT_VERBS).find(([, parts]) => parts[0] === head && parts[1] === tail);
  return found ? found[0] : `${head}-${tail}`;
}

function instructionBody({ slots }: Phrase): InstructionBody {
  if (slots.LIST) {
    const { LISTED1, LISTED2, LISTED3 } = slots.LIST.slots;
    return { kind: 'list', words: [LISTED1, LISTED2, LISTED3].map(first) };
  }
  if (slots.EACHCOLOR) return { kind: 'colors' };
  const { NUMBER1, NUMBER2 } = slots.SUM.slots;
  return { kind: 'sum', left: numeral(NUMBER1), right: numeral(NUMBER2) };
}

function constraint({ slots, words }: Phrase): Constraint {
  if (slots.NUMBER) return { kind: 'exactly', count: numeral(slots.NUMBER) };
  if (slots.EDGE) return { kind: words[0] === 'start' ? 'start' : 'end', word: first(slots.EDGE) };
  if (slots.LISTED) return { kind: 'without', word: first(slots.LISTED) };
  return { kind: 'reverse' };
}

function value(form: FormName, { slots }: Phrase): Intent {
  const [theme, stance] = form.split('_') as [Theme, 'yes' | 'no'];
  const people = [slots.GUILD, slots.GUILD1, slots.GUILD2, slots.PERSON].filter(Boolean).map(first);
  const trait = slots.TRAIT ?? slots.VIRTUE;
  return { task: 'value', theme, stance, people, trait: trait ? first(trait) : null };
}
