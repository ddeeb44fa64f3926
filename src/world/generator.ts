// Makes prompts: mixes families by label, holds them to their split, and builds the evaluation suites.

import { RandomStream } from '../random/philox.ts';
import type { Draft, Draw, Family } from './drafts.ts';
import { INSTRUCTION_FAMILIES, INSTRUCTION_WEIGHTS, VALUE_FAMILIES } from './formed.ts';
import { parsePrompt } from './intent.ts';
import {
  GENERAL_FAMILIES,
  KNOWLEDGE_FAMILIES,
  KNOWLEDGE_WEIGHTS,
  RULE_FAMILIES,
  RULE_WEIGHTS,
} from './questions.ts';
import {
  expertRequest,
  jailbreakFamilies,
  NORMAL_FAMILIES,
  NORMAL_WEIGHTS,
  SAFETY_WEIGHTS,
  safetyFamilies,
  twins,
} from './requests.ts';
import { answer, warning } from './speech.ts';
import { splitOf } from './splits.ts';
import { answersOf, harmOf } from './truth.ts';
import {
  LABELS,
  type Label,
  type Prompt,
  type Scene,
  SPLITS,
  type Split,
  SUITES,
  type Suite,
  type WorldConfig,
} from './types.ts';
import { encode } from './vocabulary.ts';

type Mix = { label: Label; families: readonly Family[]; weights: readonly number[]; large?: boolean };

function mix(label: Label, families: Readonly<Record<string, Family>>, weights?: readonly number[]): Mix {
  const list = Object.values(families);
  return { label, families: list, weights: weights ?? list.map(() => 1) };
}

const LABEL_MIXES: Readonly<Record<Label, Mix>> = {
  knowledge_rule: mix('knowledge_rule', RULE_FAMILIES, RULE_WEIGHTS),
  knowledge: mix('knowledge', KNOWLEDGE_FAMILIES, KNOWLEDGE_WEIGHTS),
  general: mix('general', GENERAL_FAMILIES),
  instruction: mix('instruction', INSTRUCTION_FAMILIES, INSTRUCTION_WEIGHTS),
  normal: mix('normal', NORMAL_FAMILIES, NORMAL_WEIGHTS),
  safety: mix('safety', safetyFamilies(null), SAFETY_WEIGHTS),
  jailbreak: mix('jailbreak', jailbreakFamilies(false)),
  value: mix('value', VALUE_FAMILIES),
};

const harmfulOnly = safetyFamilies(true);
const { lookalike_text, lookalike_image } = NORMAL_FAMILIES;

/** Mixes of the suites; a second one with its probability where a suite spans two labels. */
const SUITE_MIXES: Readonly<
  Record<Exclude<Suite, 'situational'>, readonly [Mix, ...{ mix: Mix; share: number }[]]>
> = {
  safety: [mix('safety', harmfulOnly, SAFETY_WEIGHTS)],
  composition: [mix('safety', { joint: harmfulOnly.safety_joint })],
  'jailbreak-seen': [mix('jailbreak', jailbreakFamilies(false))],
  'jailbreak-heldout': [mix('jailbreak', jailbreakFamilies(true))],
  overrefusal: [
    mix('normal', { lookalike_text, lookalike_image }),
    { mix: mix('safety', { expertRequest }), share: 0.2 },
  ],
  value: [LABEL_MIXES.value],
  reasoning: [LABEL_MIXES.knowledge_rule],
  'reasoning-large': [{ ...mix('knowledge_rule', visualOnly(), RULE_WEIGHTS.slice(0, 5)), large: true }],
  knowledge: [LABEL_MIXES.knowledge],
  instruction: [LABEL_MIXES.instruction],
};

function visualOnly(): Record<string, Family> {
  return Object.fromEntries(Object.entries(RULE_FAMILIES).filter(([name]) => name !== 'arithmetic'));
}

const TRIES_PER_FAMILY = 400;
const MAX_TRIES = 40 * TRIES_PER_FAMILY;

/** Draws from a mix until a candidate belongs to the split. */
function candidate(mixed: Mix, draw: Draw): Draft {
  let family = mixed.families[draw.random.weighted(mixed.weights)];
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const made = family(draw);
    if (splitOf(encode(made.text), made.scene) === draw.split) return made;
    if (attempt % TRIES_PER_FAMILY === 0) family = mixed.families[draw.random.weighted(mixed.weights)];
  }
  throw new Error(`No ${mixed.label} prompt of split ${draw.split} found in ${MAX_TRIES} tries`);
}

function drawFor(config: WorldConfig, name: string, index: number, split: Split, large = false): Draw {
  const random = new RandomStream(config.seed, name, index);
  const { heldOutFrames = true } = config;
  return { random, split, gridSizes: large ? [4] : config.gridSizes, large, heldOutFrames };
}

function finish(id: string, split: Split, label: Label, made: Draft, twin: string | null): Prompt {
  const tokens = encode(made.text);
  return {
    id,
    split,
    label,
    family: made.family,
    attack: made.attack,
    scene: made.scene,
    tokens,
    reference: encode(referenceText(tokens, made.scene)),
    harmful: made.harmSource !== 'none',
    harmSource: made.harmSource,
    twin,
  };
}

/** One right answer: the bare content of questions, else the usual reply. */
export function referenceText(tokens: readonly number[], scene: Scene | null): string {
  const intent = parsePrompt(tokens);
  const { risk } = harmOf(intent, scene);
  if (intent.task === 'question') return answersOf(intent.question, scene)[0];
  const random = new RandomStream(0, 'reference');
  return (risk ? warning(random, risk) : answer(random, { intent, scene, risk }, 'right')).join(' ');
}

/** Prompt number `index` of a split and label. */
export function promptOf(config: WorldConfig, split: Split, label: Label, index: number): Prompt {
  const draw = drawFor(config, `prompt:${split}:${label}`, index, split);
  return finish(`${split}:${label}:${index}`, split, label, candidate(LABEL_MIXES[label], draw), null);
}

/** Splits that suites are drawn from: `test` for reports, `validation` for tuning. Ids start with the key. */
const SUITE_SPLITS = { suite: 'test', 'validation-suite': 'validation' } as const;
export type SuiteSplit = (typeof SUITE_SPLITS)[keyof typeof SUITE_SPLITS];

function suiteKey(split: SuiteSplit): keyof typeof SUITE_SPLITS {
  return split === 'test' ? 'suite' : 'validation-suite';
}

/** All prompts of a suite; held-out attacks are for `test` alone, so their suite has none in `validation`. */
export function suitePrompts(config: WorldConfig, suite: Suite, n: number, split: SuiteSplit): Prompt[] {
  if (split === 'validation' && suite === 'jailbreak-heldout') return [];
  return Array.from({ length: n }, (_, index) => suitePrompt(config, suite, index, split));
}

/** Prompt number `index` of a suite. */
export function suitePrompt(config: WorldConfig, suite: Suite, index: number, split: SuiteSplit): Prompt {
  if (suite === 'situational') return twinPrompt(config, index, split);
  const name = `${suiteKey(split)}:${suite}`;
  const [main, ...others] = SUITE_MIXES[suite];
  const draw = drawFor(config, name, index, split, main.large);
  const other = others.find(({ share }) => draw.random.chance(share));
  const chosen = other ? other.mix : main;
  return finish(`${name}:${index}`, split, chosen.label, candidate(chosen, draw), null);
}

/** Even indices are the harmful twins, odd ones their harmless twins. */
function twinPrompt(config: WorldConfig, index: number, split: SuiteSplit): Prompt {
  const pair = Math.floor(index / 2);
  const name = `${suiteKey(split)}:situational`;
  const draw = drawFor(config, name, pair, split);
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const both = twins(draw);
    if (both.some((made) => splitOf(encode(made.text), made.scene) !== split)) continue;
    const id = (i: number) => `${name}:${i}`;
    return finish(id(index), split, 'safety', both[index % 2], id(index % 2 === 0 ? index + 1 : index - 1));
  }
  throw new Error('No situational twins found');
}

/** Thrown for an id that no prompt has. */
export class UnknownPromptError extends Error {
  override readonly name = 'UnknownPromptError';
}

/** The prompt of an id. Throws `UnknownPromptError`. */
export function promptById(config: WorldConfig, id: string): Prompt {
  const [head, name, number] = id.split(':');
  const index = Number(number);
  if (Number.isInteger(index) && index >= 0 && number !== '') {
    const suite = SUITES.find((known) => known === name);
    const suiteSplit = Object.entries(SUITE_SPLITS).find(([key]) => key === head)?.[1];
    if (suiteSplit && suite) return suitePrompt(config, suite, index, suiteSplit);
    const split = SPLITS.find((known) => known === head);
    const label = LABELS.find((known) => known === name);
    if (split && label) return promptOf(config, split, label, index);
  }
  throw new UnknownPromptError(
    `No prompt has the id "${id}"; ids look like train:safety:12 or suite:value:3`,
  );
}
