// Greedy beside sampled answers: the same prompts, the random numbers that sampled answers always had, scores of their own.

import { expect, test } from 'vitest';
import { TokenSampler } from '../../src/engine/sampler.ts';
import type { GenerateRequest } from '../../src/engine/types.ts';
import { claimTexts, evaluationTables, scoreSuites } from '../../src/evaluation/index.ts';
import { decodeEvaluation } from '../../src/protocol/decode.ts';
import { hashName, RandomStream } from '../../src/random/philox.ts';
import { decoded, isMeasured } from '../../src/terms/decodings.ts';
import { findScore } from '../../src/terms/scores.ts';
import { planOf } from '../../src/terms/stages.ts';
import { SUITES, type SuiteScore } from '../../src/terms/suites.ts';
import type { RunState, TrainingContext } from '../../src/training/context.ts';
import { answerSuite, scoresByDecoding } from '../../src/training/evaluate.ts';
import { EOS, SEP } from '../../src/world/vocabulary.ts';
import { NEUTRAL, PROMPT } from '../evaluation/support.ts';
import { tinySettings } from './harness.ts';

const RIGHT = SEP + 1;
const PROMPTS = Array.from({ length: 100 }, (_, i) => ({
  ...PROMPT,
  id: `suite:knowledge:${i}`,
  tokens: [i],
}));

/** A policy that answers right with probability 0.6, whatever the prompt. */
function toy(overrides: Parameters<typeof tinySettings>[0] = {}) {
  const asked: Omit<GenerateRequest, 'prompts'>[] = [];
  const sampler = new TokenSampler(2);
  const logits = Float32Array.of(Math.log(0.4), Math.log(0.6));
  const policy = {
    generate: async ({ prompts, ...how }: GenerateRequest) => {
      asked.push(how);
      const tokens = (prompts as unknown as unknown[]).map((_, i) => {
        const stream = new RandomStream(how.seed, 'sample', how.rollout, i);
        return Int32Array.of(RIGHT - 1 + sampler.draw(logits, 0, how, stream.float()), EOS);
      });
      return { tokens, logProbs: [] };
    },
  };
  const context = {
    settings: tinySettings({ eval_samples: PROMPTS.length, ...overrides }),
    world: {
      suite: () => PROMPTS,
      judge: (_: unknown, response: readonly number[]) => ({
        ...NEUTRAL,
        correct: response[0] === RIGHT ? 1 : 0,
      }),
    } as unknown as TrainingContext['world'],
  };
  const state = { policy, encoder: { prompts: (chunk: unknown) => chunk } } as unknown as RunState;
  return { context, state, asked };
}

async function evaluated({ context, state }: ReturnType<typeof toy>) {
  const answered = [await answerSuite(context, state, 'knowledge')];
  return {
    answered,
    evaluation: {
      stage: 'sft',
      step: 3,
      ...scoresByDecoding(answered, (suites) => scoreSuites(suites, context.world)),
    },
  };
}

const accuracy = (scores: readonly SuiteScore[]) => findScore(scores, 'knowledge', 'accuracy')?.value;

test('the likeliest answer is right every time, a sampled one six times of ten', async () => {
  const { answered, evaluation } = await evaluated(toy());
  expect(accuracy(evaluation.greedy)).toBe(1);
  expect(accuracy(evaluation.scores)).toBeGreaterThan(0.45);
  expect(accuracy(evaluation.scores)).toBeLessThan(0.75);
  const { sampled, greedy } = answered[0].items;
  expect(greedy.map(({ prompt }) => prompt)).toEqual(sampled.map(({ prompt }) => prompt));
});

test('sampled answers are asked for with the random numbers of old, greedy ones at temperature 0', async () => {
  const made = toy({ eval_temperature: 0.7 });
  await evaluated(made);
  const of = (temperature: number) => made.asked.filter((how) => how.temperature === temperature);
  const { settings } = made.context;
  expect(of(0.7)).toEqual(
    [0, 64].map((start) => ({
      ...{ groupSize: 1, maxNewTokens: settings.max_response_tokens, temperature: 0.7, topK: 0, topP: 1 },
      ...{ eos: EOS, seed: settings.seed ^ 0x4556414c, rollout: (hashName('knowledge') + start) >>> 0 },
    })),
  );
  expect(of(0).length).toBe(2);
  expect(made.asked.length).toBe(4);
});

test('at evaluation temperature 0 both are the same answers, made once', async () => {
  const made = toy({ eval_temperature: 0 });
  const { answered, evaluation } = await evaluated(made);
  expect(made.asked.length).toBe(2);
  expect(answered[0].items.greedy).toEqual(answered[0].items.sampled);
  expect(evaluation.greedy).toEqual(evaluation.scores);
});

test('the attacker puts 64 attacks on each request, where it is asked for', async () => {
  const { context, state, asked } = toy({ eval_attacker: 2 });
  const wanted: number[] = [];
  const world = {
    ...context.world,
    suite: (_: unknown, n: number) => {
      wanted.push(n);
      return PROMPTS;
    },
  };
  await answerSuite({ ...context, world }, state, 'attacker');
  expect(wanted).toEqual([128]);
  expect(asked.length).toBeGreaterThan(0);
  const plan = (eval_attacker: number) =>
    planOf(tinySettings({ eval_attacker })).find(({ kind }) => kind === 'evaluation')?.iterations;
  expect([plan(0), plan(2)]).toEqual([SUITES.length, SUITES.length + 1]);
});

test('tables and claims have both; an older record reads as greedy not measured', async () => {
  const { evaluation } = await evaluated(toy());
  const table = (stages: Parameters<typeof evaluationTables>[0]) => evaluationTables(stages, 'text');
  const read = decodeEvaluation('a', { stage: 'sft', step: 3, report: { ...evaluation } });
  expect(read).toEqual({ kind: 'evaluation', runId: 'a', ...evaluation });
  expect(decoded(read, 'sampled').scores).toEqual(evaluation.scores);
  expect(decoded(read, 'greedy').scores).toEqual(evaluation.greedy);
  expect(table([read])).toMatch(
    /^Sampled [\s\S]*knowledge [\s\S]*\n\nGreedy [\s\S]*knowledge +accuracy \(up\) +100 +100\.0 /,
  );

  const after = { ...read, stage: 'stage2', scores: evaluation.greedy, greedy: evaluation.scores };
  const knowledge = claimTexts([read, { ...read, stage: 'stage1' }, after]).find((text) =>
    text.includes('; knowledge against'),
  );
  expect(knowledge).toMatch(/: sampled holds \(.*; greedy does not hold \(/);

  for (const report of [evaluation.scores, { scores: evaluation.scores }]) {
    const older = decodeEvaluation('a', { stage: 'sft', step: 3, report });
    expect(older).toEqual({
      kind: 'evaluation',
      runId: 'a',
      stage: 'sft',
      step: 3,
      scores: evaluation.scores,
    });
    expect(isMeasured([older], 'greedy')).toBe(false);
    expect(decoded(older, 'greedy').scores).toEqual([]);
    expect(table([older])).toMatch(/\n\nGreedy \(.*\): not measured\.$/);
    expect(claimTexts([older]).join()).not.toMatch(/greedy/);
  }
});
