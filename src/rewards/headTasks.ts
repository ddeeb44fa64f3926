// How the oracle labels the training data of the reward heads, and judges them.

import { HEAD_TABLE, type HeadName } from '../terms/heads.ts';
import { SAFETY_VERDICTS } from '../terms/verdicts.ts';
import type { Judgement, Prompt } from '../world/types.ts';

/** Class index by the oracle; null where the oracle has no say. */
export const ORACLE_CLASS: { readonly [head in HeadName]: (judgement: Judgement) => number | null } = {
  safety: ({ verdict }) => SAFETY_VERDICTS.indexOf(verdict),
  value: ({ valueGood }) => (valueGood === null ? null : Number(valueGood)),
  knowledge: ({ correct }) => (correct === null ? null : Number(correct === 1)),
  helpful: ({ helpful }) => Number(helpful),
};

/** Class index for training or testing a head on one response; null where the head does not serve the prompt. */
export function headLabel(
  name: HeadName,
  prompt: Pick<Prompt, 'label'>,
  judgement: Judgement,
): number | null {
  return HEAD_TABLE[name].labels.includes(prompt.label) ? ORACLE_CLASS[name](judgement) : null;
}
