// The plan of stages, the schedule of the learning rate, and the progress that is told.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Stage } from '../../src/terms/stages.ts';
import { SUITES } from '../../src/terms/suites.ts';
import { learningRateAt } from '../../src/training/schedule.ts';
import { stagePlan } from '../../src/training/stages.ts';
import { tinySettings, trainTiny } from './harness.ts';

const KINDS: readonly Stage[] = ['sft', 'heads', 'stage1', 'stage2', 'mixed'];

describe('the plan', () => {
  const names = (stages: readonly Stage[], evaluate = true) =>
    stagePlan(tinySettings({ stages, evaluate })).map(({ name }) => name);

  test('evaluates after SFT and each RL stage, never after the heads', () => {
    expect(names(['sft', 'heads', 'stage1', 'stage2'])).toEqual([
      'sft',
      'evaluation-sft',
      'heads',
      'stage1',
      'evaluation-stage1',
      'stage2',
      'evaluation-stage2',
    ]);
    expect(names(['sft', 'heads', 'mixed'], false)).toEqual(['sft', 'heads', 'mixed']);
  });

  test('numbers repeated stages', () => {
    expect(names(['stage1', 'heads', 'stage1', 'heads', 'stage1'], false)).toEqual([
      'stage1',
      'heads',
      'stage1-2',
      'heads-2',
      'stage1-3',
    ]);
  });

  test('is sound for any list of stages', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...KINDS), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (stages, evaluate) => {
          const plan = stagePlan(tinySettings({ stages, evaluate }));
          expect(new Set(plan.map(({ name }) => name)).size).toBe(plan.length);
          expect(
            plan.filter(({ kind }) => kind !== 'evaluation').map(({ name }) => name.replace(/-\d+$/, '')),
          ).toEqual(stages);
          plan.forEach((stage, i) => {
            expect(stage.iterations).toBeGreaterThan(0);
            expect(stage.workPerIteration).toBeGreaterThan(0);
            if (stage.kind === 'evaluation')
              expect(stage).toMatchObject({ after: plan[i - 1].name, iterations: SUITES.length });
          });
        },
      ),
    );
  });

  test('takes lengths, mixes and rates from the settings', () => {
    const settings = tinySettings({
      stages: ['sft', 'heads', 'stage1', 'stage2', 'mixed'],
      evaluate: false,
      stage1_learning_rate: 1e-4,
      stage2_learning_rate: 2e-4,
      freeze_vision: true,
      stage1_steps: 3,
      stage2_steps: 5,
    });
    expect(stagePlan(settings)).toMatchObject([
      { kind: 'sft', iterations: 25 },
      { kind: 'heads', iterations: 5 },
      { kind: 'rl', iterations: 3, mix: settings.stage1_mix, learningRate: 1e-4, freezeVision: false },
      { kind: 'rl', iterations: 5, mix: settings.stage2_mix, learningRate: 2e-4, freezeVision: true },
      { kind: 'rl', iterations: 8, mix: settings.stage2_mix, learningRate: 2e-4, freezeVision: false },
    ]);
    const thawed = stagePlan(tinySettings({ stages: ['stage2'], freeze_vision: false }));
    expect(thawed[0]).toMatchObject({ freezeVision: false });
  });
});

describe('the learning rate', () => {
  const curve = (shape: 'cosine' | 'constant', iterations: number, warmup: number) =>
    Array.from({ length: iterations }, (_, i) => learningRateAt(1, i, iterations, warmup, shape));

  test('warms up in equal steps that end below the peak, then stays', () => {
    const rates = curve('constant', 100, 0.03);
    expect(rates.slice(0, 4)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(new Set(rates.slice(3))).toEqual(new Set([1]));
    expect(curve('constant', 5, 0)).toEqual([1, 1, 1, 1, 1]);
  });

  test('falls as a cosine to a tenth of the peak', () => {
    const rates = curve('cosine', 1000, 0.1);
    expect(Math.max(...rates)).toBe(1);
    expect(rates[100]).toBe(1);
    expect(rates[550]).toBeCloseTo(0.55, 3);
    expect(rates[999]).toBeCloseTo(0.1, 3);
    for (let i = 101; i < 1000; i++) expect(rates[i]).toBeLessThan(rates[i - 1]);
  });

  test('is above 0 and at most the peak, whatever the length and the warm-up', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        share,
        fc.constantFrom('cosine', 'constant'),
        (n, warmup, shape) => {
          for (const rate of curve(shape as 'cosine' | 'constant', n, warmup)) {
            expect(rate).toBeGreaterThan(0);
            expect(rate).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});

describe('progress', () => {
  test('goes forward without gaps, with finite times that end at 0', async () => {
    const settings = tinySettings({ sft_steps: 6 });
    const plan = stagePlan(settings);
    const { events } = await trainTiny({ settings });
    const progress = events
      .filter((event) => event.kind === 'progress')
      .filter(({ preparing }) => !preparing);
    const expected = plan.flatMap(({ name, iterations }, stageIndex) =>
      Array.from({ length: iterations }, (_, i) => ({
        stage: name,
        stageIndex,
        iteration: i + 1,
        iterations,
      })),
    );
    expect(
      progress.map(({ stage, stageIndex, iteration, iterations }) => ({
        stage,
        stageIndex,
        iteration,
        iterations,
      })),
    ).toEqual(expected);
    let [step, elapsed] = [0, 0];
    for (const event of progress) {
      expect(event.stages).toEqual(plan.map(({ name, iterations }) => ({ name, iterations })));
      expect(event.step - step).toBe(event.stage.startsWith('evaluation') ? 0 : 1);
      expect(event.elapsedMs).toBeGreaterThanOrEqual(elapsed);
      [step, elapsed] = [event.step, event.elapsedMs];
      for (const left of [event.stageRemainingMs, event.runRemainingMs]) {
        expect(left).toSatisfy(Number.isFinite);
        expect(left).toBeGreaterThanOrEqual(0);
      }
      expect(event.runRemainingMs).toBeGreaterThanOrEqual(event.stageRemainingMs ?? Number.NaN);
      if (event.iteration === event.iterations) expect(event.stageRemainingMs).toBe(0);
    }
    expect(progress.at(-1)?.runRemainingMs).toBe(0);
    const order = events.filter(({ kind }) => kind !== 'progress').map(({ kind }) => kind);
    expect(order.filter((kind) => kind === 'group').length).toBe(8);
    expect(order.filter((kind) => kind === 'heads').length).toBe(1);
    expect(order.filter((kind) => kind === 'evaluation').length).toBe(3);
  });

  test('tells how far the examples of the heads are, inside their stage, before its iterations and after', async () => {
    const settings = tinySettings({ evaluate: false, sft_steps: 4, stages: ['sft', 'heads'] });
    const { events } = await trainTiny({ settings });
    const all = events.filter((event) => event.kind === 'progress');
    const told = all.flatMap((event) => (event.preparing ? [{ ...event, preparing: event.preparing }] : []));
    const whole = (iteration: number, what: string) =>
      told.filter((event) => event.iteration === iteration && event.preparing.what === what).at(-1)
        ?.preparing;
    expect(whole(0, 'writing')).toEqual({ what: 'writing', done: 32, total: 32 });
    expect(whole(0, 'labelling')).toEqual({ what: 'labelling', done: 32, total: 32 });
    expect(whole(5, 'writing')).toEqual({ what: 'writing', done: 100, total: 100 });
    for (const iteration of [0, 5]) {
      const sampling = whole(iteration, 'sampling');
      expect(sampling?.done).toBeGreaterThan(0);
      expect(sampling?.done).toBe(sampling?.total);
    }
    expect(new Set(told.map(({ stage, stageIndex }) => `${stageIndex} ${stage}`))).toEqual(
      new Set(['1 heads']),
    );
    // Time goes on over everything that is told; what is left of the stage is not known meanwhile.
    expect(all.every((event, i) => i === 0 || event.elapsedMs >= all[i - 1].elapsedMs)).toBe(true);
    expect(told.every(({ stageRemainingMs }) => stageRemainingMs === null)).toBe(true);
    expect(told.every(({ runRemainingMs }) => runRemainingMs !== null && runRemainingMs >= 0)).toBe(true);
    const messages = events.flatMap((event) => (event.kind === 'status' ? [event.message] : []));
    expect(messages).toContain('The examples of the reward heads: writing, 32 of 32');
    expect(messages.at(-1)).toBe('');
  });

  test('a stage without iterations is passed over', async () => {
    const settings = tinySettings({ sft_steps: 4, stage1_steps: 0, stage2_steps: 1, evaluate: false });
    const { events, result } = await trainTiny({ settings });
    expect(result).toBe('done');
    const stages = events.filter((event) => event.kind === 'progress').map(({ stage }) => stage);
    expect(new Set(stages)).toEqual(new Set(['sft', 'heads', 'stage2']));
  });
});
