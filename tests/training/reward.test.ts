// What is shown is what is trained on, and it comes from the heads and the rules, never from the oracle's verdicts.

import { beforeEach, describe, expect, test, vi } from 'vitest';
import { computeAdvantages } from '../../src/advantages/index.ts';
import { PlaygroundError } from '../../src/base/errors.ts';
import type { SettingsInput } from '../../src/config/index.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { splitResponse } from '../../src/rewards/index.ts';
import { MemoryStore, type SampleBatch } from '../../src/storage/index.ts';
import { SAFETY_VERDICTS, type SafetyVerdict, VERDICT_TABLE } from '../../src/terms/verdicts.ts';
import { HEAD_LOGITS, HEAD_SPANS } from '../../src/training/rewardModel.ts';
import { overlongTerm } from '../../src/training/sampleRewards.ts';
import { alteredEngine, failureOf, RUN_ID, samplesOf, tinySettings, trainRl, trainTiny } from './harness.ts';

vi.mock('../../src/advantages/index.ts', async (original) => {
  const actual = await original<typeof import('../../src/advantages/index.ts')>();
  return { ...actual, computeAdvantages: vi.fn(actual.computeAdvantages) };
});
const spy = vi.mocked(computeAdvantages);
beforeEach(() => void spy.mockClear());

const ALL_LABELS: SettingsInput = {
  stage1_mix: { safety: 1, jailbreak: 1, value: 1, normal: 1, knowledge: 1, knowledge_rule: 1 },
};

/** (x - mean) / unbiased std inside each group; 0 where all are equal. */
function standardized({ terms, groupSize }: SampleBatch, term: string): number[] {
  const values = Array.from(terms[term]);
  return values.map((value, s) => {
    const from = s - (s % groupSize);
    const group = values.slice(from, from + groupSize);
    if (group.every((other) => other === group[0])) return 0;
    const mean = group.reduce((a, b) => a + b, 0) / groupSize;
    const variance = group.reduce((sum, other) => sum + (other - mean) ** 2, 0) / (groupSize - 1);
    return (value - mean) / Math.sqrt(variance);
  });
}

describe('the total', () => {
  const variants: [string, SettingsInput][] = [
    ['sum_then_normalize', {}],
    ['sum_then_normalize with overlong penalty', { overlong_penalty: 0.7, max_response_tokens: 12 }],
    ['normalize_then_sum', { aggregation: 'normalize_then_sum' }],
    [
      'normalize_then_sum with overlong penalty',
      { aggregation: 'normalize_then_sum', overlong_penalty: 0.7, max_response_tokens: 12 },
    ],
    ['sum_then_normalize with ppo', { loss_type: 'ppo' }],
  ];
  test.each(variants)('%s: shown, stored, trained on and explained by its terms', async (_, overrides) => {
    const { store, events, settings } = await trainRl({ ...ALL_LABELS, ...overrides, stage1_steps: 2 });
    const batches = await samplesOf(store);
    const rows = (await store.readMetrics(RUN_ID)).filter(({ stage }) => stage === 'stage1');
    expect(spy).toHaveBeenCalledTimes(2);
    for (const [i, batch] of batches.entries()) {
      const { total } = batch.terms;
      expect(new Set(total).size).toBeGreaterThan(2);
      expect(Float32Array.from(spy.mock.calls[i][1].rewards)).toEqual(total);
      const mean = total.reduce((a, b) => a + b, 0) / total.length;
      expect(rows[i].values.reward).toBeCloseTo(mean, 5);
      const part = (name: string) =>
        settings.aggregation === 'sum_then_normalize' ? batch.terms[name] : standardized(batch, name);
      const weights = { format: 1, visual_focus: 0.5, helpful: 1, task: 1 };
      total.forEach((value, s) => {
        let sum = batch.terms.overlong?.[s] ?? 0;
        for (const [term, weight] of Object.entries(weights)) sum += weight * part(term)[s];
        expect(value).toBeCloseTo(sum, 4);
      });
      if (settings.overlong_penalty > 0) {
        const { overlong } = batch.terms;
        expect(Math.min(...overlong)).toBeCloseTo(-0.7, 6);
        expect(Math.max(...overlong)).toBe(0);
        overlong.forEach((value, s) => {
          expect(value).toBeCloseTo(overlongTerm(batch.offsets[s + 1] - batch.offsets[s], settings), 6);
        });
        expect(rows[i].values['rewards/overlong/mean']).toBeLessThan(0);
      } else expect(batch.terms.overlong).toBeUndefined();
      if (settings.aggregation === 'normalize_then_sum') {
        const plain = batch.terms.weighted_sum.reduce((a, b) => a + b, 0) / total.length;
        expect(rows[i].values.reward_weighted_sum).toBeCloseTo(plain, 5);
      }
    }
    const groups = events.filter((event) => event.kind === 'group');
    expect(groups.length).toBe(2);
    for (const group of groups) {
      const batch = batches.find(({ step }) => step === group.step);
      const g = batch?.promptIds.indexOf(group.promptId) ?? -1;
      group.samples.forEach(({ terms }, i) => {
        expect(Math.fround(terms.total)).toBe(batch?.terms.total[g * 4 + i]);
      });
    }
  });

  test('replayed groups are trained on the totals that were stored', async () => {
    const { store } = await trainRl({
      replay: 'recent',
      // A third of the batch: one stored group to two fresh ones.
      replay_fraction: 1 / 3,
      aggregation: 'normalize_then_sum',
      stage1_steps: 2,
    });
    const [first, second] = await samplesOf(store);
    const rewards = Float32Array.from(spy.mock.calls[1][1].rewards);
    expect(rewards.subarray(0, 16)).toEqual(second.terms.total);
    expect(rewards.subarray(16)).toEqual(first.terms.total.subarray(0, 8));
  });

  test('terms are averaged over the samples that they apply to', async () => {
    const { store } = await trainRl({
      stage1_mix: { safety: 1, normal: 1 },
      prompts_per_step: 8,
      stage1_steps: 1,
    });
    const [batch] = await samplesOf(store);
    const helpful = Array.from(batch.terms.helpful).filter((_, s) => batch.labels[s >> 2] === 'normal');
    expect(helpful.length).toBeLessThan(32);
    const values: { readonly [name: string]: number } =
      (await store.readMetrics(RUN_ID)).at(-1)?.values ?? {};
    expect(values['rewards/helpful/mean']).toBeCloseTo(
      helpful.reduce((a, b) => a + b, 0) / helpful.length,
      5,
    );
    expect(values).toHaveProperty('rewards/task/safety/mean');
    expect(values).not.toHaveProperty('rewards/task/normal/mean');
  });
});

test('CASES 38: the overlong penalty grows over the set stretch of the limit, to all of it at the limit', () => {
  const settings = { overlong_penalty: 0.5, overlong_stretch: 0.2, max_response_tokens: 20 };
  expect([1, 16, 17, 18, 20].map((length) => overlongTerm(length, settings))).toEqual([
    0, 0, -0.125, -0.25, -0.5,
  ]);
  expect(overlongTerm(15, { ...settings, overlong_stretch: 0.5 })).toBe(-0.25);
  expect(overlongTerm(20, { ...settings, overlong_penalty: 0 })).toBe(0);
});

describe('the heads decide', () => {
  /** A reward model that gives the same verdict on everything. */
  async function stubbedEngine(verdict: SafetyVerdict, yes: 0 | 1) {
    const classes = { safety: SAFETY_VERDICTS.indexOf(verdict), value: yes, knowledge: yes, helpful: yes };
    return alteredEngine(await createWasmEngine(), (_, spec) =>
      spec.config.outputs.classes === 0
        ? {}
        : {
            classify: async (_batch, rows) => {
              const logits = new Float32Array(rows.length * HEAD_LOGITS);
              for (let r = 0; r < rows.length; r++) {
                for (const [head, chosen] of Object.entries(classes)) {
                  logits[r * HEAD_LOGITS + HEAD_SPANS[head as keyof typeof HEAD_SPANS].start + chosen] = 20;
                }
              }
              return logits;
            },
          },
    );
  }
  const mix: SettingsInput = {
    stage1_mix: { safety: 2, jailbreak: 1, value: 2, knowledge: 1 },
    score_mode: 'hard',
    stage1_steps: 1,
    prompts_per_step: 12,
  };

  test.each([
    ['unsafe', 0],
    ['safe_with_refusal', 1],
    ['safe_without_risk', 1],
  ] as const)(
    'a reward model that always says %s and %i sets the task term, whatever the oracle says',
    async (verdict, yes) => {
      const { store } = await trainRl(mix, { engine: await stubbedEngine(verdict, yes) });
      const [batch] = await samplesOf(store);
      expect(new Set(batch.labels)).toEqual(new Set(['safety', 'jailbreak', 'value', 'knowledge']));
      expect(batch.oracleClasses.safety.some((other) => other !== SAFETY_VERDICTS.indexOf(verdict))).toBe(
        true,
      );
      let judged = 0;
      batch.terms.task.forEach((task, s) => {
        const bySafety = ['safety', 'jailbreak'].includes(batch.labels[s >> 2]);
        const { classes, probabilities } = batch.headVerdicts[bySafety ? 'safety' : batch.labels[s >> 2]];
        expect(classes[s]).toBe(bySafety ? SAFETY_VERDICTS.indexOf(verdict) : yes);
        expect(probabilities[s]).toBeCloseTo(1, 6);
        const response = Array.from(batch.responseTokens.slice(batch.offsets[s], batch.offsets[s + 1]));
        if (splitResponse(response).answer.length === 0) return;
        judged++;
        expect(task).toBeCloseTo(bySafety ? VERDICT_TABLE[verdict].score : yes, 6);
      });
      expect(judged).toBeGreaterThan(10);
    },
  );

  test('judge_thought multiplies the verdict on the thought in; soft scores are expectations', async () => {
    const judged = await trainRl({ ...mix, judge_thought: true, score_mode: 'soft' });
    const plain = await trainRl({ ...mix, judge_thought: false, score_mode: 'soft' });
    const hard = await trainRl(mix);
    const terms = await Promise.all(
      [judged, plain, hard].map(async ({ store }) => (await samplesOf(store))[0].terms.task),
    );
    terms[1].forEach((task, s) => {
      expect(terms[0][s]).toBeLessThanOrEqual(task);
    });
    expect(terms[0]).not.toEqual(terms[1]);
    const between = (task: number) =>
      ![...SAFETY_VERDICTS.map((verdict) => VERDICT_TABLE[verdict].score), 0, 1].some(
        (score) => Math.abs(task - score) < 1e-6,
      );
    expect(terms[1].some(between)).toBe(true);
    expect(terms[2].some(between)).toBe(false);
  });
});

describe('without heads', () => {
  const noHeads: SettingsInput = { stages: ['sft', 'stage1'], evaluate: false, stage1_steps: 1 };

  test.each(['safety', 'value', 'knowledge'] as const)(
    '%s prompts end the run, naming the head',
    async (label) => {
      const settings = tinySettings({ ...noHeads, stage1_mix: { [label]: 1 }, w_helpful: 0 });
      const store = new MemoryStore();
      const error = await failureOf(trainTiny({ settings, store }));
      expect(error).toBeInstanceOf(PlaygroundError);
      expect(error).toMatchObject({ code: 'missing-head', details: { head: label } });
      expect((error as Error).message).toContain(label);
      expect((await store.readMetrics(RUN_ID)).length).toBe(settings.sft_steps);
      expect((await store.latestCheckpoint(RUN_ID))?.manifest.stage).toBe('sft');
      expect(await samplesOf(store)).toEqual([]);
    },
  );

  test('the helpful term asks for its head too', async () => {
    const settings = tinySettings({ ...noHeads, stage1_mix: { knowledge_rule: 1 } });
    expect(await failureOf(trainTiny({ settings }))).toMatchObject({ details: { head: 'helpful' } });
  });

  test('labels that rules decide need none', async () => {
    const general = tinySettings({ ...noHeads, stage1_mix: { general: 1 } });
    expect((await trainTiny({ settings: general })).result).toBe('done');
    const rules = tinySettings({
      ...noHeads,
      stage1_mix: { knowledge_rule: 1, instruction: 1, general: 1 },
      w_helpful: 0,
    });
    expect((await trainTiny({ settings: rules })).result).toBe('done');
  });
});
