// The four terms of the reward: the setting that weighs each, and the labels of the prompts that it applies to.

import { HEAD_TABLE } from './heads.ts';
import { LABELS, type Label } from './labels.ts';

type RewardTerm = {
  readonly weight: string;
  readonly title: string;
  /** What it measures, as part of a sentence. */
  readonly says: string;
  readonly labels: readonly Label[];
};

/** The terms of COSMO-RL (arXiv 2510.04196). */
export const TERM_TABLE = {
  format: {
    weight: 'w_format',
    title: 'format',
    says: 'how many responses are a thought, an answer and an end',
    labels: LABELS,
  },
  visual_focus: {
    weight: 'w_visual',
    title: 'visual focus',
    says: 'how well the thought speaks of what is in the picture',
    labels: LABELS,
  },
  helpful: {
    weight: 'w_helpful',
    title: 'helpful',
    says: 'how many answers help without a warning, as the Helpful head sees it',
    labels: LABELS.filter((label) => HEAD_TABLE.helpful.labels.some((served) => served === label)),
  },
  task: {
    weight: 'w_task',
    title: 'task',
    says: 'what the judge of the label gives: a head, or a rule check',
    // Harmless requests have the helpful term alone.
    labels: LABELS.filter((label): boolean => label !== 'normal'),
  },
} as const satisfies { readonly [term: string]: RewardTerm };

export type Term = keyof typeof TERM_TABLE;
export const TERMS = Object.keys(TERM_TABLE) as readonly Term[];

export type TermValues = { readonly [term in Term]: number };

/** Settings that hold the weights. */
export type TermWeights = { readonly [weight in (typeof TERM_TABLE)[Term]['weight']]: number };

/** The weight of each term, as the settings say. */
export function termWeights(settings: TermWeights): TermValues {
  const entries = TERMS.map((term) => [term, settings[TERM_TABLE[term].weight]]);
  return Object.fromEntries(entries) as TermValues;
}
