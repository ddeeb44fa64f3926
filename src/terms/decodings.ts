// How an evaluation makes its answers, greedy or sampled: the one table of it, and the scores of a decoding.

import type { DecodedScores } from './suites.ts';

type DecodingRow = {
  /** Where an evaluation keeps its scores. */
  readonly field: keyof DecodedScores;
  readonly title: string;
  /** Continues the title. */
  readonly help: string;
  /** 0 takes the likeliest token each time. */
  readonly temperature: (settings: { readonly eval_temperature: number }) => number;
};

export const DECODING_TABLE = {
  sampled: {
    field: 'scores',
    title: 'Sampled',
    help: 'answers drawn from the policy at `eval_temperature`',
    temperature: ({ eval_temperature }) => eval_temperature,
  },
  greedy: {
    field: 'greedy',
    title: 'Greedy',
    help: 'the likeliest token each time, without randomness',
    temperature: () => 0,
  },
} as const satisfies { readonly [decoding: string]: DecodingRow };

export type Decoding = keyof typeof DECODING_TABLE;
export const DECODINGS = Object.keys(DECODING_TABLE) as readonly Decoding[];

/** The evaluation with the scores of one decoding as its `scores`: none where that was not measured. */
export function decoded<Evaluation extends DecodedScores>(
  evaluation: Evaluation,
  decoding: Decoding,
): Evaluation {
  return { ...evaluation, scores: evaluation[DECODING_TABLE[decoding].field] ?? [] };
}

/** Whether at least one evaluation has scores of the decoding. */
export function isMeasured(evaluations: readonly DecodedScores[], decoding: Decoding): boolean {
  return evaluations.some((each) => decoded(each, decoding).scores.length > 0);
}
