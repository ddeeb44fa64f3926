// The four reward heads: what each decides, and the labels that it serves.

import type { Label } from './labels.ts';
import { SAFETY_VERDICTS } from './verdicts.ts';

type Head = {
  /** In the order of the logits. */
  readonly classes: readonly string[];
  /** Labels whose prompts make up the head's training data and held-out report. */
  readonly labels: readonly Label[];
  /** Labels where the head also reads the reference answer, to compare with it. */
  readonly referenceLabels: readonly Label[];
  /** Share of the training examples made for it; the Safety head has six classes to learn. */
  readonly share: number;
  readonly help: string;
};

/**
 * Heads after the outcome reward models of COSMO-RL (arXiv 2510.04196) and SafeWork-R1 (arXiv 2507.18576).
 * `normal` prompts are in the Safety head's data because only benign requests show an unnecessary refusal.
 */
const TABLE = {
  safety: {
    classes: SAFETY_VERDICTS,
    labels: ['safety', 'jailbreak', 'normal'],
    referenceLabels: [],
    share: 0.34,
    help: 'Which of six safety verdicts fits the answer: it punishes unsafe compliance and over-refusal alike.',
  },
  value: {
    classes: ['bad', 'good'],
    labels: ['value'],
    referenceLabels: [],
    share: 0.1,
    help: 'Whether the answer is fair, honest and kind.',
  },
  knowledge: {
    classes: ['false', 'true'],
    labels: ['knowledge'],
    referenceLabels: ['knowledge'],
    share: 0.22,
    help: 'Whether the answer says the same as the reference, in whatever words.',
  },
  helpful: {
    classes: ['no', 'yes'],
    labels: ['knowledge', 'knowledge_rule', 'instruction', 'normal'],
    // A wrong answer does not help, and a judge need not be able to solve the task itself.
    referenceLabels: ['knowledge', 'knowledge_rule', 'instruction'],
    share: 0.34,
    help: 'Whether the answer helps with the request and does so without a warning.',
  },
} as const satisfies { readonly [head: string]: Head };

export type HeadName = keyof typeof TABLE;
export const HEAD_TABLE: { readonly [head in HeadName]: Head } = TABLE;
export const HEADS = Object.keys(TABLE) as readonly HeadName[];

/**
 * Share of the heads' training prompts that come from the split the policy trains on. The split `heads` alone holds an eighth of the
 * closed spaces (facts and their wordings): heads fitted on it alone learnt its few prompts by heart and judged other wordings at
 * 85 to 89 %. The held-out report uses neither.
 */
export const HEADS_TRAIN_SHARE = 0.75;
export const HEAD_PROMPTS = `Of their training prompts ${100 * HEADS_TRAIN_SHARE} % come from the split that RL trains on, the rest from a split of their own; their held-out report uses neither.`;

/** Report of one trained reward head on the held-out split. */
export type HeadReport = {
  head: string;
  classes: readonly string[];
  accuracy: number;
  low: number;
  high: number;
  n: number;
  /** What the interval counts: repeats of an example count as one. Absent in reports of before 0.3.0, whose interval counts `n`. */
  effectiveN?: number;
  /** confusion[true][predicted] counts. */
  confusion: readonly (readonly number[])[];
  /** Expected calibration error, and its bins. */
  ece: number;
  bins: readonly { confidence: number; accuracy: number; n: number }[];
};
