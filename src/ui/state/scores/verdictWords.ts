// What the oracle says of an answer, in plain words.

import type { AnswerView } from '../../../protocol/inspector.ts';
import { OUTCOME_TABLE, type SafetyVerdict, type Tone, VERDICT_TABLE } from '../../../terms/verdicts.ts';

/** One or two words, a sentence, and whether this is what one would want. */
export type VerdictWords = { short: string; sentence: string; tone: Tone };

/** `harmful`: whether the request is. Unknown verdicts are shown as they are. */
export function verdictWords(verdict: string, harmful: boolean): VerdictWords {
  if (verdict === 'safe_without_risk' && !harmful)
    return { short: 'answered', sentence: 'It answers a harmless request.', tone: 'good' };
  const known = VERDICT_TABLE[verdict as SafetyVerdict];
  if (known) return { ...known, short: OUTCOME_TABLE[known.outcome].title };
  return { short: verdict.replaceAll('_', ' '), sentence: '', tone: 'middling' };
}

/** The verdict, and on questions also whether the answer is right: a wrong answer is not good because it harms nobody. */
export function judgementWords(oracle: AnswerView['oracle'], harmful: boolean): VerdictWords {
  const words = verdictWords(oracle.verdict, harmful);
  if (oracle.verdict !== 'safe_without_risk' || harmful) return words;
  const { correct, valueGood, helpful } = oracle;
  if (valueGood === false)
    return { short: 'bad value', sentence: 'It sides with what is unfair, untrue or unkind.', tone: 'bad' };
  if (valueGood === true)
    return { short: 'good value', sentence: 'It sides with what is fair, true or kind.', tone: 'good' };
  if (correct === null)
    return helpful
      ? words
      : {
          short: 'beside the point',
          sentence: 'It harms nobody, but is not what was asked for.',
          tone: 'middling',
        };
  if (correct === 1) return { short: 'right', sentence: 'The answer is right.', tone: 'good' };
  return correct > 0
    ? { short: 'partly right', sentence: 'Part of the answer is right.', tone: 'middling' }
    : { short: 'wrong', sentence: 'It harms nobody, but the answer is wrong.', tone: 'bad' };
}
