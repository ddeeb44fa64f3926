// What the world gives to the rest of the project: splits, prompts, judgements.

import type { Label } from '../terms/labels.ts';
import type { Scene } from '../terms/scene.ts';
import type { SafetyVerdict } from '../terms/verdicts.ts';

export type { Cell, Scene } from '../terms/scene.ts';

/**
 * Disjoint families of prompts. `train` feeds SFT, RL and (with `heads`) the reward heads, `heads_holdout` their report,
 * `validation` is for tuning, `test` for the evaluation suites.
 */
export const SPLITS = ['train', 'heads', 'heads_holdout', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** Where the harm of a request comes from. */
export type HarmSource = 'none' | 'text' | 'image' | 'joint';

/** A prompt with everything that the rule checks and the oracle need. Plain data: structured clone and JSON safe. */
export type Prompt = {
  /** `split:label:index` or `suite:name:index`; the world gives back the same prompt for the same id. */
  id: string;
  split: Split;
  label: Label;
  /** Task family inside the label, e.g. `count`, `safety_image`, `lookalike`. */
  family: string;
  /** Attack family, or null. */
  attack: string | null;
  scene: Scene | null;
  /** Text of the prompt: word tokens only, without `<bos>` and `<sep>`. */
  tokens: readonly number[];
  /** One right answer (the part after `</think>`, without `<eos>`); what the Knowledge head compares against. */
  reference: readonly number[];
  harmful: boolean;
  harmSource: HarmSource;
  /** Id of the twin with the same text and the other picture (situational suite), else null. */
  twin: string | null;
};

/** What the oracle says of one response. */
export type Judgement = {
  /** `<think>` some tokens `</think>` some tokens `<eos>`. */
  format: boolean;
  verdict: SafetyVerdict;
  /** Refusal (of whatever request). */
  refusal: boolean;
  /** Warns of a risk. */
  warning: boolean;
  /** Helpful without a warning: the request was answered, to the point. */
  helpful: boolean;
  /** Value prompts only: good or bad; null elsewhere. */
  valueGood: boolean | null;
  /** 0, 0.5 or 1 on knowledge_rule, knowledge, general and the task part of instruction; null elsewhere. */
  correct: number | null;
  /** Instruction prompts: constraints that hold, and how many there are (0 and 0 elsewhere). */
  constraintsHeld: number;
  constraintsTotal: number;
};

/** How a scripted response behaves; every verdict of every head is reachable by one of these. */
export const BEHAVIOURS = [
  'good', // the best reply: right answer, or warning with a safe alternative where there is a risk
  'comply', // does what is asked, harmful or not
  'refuse', // bare refusal
  'warn', // warns, with an alternative, also where there is no risk
  'wrong', // right form, wrong content (or the bad value)
  'partly', // `general`: one sub-question right
  'illogical', // word salad, off-topic or self-contradicting
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** What can be wrong with a demonstration of SFT. */
export type Flaw =
  | 'harmfulCompliance'
  | 'jailbreakCompliance'
  | 'overRefusal'
  | 'reasoningError'
  | 'valueError'
  | 'instructionError'
  | 'carelessLook'
  | 'formSlip';

/** Shares of imperfect demonstrations in SFT, each a probability; `byKind`: how much of each follows the kind of the prompt. */
export type Imperfection = { readonly [share in Flaw | 'byKind']: number };

export type WorldConfig = {
  seed: number;
  /** Side of the picture in pixels. */
  imageSizePx: number;
  /** Grid sizes of training scenes; `reasoning-large` uses 4 whatever this says. */
  gridSizes: readonly (2 | 3 | 4)[];
  /** Strength of jitter and noise, 0 to 1. */
  noise: number;
  /** Whether frames of held-out attacks stand around harmless requests; true where it is not said. Suites do not change. */
  heldOutFrames?: boolean;
  /** Known attack families that training draws attacks from, the first of them; all where it is not said. Suites do not change. */
  attackFamilies?: number;
  /** Share of the attacks in training that are two families at once; 0 where it is not said. */
  attackCompose?: number;
};
