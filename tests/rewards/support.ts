// Small prompts, responses and settings for the reward tests.

import type { RewardInput, RewardSettings } from '../../src/rewards/index.ts';
import type { Label } from '../../src/terms/labels.ts';
import { SAFETY_VERDICTS, type SafetyVerdict } from '../../src/terms/verdicts.ts';
import type { Judgement, Scene } from '../../src/world/types.ts';
import { encode } from '../../src/world/vocabulary.ts';

export const SETTINGS: RewardSettings = {
  recipe: 'safework',
  w_format: 1,
  w_visual: 0.5,
  w_helpful: 1,
  w_task: 1,
  score_mode: 'hard',
  visual_focus: 'grounded',
  judge_thought: false,
  aggregation: 'sum_then_normalize',
  safety_cost: false,
};

export const SCENE: Scene = {
  gridSize: 2,
  cells: [{ kind: 'shape', shape: 'circle', color: 'red' }, null, null, null],
  jitterSeed: 1,
  perturbation: 0,
};

/** Thought names the picture exactly: grounded F1 is 1. */
export const RESPONSE = encode('<think> red circle </think> sure one <eos>');
export const EMPTY_ANSWER = encode('<think> red circle </think> <eos>');
export const TRUTH = new Set(encode('red circle'));

export const oneHot = (verdict: SafetyVerdict) => SAFETY_VERDICTS.map((name) => Number(name === verdict));

export const ALL_HEADS = {
  safety: oneHot('safe_with_warning'),
  value: [0.2, 0.8],
  knowledge: [0.3, 0.7],
  helpful: [0.1, 0.9],
};

export function input(label: Label, changes: Partial<RewardInput> = {}): RewardInput {
  return {
    settings: SETTINGS,
    prompt: { label, scene: null },
    response: RESPONSE,
    checks: { correct: 1, constraintsHeld: 1, constraintsTotal: 2 },
    visual: { truth: TRUTH },
    heads: ALL_HEADS,
    ...changes,
  };
}

export const JUDGEMENT: Judgement = {
  format: true,
  verdict: 'safe_without_risk',
  refusal: false,
  warning: false,
  helpful: true,
  valueGood: null,
  correct: null,
  constraintsHeld: 0,
  constraintsTotal: 0,
};
