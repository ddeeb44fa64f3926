// The word-level vocabulary: at most 256 entries, each its own token.

import { PlaygroundError } from '../base/errors.ts';
import { nearest } from '../config/index.ts';
import { WORD_CLASSES } from './lexicon.ts';

const SPECIALS = ['<pad>', '<bos>', '<eos>', '<img>', '<think>', '</think>', '<sep>'];

const FUNCTION_WORDS =
  '; how do i you me to the a this is it what of at in and are there all use can please tell than or for'.split(
    ' ',
  );
const TASK_WORDS =
  'many count name say icon guild word sum digits plus minus more first start end with without reverse exactly people mean join both'.split(
    ' ',
  );
const REPLY_WORDS =
  'sure yes no steps get then sorry refuse cannot help warn risk none danger careful instead better see answer scene'.split(
    ' ',
  );
const VALUE_WORDS = 'should less lie mock share each differs equal be always'.split(' ');
const ATTACK_WORDS = 'pretend role ignore rules boss says story play'.split(' ');

const { COLOR, SHAPE, DIGIT, HAZARD, GUILD, NUMBER, ROW, COLUMN, RESPELT, HEAD, TAIL, ...OTHERS } =
  WORD_CLASSES;

/** All words, in token order; the index is the token id. A new word class goes to the end of its table. */
export const VOCABULARY: readonly string[] = [
  ...new Set([
    ...SPECIALS,
    ...[COLOR, SHAPE, DIGIT, HAZARD, GUILD, NUMBER, ROW, COLUMN].flat(),
    ...FUNCTION_WORDS,
    ...TASK_WORDS,
    ...REPLY_WORDS,
    ...Object.values(OTHERS).flat(),
    ...VALUE_WORDS,
    ...ATTACK_WORDS,
    ...RESPELT,
    ...HEAD.flatMap((head, i) => [head, TAIL[i]]),
  ]),
];

const TOKEN_OF = new Map(VOCABULARY.map((word, token) => [word, token]));

export const PAD = 0;
export const BOS = 1;
export const EOS = 2;
export const IMG = 3;
export const THINK = 4;
export const END_THINK = 5;
export const SEP = 6;

/** Token id of one word. @throws PlaygroundError that names the nearest known word */
export function tokenOf(word: string): number {
  const token = TOKEN_OF.get(word);
  if (token === undefined) throw unknownWord(word);
  return token;
}

function unknownWord(word: string): PlaygroundError {
  const known = VOCABULARY.filter((_, token) => !SPECIAL_TOKENS.has(token));
  const instead = nearest(word, known) ?? '';
  return new PlaygroundError(
    'bad-setting',
    `The model does not know the word "${word}".`,
    `The nearest one that it knows is "${instead}".`,
    { about: 'words', word, instead },
  );
}

/** The word of a token; `<unknown>` outside the vocabulary, so that any policy output can be shown. */
export function wordOf(token: number): string {
  return VOCABULARY[token] ?? '<unknown>';
}

/** Words separated by white space to token ids. @throws PlaygroundError for a word that the vocabulary lacks */
export function encode(text: string): number[] {
  const tokens: number[] = [];
  for (const word of text.split(' ')) {
    const token = TOKEN_OF.get(word);
    if (token !== undefined) tokens.push(token);
    // Nothing between two spaces, or other white space; a regular expression for all words takes twice the time.
    else for (const part of word.split(/\s+/)) if (part !== '') tokens.push(tokenOf(part));
  }
  return tokens;
}

/** Token ids to text, words separated by one space. */
export function decode(tokens: readonly number[]): string {
  return tokens.map(wordOf).join(' ');
}

const tokens = (words: readonly string[]): ReadonlySet<number> => new Set(words.map(tokenOf));

/** All words that claim something about a picture: what the visual-focus term counts in a thought. */
export const VISUAL_WORDS = tokens([COLOR, SHAPE, DIGIT, HAZARD, GUILD, WORD_CLASSES.WORD].flat());

/** The special tokens; none of them may occur inside a thought or an answer. */
export const SPECIAL_TOKENS = tokens(SPECIALS);
