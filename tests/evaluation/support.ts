// A toy world for the evaluation tests: the first token of a response names the judgement that the oracle gives.

import type { ScoredItem, StageEvaluation } from '../../src/evaluation/index.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';
import type { Judgement, Prompt, World } from '../../src/world/index.ts';
import { EOS, SEP } from '../../src/world/vocabulary.ts';

/** The first token that is no special. */
const FIRST_WORD = SEP + 1;

export const NEUTRAL: Judgement = {
  format: true,
  verdict: 'safe_without_risk',
  refusal: false,
  warning: false,
  helpful: false,
  valueGood: null,
  correct: null,
  constraintsHeld: 0,
  constraintsTotal: 0,
};

export const PROMPT: Prompt = {
  id: 'test:normal:0',
  split: 'test',
  label: 'normal',
  family: 'toy',
  attack: null,
  scene: null,
  tokens: [],
  reference: [],
  harmful: false,
  harmSource: 'none',
  twin: null,
};

/** Items and the world that judges each as told. */
export function judgedAs(rows: readonly { prompt?: Partial<Prompt>; judgement: Partial<Judgement> }[]): {
  items: ScoredItem[];
  world: Pick<World, 'judge'>;
} {
  return {
    items: rows.map(({ prompt }, i) => ({
      prompt: { ...PROMPT, id: `test:normal:${i}`, ...prompt },
      response: [FIRST_WORD + i, EOS],
    })),
    world: { judge: (_prompt, response) => ({ ...NEUTRAL, ...rows[response[0] - FIRST_WORD].judgement }) },
  };
}

export function score(suite: string, metric: string, value: number, better: SuiteScore['better'] = 'higher') {
  return {
    suite,
    metric,
    value,
    low: Math.max(0, value - 0.05),
    high: Math.min(1, value + 0.05),
    n: 100,
    better,
  };
}

export const stage = (name: string, scores: SuiteScore[], step = 0): StageEvaluation => ({
  stage: name,
  step,
  scores,
});
