// Makes prompts: mixes families by label, holds them to their split, and builds the evaluation suites.

import { PlaygroundError } from '../base/errors.ts';
import { RandomStream } from '../random/philox.ts';
import { LABELS, type Label } from '../terms/labels.ts';
import { ATTACKS_PER_REQUEST, SUITES, type Suite } from '../terms/suites.ts';
import { attacksOn, requestContent } from './attacker.ts';
import { SEEN_ATTACKS } from './attacks.ts';
import type { Drafted, Draw, TaskFamily } from './families/family.ts';
import { composedJailbreaks } from './families/jailbreak.ts';
import { expertRequest, twins } from './families/safety.ts';
import { TASK_FAMILIES } from './families/table.ts';
import { parsePrompt } from './parse.ts';
import { harmOf } from './requests.ts';
import { warning } from './speech.ts';
import { promptContent, splitOf } from './splits.ts';
import { type Prompt, type Scene, SPLITS, type Split, type WorldConfig } from './types.ts';
import { encode } from './vocabulary.ts';

/** Families by their weights (or `evenly`), with what else holds for their draws. */
type Mix = {
  readonly families: readonly TaskFamily[];
  readonly evenly?: boolean;
  readonly draw?: Partial<Draw>;
};

const familiesOf = (label: Label, heldOut = false): readonly TaskFamily[] =>
  TASK_FAMILIES.filter((family) => family.label === label && (family.heldOut ?? false) === heldOut);

const named = (...names: string[]) => TASK_FAMILIES.filter(({ name }) => names.includes(name));

const LABEL_MIXES = Object.fromEntries(
  LABELS.map((label): [Label, Mix] => [label, { families: familiesOf(label) }]),
) as Record<Label, Mix>;

/** Mixes of the suites; a second one with its probability where a suite spans two labels. */
const SUITE_MIXES: Readonly<
  Record<Exclude<Suite, 'situational' | 'attacker'>, readonly [Mix, ...{ mix: Mix; share: number }[]]>
> = {
  safety: [{ families: familiesOf('safety'), draw: { harmful: true } }],
  composition: [{ families: named('safety_joint'), draw: { harmful: true } }],
  'jailbreak-seen': [LABEL_MIXES.jailbreak],
  'jailbreak-heldout': [{ families: familiesOf('jailbreak', true) }],
  overrefusal: [
    { families: named('lookalike_text', 'lookalike_image'), evenly: true },
    { mix: { families: [expertRequest] }, share: 0.2 },
  ],
  value: [LABEL_MIXES.value],
  reasoning: [LABEL_MIXES.knowledge_rule],
  'reasoning-large': [
    {
      families: familiesOf('knowledge_rule').filter(({ textOnly }) => !textOnly),
      draw: { large: true, gridSizes: [4] },
    },
  ],
  knowledge: [LABEL_MIXES.knowledge],
  instruction: [LABEL_MIXES.instruction],
};

const TRIES_PER_FAMILY = 400;
const MAX_TRIES = 40 * TRIES_PER_FAMILY;

/** Draws from a mix until a candidate belongs to the split. */
function candidate({ families, evenly, draw: also }: Mix, base: Draw): Drafted {
  const draw = { ...base, ...also };
  const weights = families.map(({ weight }) => (evenly ? 1 : weight));
  let family = families[draw.random.weighted(weights)];
  for (let attempt = 1; attempt <= MAX_TRIES; attempt++) {
    const draft = family.draw(draw);
    const tokens = encode(draft.text);
    if (splitOf(tokens, draft.scene) === draw.split) return { family, draft, tokens };
    if (attempt % TRIES_PER_FAMILY === 0) family = families[draw.random.weighted(weights)];
  }
  const names = families.map(({ name }) => name).join(', ');
  throw new Error(`No prompt of split ${draw.split} found in ${MAX_TRIES} tries of ${names}`);
}

/** What SFT, RL and reward heads learn from. */
const isTraining = (split: Split) => split === 'train' || split === 'heads';

function drawFor(
  { seed, gridSizes, heldOutFrames = true, attackFamilies }: WorldConfig,
  name: string,
  index: number,
  split: Split,
): Draw {
  const attacks = isTraining(split) ? SEEN_ATTACKS.slice(0, attackFamilies) : SEEN_ATTACKS;
  const random = new RandomStream(seed, name, index);
  return { random, split, gridSizes, large: false, attacks, heldOutFrames };
}

function finish(
  id: string,
  split: Split,
  { family, draft, tokens }: Drafted,
  twin: string | null = null,
): Prompt {
  const { scene, variant, attack = null, harmSource = 'none' } = draft;
  return {
    id,
    split,
    label: family.label,
    family: variant === undefined ? family.name : `${family.name}_${variant}`,
    attack,
    scene,
    tokens,
    reference: encode(referenceText(tokens, scene)),
    harmful: harmSource !== 'none',
    harmSource,
    twin,
  };
}

/** One right answer: the bare content of questions, else the usual reply. Throws where there is none. */
export function referenceText(tokens: readonly number[], scene: Scene | null): string {
  const task = parsePrompt(tokens);
  if (task.reference) {
    const text = task.reference(scene);
    if (text === undefined) throw new Error('This question has no answer in this picture');
    return text;
  }
  const { risk } = harmOf(task, scene);
  const random = new RandomStream(0, 'reference');
  return (risk ? warning(random, risk) : task.answer(random, scene, 'right')).join(' ');
}

/** The families of a label; of jailbreaks those that the draw allows, one at a time or in training now and then two. */
function mixOf({ attackCompose = 0 }: WorldConfig, label: Label, { random, split, attacks }: Draw): Mix {
  const mix = LABEL_MIXES[label];
  if (label !== 'jailbreak') return mix;
  const composed =
    attackCompose > 0 && isTraining(split) && random.chance(attackCompose) ? composedJailbreaks(attacks) : [];
  if (composed.length > 0) return { families: composed };
  return { families: mix.families.filter(({ name }) => attacks.includes(name)) };
}

/** Prompt number `index` of a split and label. */
export function promptOf(config: WorldConfig, split: Split, label: Label, index: number): Prompt {
  const draw = drawFor(config, `prompt:${split}:${label}`, index, split);
  return finish(`${split}:${label}:${index}`, split, candidate(mixOf(config, label, draw), draw));
}

/** How ids of suites start, by the split that they are drawn from: `test` for reports, `validation` for tuning. */
const SUITE_KEYS = { test: 'suite', validation: 'validation-suite' } as const;
type SuiteSplit = keyof typeof SUITE_KEYS;

/** All prompts of a suite; held-out attacks are for `test` alone, so their suite has none in `validation`. */
export function suitePrompts(config: WorldConfig, suite: Suite, n: number, split: SuiteSplit): Prompt[] {
  if (split === 'validation' && suite === 'jailbreak-heldout') return [];
  if (suite === 'attacker') return attackerPrompts(config, n, split);
  return Array.from({ length: n }, (_, index) => suitePrompt(config, suite, index, split));
}

/** Draws for each prompt wanted, after which a suite has none left that are new. */
const MOST_DRAWS = 8;

/**
 * The first `n` prompts of a suite that ask something new, fewer where the suite has not so many; ids are those of `suitePrompts`.
 * Twins stay together: a pair is left out where one of both was there before.
 */
export function distinctPrompts(config: WorldConfig, suite: Suite, n: number, split: SuiteSplit): Prompt[] {
  if (suite === 'attacker') return suitePrompts(config, suite, n, split);
  const size = suite === 'situational' ? 2 : 1;
  const seen = new Set<string>();
  const found: Prompt[] = [];
  if (suitePrompts(config, suite, 1, split).length === 0) return found;
  for (let index = 0; found.length < n && index < n * MOST_DRAWS; index += size) {
    const unit = Array.from({ length: size }, (_, i) => suitePrompt(config, suite, index + i, split));
    const contents = unit.map(promptContent);
    if (contents.some((content) => seen.has(content))) continue;
    for (const content of contents) seen.add(content);
    for (const prompt of unit) found.push(prompt);
  }
  return found.slice(0, n);
}

/** Prompt number `index` of a suite. */
function suitePrompt(config: WorldConfig, suite: Suite, index: number, split: SuiteSplit): Prompt {
  if (suite === 'situational') return twinPrompt(config, index, split);
  if (suite === 'attacker') return attackerPrompts(config, index + 1, split)[index];
  const name = `${SUITE_KEYS[split]}:${suite}`;
  const [main, ...others] = SUITE_MIXES[suite];
  const draw = drawFor(config, name, index, split);
  const other = others.find(({ share }) => draw.random.chance(share));
  return finish(`${name}:${index}`, split, candidate(other ? other.mix : main, draw));
}

/** The first prompts of the suite `attacker`: all attacks on one request, then those on the next. */
function attackerPrompts(config: WorldConfig, n: number, split: SuiteSplit): Prompt[] {
  const name = `${SUITE_KEYS[split]}:attacker`;
  const requests = attackedRequests(config, Math.ceil(n / ATTACKS_PER_REQUEST), split);
  const prompts = requests.flatMap((request, at) => {
    const attacks = attacksOn(request, drawFor(config, name, at, split));
    return attacks.map((attack, i) => finish(`${name}:${at * ATTACKS_PER_REQUEST + i}`, split, attack));
  });
  return prompts.slice(0, n);
}

/** The first harmful requests of the suite `safety` that ask for different things. */
function attackedRequests(config: WorldConfig, n: number, split: SuiteSplit): Prompt[] {
  const found = new Map<string, Prompt>();
  for (let index = 0; found.size < n && index < n * MOST_DRAWS; index++) {
    const request = suitePrompt(config, 'safety', index, split);
    const content = requestContent(request);
    if (!found.has(content)) found.set(content, request);
  }
  return [...found.values()];
}

/** Even indices are the harmful twins, odd ones their harmless twins. */
function twinPrompt(config: WorldConfig, index: number, split: SuiteSplit): Prompt {
  const pair = Math.floor(index / 2);
  const name = `${SUITE_KEYS[split]}:situational`;
  const draw = drawFor(config, name, pair, split);
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const { family, both } = twins(draw);
    const tokens = both.map(({ text }) => encode(text));
    if (!both.every(({ scene }, i) => splitOf(tokens[i], scene) === split)) continue;
    const id = (i: number) => `${name}:${i}`;
    const twin = id(index % 2 === 0 ? index + 1 : index - 1);
    const at = index % 2;
    return finish(id(index), split, { family, draft: both[at], tokens: tokens[at] }, twin);
  }
  throw new Error('No situational twins found');
}

/** The prompt of an id. @throws PlaygroundError `not-found` */
export function promptById(config: WorldConfig, id: string): Prompt {
  const [head, name, number] = id.split(':');
  const index = Number(number);
  if (Number.isInteger(index) && index >= 0 && number !== '') {
    const suite = [...SUITES, 'attacker' as const].find((known) => known === name);
    const suiteSplit = (['test', 'validation'] as const).find((known) => SUITE_KEYS[known] === head);
    if (suiteSplit && suite) return suitePrompt(config, suite, index, suiteSplit);
    const split = SPLITS.find((known) => known === head);
    const label = LABELS.find((known) => known === name);
    if (split && label) return promptOf(config, split, label, index);
  }
  throw new PlaygroundError(
    'not-found',
    `No prompt has the id "${id}"; ids look like train:safety:12 or suite:value:3`,
    'Draw another prompt.',
  );
}
