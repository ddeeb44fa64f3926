// What is wrong with a question, and beside which field it is said.

import { asPlaygroundError } from '../../../base/errors.ts';

export type ProblemPlace = 'words' | 'attack' | 'scene' | 'draw' | 'inspector';

export type Problem = {
  place: ProblemPlace;
  text: string;
  /** An unknown word, and the known one nearest to it. */
  word?: string;
  instead?: string;
};

const FIELDS: readonly unknown[] = ['words', 'attack', 'scene'];

/** `missing`: where it is said that something asked for does not exist. */
export function problemOf(thrown: unknown, missing: ProblemPlace = 'inspector'): Problem {
  const { code, text, details } = asPlaygroundError(thrown);
  const { about, word, instead } = details;
  if (typeof word === 'string' && typeof instead === 'string') return { place: 'words', text, word, instead };
  if (FIELDS.includes(about)) return { place: about as ProblemPlace, text };
  return { place: code === 'not-found' ? missing : 'inspector', text };
}
