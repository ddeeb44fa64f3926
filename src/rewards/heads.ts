// Head outputs as the reward sees them, and the errors for outputs that are absent or broken.

import { PlaygroundError } from '../base/errors.ts';
import { HEAD_TABLE, type HeadName } from '../terms/heads.ts';
import type { Label } from '../terms/labels.ts';

/** Class probabilities per head, in the order of the head's classes; a head that was not run is absent. */
export type HeadOutputs = { readonly [name in HeadName]?: ArrayLike<number> };

/** Part of the response that a head judged. */
export type JudgedPart = 'answer' | 'thought';

/**
 * Throws the error that names the absent head. The public code gives a reward of 1.0 where a label needs a head that is not
 * there, which trains on nothing; here it is an error.
 */
export function missingHead(head: HeadName, label: Label, part: JudgedPart = 'answer'): never {
  throw new PlaygroundError(
    'missing-head',
    `The reward of label \`${label}\` needs the ${head} head on the ${part}, but it is not loaded.`,
    'Train or load the heads first (stage `heads`), or set the weight of the term that needs this one to 0.',
    { head, label, part },
  );
}

/**
 * The probabilities of one head.
 * @throws PlaygroundError `missing-head` if the head gave no output; RangeError if the output is no distribution over its classes.
 */
export function headProbabilities(
  heads: HeadOutputs | undefined,
  head: HeadName,
  label: Label,
  part: JudgedPart = 'answer',
): ArrayLike<number> {
  const probabilities = heads?.[head];
  if (probabilities === undefined) return missingHead(head, label, part);
  const expected = HEAD_TABLE[head].classes.length;
  if (probabilities.length !== expected) {
    throw new RangeError(
      `The ${head} head gave ${probabilities.length} probabilities, expected ${expected}.`,
    );
  }
  let sum = 0;
  for (let i = 0; i < expected; i++) sum += probabilities[i] >= 0 ? probabilities[i] : Number.NaN;
  if (!(Math.abs(sum - 1) < 1e-3)) {
    throw new RangeError(`The ${head} head gave no distribution on label \`${label}\`: sum ${sum}.`);
  }
  return probabilities;
}
