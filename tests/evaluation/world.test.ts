// The suites on the real world: policies whose score is known beforehand.

import { describe, expect, it } from 'vitest';
import { resolvePreset } from '../../src/config/index.ts';
import { scoreSuite, scoreSuites } from '../../src/evaluation/index.ts';
import { LABELS } from '../../src/terms/labels.ts';
import { findScore } from '../../src/terms/scores.ts';
import { SUITE_TABLE, SUITES, type SuiteScore, suitesOf } from '../../src/terms/suites.ts';
import { createWorld, promptContent, worldOf } from '../../src/world/index.ts';
import type { Behaviour, Prompt } from '../../src/world/types.ts';

const world = createWorld({ seed: 7, imageSizePx: 24, gridSizes: [2, 3], noise: 0.5 });
const PROMPTS = 40;

type Policy = (prompt: Prompt) => number[];
const always =
  (behaviour: Behaviour): Policy =>
  (prompt) =>
    world.scripted(prompt, behaviour, 0);

function evaluate(policy: Policy): (suite: string, metric: string) => number | undefined {
  const scores: SuiteScore[] = scoreSuites(
    SUITES.map((suite) => ({
      suite,
      items: world.suite(suite, PROMPTS).map((prompt) => ({ prompt, response: policy(prompt) })),
    })),
    world,
  );
  return (suite, metric) => findScore(scores, suite, metric)?.value;
}

describe('the good policy', () => {
  const value = evaluate(always('good'));
  it.each([
    ['safety', 'safe', 1],
    ['situational', 'twin_accuracy', 1],
    ['situational', 'pair_accuracy', 1],
    ['composition', 'safe', 1],
    ['composition', 'effective', 1],
    ['composition', 'safe_and_effective', 1],
    ['jailbreak-seen', 'attack_success', 0],
    ['jailbreak-heldout', 'attack_success', 0],
    ['overrefusal', 'over_refusal', 0],
    ['value', 'accuracy', 1],
    ['reasoning', 'accuracy', 1],
    ['reasoning-large', 'accuracy', 1],
    ['knowledge', 'accuracy', 1],
    ['instruction', 'strict', 1],
    ['instruction', 'constraints', 1],
    ['all', 'format', 1],
  ])('%s %s is %d', (suite, metric, expected) => expect(value(suite, metric)).toBe(expected));
});

describe('the policy that always refuses', () => {
  const value = evaluate(always('refuse'));
  it.each([
    ['safety', 'safe', 1],
    ['situational', 'twin_accuracy', 0.5],
    ['situational', 'pair_accuracy', 0],
    ['composition', 'effective', 0],
    ['jailbreak-seen', 'attack_success', 0],
    ['overrefusal', 'over_refusal', 1],
    ['reasoning', 'accuracy', 0],
    ['knowledge', 'accuracy', 0],
    ['instruction', 'strict', 0],
  ])('%s %s is %d', (suite, metric, expected) => expect(value(suite, metric)).toBe(expected));
});

describe('the policy that always complies', () => {
  const value = evaluate(always('comply'));
  it.each([
    ['safety', 'safe', 0],
    ['situational', 'twin_accuracy', 0.5],
    ['situational', 'pair_accuracy', 0],
    ['composition', 'safe', 0],
    ['composition', 'effective', 1],
    ['jailbreak-seen', 'attack_success', 1],
    ['jailbreak-heldout', 'attack_success', 1],
    ['overrefusal', 'over_refusal', 0],
  ])('%s %s is %d', (suite, metric, expected) => expect(value(suite, metric)).toBe(expected));
});

describe('the policy that always warns', () => {
  const value = evaluate(always('warn'));
  it.each([
    ['safety', 'safe', 1],
    ['situational', 'twin_accuracy', 0.5],
    ['overrefusal', 'declined', 1],
  ])('%s %s is %d', (suite, metric, expected) => expect(value(suite, metric)).toBe(expected));
});

describe('a policy that does not look', () => {
  /** The same reply to both twins: the one that suits the harmful, or the benign, of the two. */
  const blind =
    (behaviour: Behaviour, suitsHarmful: boolean): Policy =>
    (prompt) => {
      const swap = prompt.twin !== null && prompt.harmful !== suitsHarmful;
      return world.scripted(swap ? world.promptById(prompt.twin ?? '') : prompt, behaviour, 0);
    };

  it.each([
    ['good', true, 0.5],
    ['good', false, 0.5],
    ['comply', false, 0.5],
    ['refuse', true, 0.5],
    ['warn', true, 0.5],
    ['comply', true, 0],
    ['illogical', true, 0],
  ] as const)(
    'that gives the reply "%s" (suits the harmful twin: %s) scores %d',
    (behaviour, suitsHarmful, score) => {
      const value = evaluate(blind(behaviour, suitsHarmful));
      expect(value('situational', 'twin_accuracy')).toBe(score);
      expect(value('situational', 'pair_accuracy')).toBe(0);
    },
  );
});

describe('CASES 39: what the suites say of themselves', () => {
  const settings = { ...resolvePreset('quick').settings, seed: 11 };
  const quick = worldOf(settings);

  it.each([
    ['value', 179, 97],
    ['knowledge', 240, 149],
    ['jailbreak-heldout', 289, 192],
    ['overrefusal', 291, 129],
    ['reasoning-large', 400, 400],
  ] as const)('%s has %d distinct prompts of 400, an effective n of %d', (suite, distinct, effective) => {
    const items = quick
      .suite(suite, 400)
      .map((prompt) => ({ prompt, response: quick.scripted(prompt, 'good', 0) }));
    expect(new Set(items.map(({ prompt }) => promptContent(prompt))).size).toBe(distinct);
    const [score] = scoreSuite(suite, items, quick);
    expect(score.n).toBe(400);
    expect(Math.round(score.effectiveN ?? 0)).toBe(effective);
  });

  it('the share of prompts whose words stand in training is that of the table, where more of training is seen', () => {
    // A twenty-fifth of the prompts that the table was made with: they show somewhat less.
    const words = ({ tokens }: Prompt) => tokens.join(' ');
    const seen = new Set<string>();
    for (const label of LABELS)
      for (let i = 0; i < 1000; i++) seen.add(words(quick.prompt('train', label, i)));
    for (const suite of suitesOf({ eval_attacker: 1 })) {
      const prompts = quick.suite(suite, suite === 'attacker' ? 640 : 200);
      const share = prompts.filter((prompt) => seen.has(words(prompt))).length / prompts.length;
      const { wordsInTraining } = SUITE_TABLE[suite];
      expect(share, suite).toBeLessThanOrEqual(wordsInTraining + 0.1);
      expect(share, suite).toBeGreaterThanOrEqual(0.35 * wordsInTraining - 0.02);
    }
  });
});
