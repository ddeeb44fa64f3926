// The filter in front of a policy: which answers it replaces, where in a run it stands, and that tables and reports say so.

import { beforeAll, describe, expect, test } from 'vitest';
import {
  forkIndex,
  nothingLeft,
  requireTogether,
  resolvePreset,
  type SettingsInput,
  settingsReadUpTo,
} from '../../src/config/index.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { evaluationTables, reportMarkdown, scoreSuites } from '../../src/evaluation/index.ts';
import { expand } from '../../src/experiments/expand.ts';
import { planOfInput } from '../../src/experiments/planFile.ts';
import { measureOf, type RunResult } from '../../src/experiments/results.ts';
import { ModelCache } from '../../src/inspector/modelCache.ts';
import { decodeEvaluation } from '../../src/protocol/decode.ts';
import type { TrainEvent } from '../../src/protocol/messages.ts';
import { Releases } from '../../src/releases/releases.ts';
import type { RunStore } from '../../src/storage/index.ts';
import { codeOfVersion } from '../../src/terms/origin.ts';
import { findScore, isFiltered } from '../../src/terms/scores.ts';
import { planOf } from '../../src/terms/stages.ts';
import { type StageEvaluation, SUITES } from '../../src/terms/suites.ts';
import { SAFETY_VERDICTS } from '../../src/terms/verdicts.ts';
import { behindFilter } from '../../src/training/answerFilter.ts';
import { answerSuite, scoresByDecoding } from '../../src/training/evaluate.ts';
import { findOrigin } from '../../src/training/fork.ts';
import { scoreParts } from '../../src/training/rewardModel.ts';
import { PLAIN_REFUSAL, splitResponse, worldOf } from '../../src/world/index.ts';
import { endAt, RUN_ID, snapshot, tinySettings, trainTiny } from './harness.ts';

const UNSAFE = SAFETY_VERDICTS.indexOf('unsafe');
const FILTERED: SettingsInput = { stages: ['sft', 'heads'], eval_filter: 0.5 };

async function evaluationsOf(store: RunStore): Promise<StageEvaluation[]> {
  return (await store.listEvaluations(RUN_ID)).map((each) => decodeEvaluation(RUN_ID, each));
}

test('the refusal is well formed, safe where harm is asked for, and over-refusal elsewhere', () => {
  const world = worldOf(tinySettings());
  const judged = (suite: 'safety' | 'overrefusal') =>
    world.suite(suite, 20).map((prompt) => world.judge(prompt, PLAIN_REFUSAL));
  for (const [suite, verdict] of [
    ['safety', 'safe_with_refusal'],
    ['overrefusal', 'unnecessary_refusal'],
  ] as const)
    for (const judgement of judged(suite))
      expect(judgement).toMatchObject({ verdict, refusal: true, format: true });
});

describe('answers', () => {
  const settings = tinySettings({ eval_samples: 40 });
  let parts: Awaited<ReturnType<typeof opened>>;
  beforeAll(async () => {
    parts = await opened();
  });

  /** A policy after SFT, and heads that were trained beside it. */
  async function opened() {
    const { store } = await trainTiny({
      settings: tinySettings({ stages: ['sft', 'heads'], evaluate: false }),
    });
    const engine = await createWasmEngine();
    const modelCache = new ModelCache({
      store,
      releases: new Releases(async () => null),
      engine: async () => engine,
    });
    const ends = await store.listCheckpoints(RUN_ID);
    const refOf = (stage: string) => {
      const checkpointId = ends.find((end) => end.kind === 'stage-end' && end.stage === stage)?.id ?? '';
      return { kind: 'stored', runId: RUN_ID, checkpointId } as const;
    };
    const { model: policy, encoder, world } = await modelCache.policy(refOf('sft'));
    expect(await modelCache.headsBefore(refOf('sft'))).toBeNull();
    const heads = await modelCache.headsBefore(refOf('heads'));
    if (!heads) throw new Error('the heads are there');
    return { policy, encoder, world, heads };
  }

  const answered = (eval_filter: number, withHeads = true) => {
    const { policy, encoder, world, heads } = parts;
    const state = { policy, encoder, rewardModel: withHeads ? heads : null };
    return answerSuite({ settings: { ...settings, eval_filter }, world }, state, 'jailbreak-seen');
  };
  const scored = (suite: Awaited<ReturnType<typeof answered>>) =>
    scoresByDecoding([suite], (suites) => scoreSuites(suites, parts.world));

  test('at 0, and without heads, are those of no filter', async () => {
    const plain = await answered(0, false);
    expect(await answered(0)).toEqual(plain);
    expect(await answered(0.9, false)).toEqual(plain);
    expect(isFiltered(scored(plain))).toBe(false);
  });

  test('at 1 are all replaced', async () => {
    const all = await answered(1);
    for (const items of Object.values(all.items))
      for (const item of items) expect(item).toMatchObject({ response: PLAIN_REFUSAL, replaced: true });
    for (const scores of Object.values(scored(all))) {
      expect(findScore(scores, 'jailbreak-seen', 'filtered')).toMatchObject({ value: 1, n: 40 });
      expect(findScore(scores, 'all', 'filtered')).toMatchObject({ value: 1, n: 40 });
      expect(findScore(scores, 'jailbreak-seen', 'attack_success')?.value).toBe(0);
    }
  });

  test('between them are replaced by the probability of being unsafe, and counted', async () => {
    const { heads, encoder, world } = parts;
    const { sampled: items } = (await answered(0)).items;
    const judged = await scoreParts(
      heads,
      encoder,
      items.map(({ prompt, response }) => ({
        prompt,
        part: splitResponse(response).answer,
        heads: ['safety'],
      })),
    );
    const unsafe = judged.map(({ safety }) => safety?.[UNSAFE] ?? Number.NaN);
    const threshold = 1 - [...unsafe].sort((a, b) => b - a)[15];
    const through = await behindFilter(items, heads, encoder, threshold);
    through.forEach((item, i) => {
      const replaced = unsafe[i] >= 1 - threshold;
      expect(item).toEqual({
        prompt: items[i].prompt,
        response: replaced ? PLAIN_REFUSAL : items[i].response,
        replaced,
      });
    });
    const share = through.filter(({ replaced }) => replaced).length / 40;
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(1);
    const scores = scoreSuites([{ suite: 'jailbreak-seen', items: through }], world);
    expect(findScore(scores, 'all', 'filtered')).toMatchObject({ value: share, n: 40 });
  });
});

describe('a run', () => {
  test('is evaluated behind the filter from the heads on, and resumed is the run that never stopped', async () => {
    const settings = tinySettings({ ...FILTERED, stages: ['sft', 'heads', 'stage1'], stage1_steps: 2 });
    const whole = await trainTiny({ settings });
    const evaluations = await evaluationsOf(whole.store);
    expect(evaluations.map((each) => [each.stage, isFiltered(each)])).toEqual([
      ['sft', false],
      ['heads', true],
      ['stage1', true],
    ]);
    const [sft, heads] = evaluations;
    expect(findScore(heads.scores, 'safety', 'filtered')).toMatchObject({ suite: 'safety', n: 10 });
    // The policy is that of SFT: what is not replaced is answered alike.
    const allReplaced = await trainTiny({
      settings: { ...settings, stages: ['sft', 'heads'], eval_filter: 1 },
    });
    const last = (await evaluationsOf(allReplaced.store)).at(-1);
    expect(findScore(last?.greedy ?? [], 'safety', 'safe')?.value).toBe(1);
    expect(findScore(last?.greedy ?? [], 'overrefusal', 'over_refusal')?.value).toBe(1);
    expect((await evaluationsOf(allReplaced.store))[0]).toEqual(sft);

    const events: TrainEvent[] = [];
    const control = endAt(events, 'evaluation-heads', 4, 'stop');
    const { store, result } = await trainTiny({ settings, events, control });
    expect(result).toBe('stopped');
    await trainTiny({ settings, store, resume: true });
    expect(await snapshot(store)).toEqual(await snapshot(whole.store));
  });

  test('begins after the heads of one without a filter, as a plan cell does', async () => {
    const base = tinySettings({ stages: ['sft', 'heads'] });
    const filtered = tinySettings(FILTERED);
    expect(settingsReadUpTo(base, 'heads').has('eval_filter')).toBe(false);
    expect(planOf(filtered).map(({ name }) => name)).toEqual([
      'sft',
      'evaluation-sft',
      'heads',
      'evaluation-heads',
    ]);
    expect(forkIndex(base, filtered, 'heads')).toBe(3);
    expect(nothingLeft(base, filtered, 'heads')).toBe(false);
    expect(nothingLeft(base, base, 'heads')).toBe(true);
    const { store } = await trainTiny({ settings: base });
    const origin = await findOrigin(store, filtered, { runId: RUN_ID, stage: 'heads' });
    expect(origin).toMatchObject({ stageIndex: 3, evaluated: ['sft'], withHeads: true });

    const quick = resolvePreset('quick').settings;
    const plan = planOfInput({
      name: 'at the door',
      base: { preset: 'quick' },
      foundations: { base: {} },
      cells: [
        { name: 'joint', title: 'joint', foundation: 'base' },
        {
          name: 'door',
          title: 'SFT behind the filter',
          change: { stages: ['sft', 'heads'], eval_filter: 0.5 },
          foundation: 'base',
        },
      ],
      metrics: ['mean', 'safe', 'filtered', 'filtered-greedy'],
      seeds: [1],
    });
    const { runs } = expand(plan, { settings: quick, preset: 'quick', stage: null });
    expect(runs.map(({ id, from }) => [id, from?.stage ?? null])).toEqual([
      ['base-s1', null],
      ['joint-s1', 'heads'],
      ['door-s1', 'heads'],
    ]);
  });

  test('without heads is refused before it begins', () => {
    const settings = tinySettings({ stages: ['sft'], eval_filter: 0.5 });
    expect(() => requireTogether(settings)).toThrow(/eval_filter is 0.5, but the run has no stage heads/);
    expect(requireTogether(tinySettings(FILTERED))).toMatchObject({ eval_filter: 0.5 });
  });

  test('tells in tables, report and measures that the filter was there', async () => {
    const settings = tinySettings(FILTERED);
    const { store } = await trainTiny({ settings });
    const evaluations = await evaluationsOf(store);
    const table = evaluationTables(evaluations, 'text');
    expect(table).toMatch(/suite +metric +n \(effective\) +sft +heads \(filtered\)/);
    expect(table).toMatch(/all +filtered \(down\)/);
    const report = (of: readonly StageEvaluation[]) =>
      reportMarkdown({
        ...{ name: 'a', message: '', preset: '', command: '', status: 'done', settings },
        ...{
          stageTimes: [],
          timesTitle: 'Time',
          breaches: 0,
          heads: [],
          evaluations: of,
          figures: [],
          digest: '',
        },
        engine: { backend: 'wasm', adapter: '', simd: null, threads: null },
        code: codeOfVersion('test'),
      });
    expect(report(evaluations)).toContain('a filter stood in front of the policy (`eval_filter`)');
    expect(report(evaluations.slice(0, 1))).not.toContain('filter stood');
    const run = { status: 'done', stages: evaluations } as unknown as RunResult;
    const share = findScore(evaluations[1].scores, 'all', 'filtered')?.value ?? Number.NaN;
    expect(measureOf('filtered').read(run, 'final')).toBe(100 * share);
    expect(measureOf('filtered').read(run, 'sft')).toBeNull();
    expect(findScore(evaluations[1].scores, 'all', 'filtered')?.n).toBe(
      SUITES.reduce((n, suite) => n + (findScore(evaluations[1].scores, suite, 'format')?.n ?? 0), 0),
    );
  });
});
