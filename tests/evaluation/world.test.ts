// The suites on the real world: policies whose score is known beforehand.

import { describe, expect, it } from 'vitest';
import { scoreSuites } from '../../src/evaluation/index.ts';
import { findScore } from '../../src/terms/scores.ts';
import { SUITES, type SuiteScore } from '../../src/terms/suites.ts';
import { createWorld } from '../../src/world/index.ts';
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
