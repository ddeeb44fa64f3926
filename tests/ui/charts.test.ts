// The table of metrics against what training really emits; groups, search, rows, log axes and reference lines.

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { PRESETS } from '../../src/config/index.ts';
import { curveReferences } from '../../src/inspector/references.ts';
import type { HeadReport } from '../../src/terms/heads.ts';
import { LABELS } from '../../src/terms/labels.ts';
import { metricsMarkdown } from '../../src/terms/metrics/docs.ts';
import { isClockMetric, METRIC_CHARTS, METRICS } from '../../src/terms/metrics/index.ts';
import { UNITS } from '../../src/terms/metrics/metric.ts';
import { isRlStage } from '../../src/terms/stages.ts';
import { parseCurvePreferences, USUAL_SMOOTHING } from '../../src/ui/browser/preferences.ts';
import { plotOptions } from '../../src/ui/charts/plotOptions.ts';
import { chartRows, planLogAxis, rowsToDraw } from '../../src/ui/state/charts/chartRows.ts';
import { chartOf, findCharts, readyGroups, singleChart } from '../../src/ui/state/charts/charts.ts';
import { MetricTable } from '../../src/ui/state/charts/metricTable.ts';
import { referencesOf } from '../../src/ui/state/charts/references.ts';
import { tinySettings, trainTiny } from '../training/harness.ts';

const LISTED = [...METRICS.keys()];

/** Heads measured amid their stage; every label, pictures among value prompts too, a value head, an overlong penalty, terms normalised one by one. */
const settings = tinySettings({
  evaluate: false,
  stages: ['sft', 'heads', 'stage2'],
  sft_steps: 3,
  heads_measure_every: 2,
  stage2_steps: 2,
  prompts_per_step: 96,
  group_size: 2,
  stage2_mix: { ...Object.fromEntries(LABELS.map((label) => [label, 1])), value: 6 },
  loss_type: 'ppo',
  overlong_penalty: 0.5,
  aggregation: 'normalize_then_sum',
});
/** Safety as a cost, which no value head allows. */
const costly: typeof settings = { ...settings, loss_type: 'cpgd', safety_cost: true, prompts_per_step: 8 };

/** What training wrote of each metric: in which kinds of stages, and which values. */
const emitted = new Map<string, { stages: Set<string>; values: number[] }>();
beforeAll(async () => {
  const runs = [await trainTiny({ settings }), await trainTiny({ settings: costly })];
  for (const event of runs.flatMap(({ events }) => events)) {
    if (event.kind !== 'metrics') continue;
    for (const { stage, values } of event.rows) {
      const kind = isRlStage(stage) ? 'rl' : stage;
      for (const [name, value] of Object.entries(values)) {
        const seen = emitted.get(name) ?? { stages: new Set(), values: [] };
        emitted.set(name, seen);
        seen.stages.add(kind);
        seen.values.push(value);
      }
    }
  }
}, 120_000);

describe('the table of metrics', () => {
  it('lists every metric once, each with a sentence in plain words', () => {
    expect(METRIC_CHARTS.flatMap(({ lines }) => lines)).toHaveLength(METRICS.size);
    expect(new Set(METRIC_CHARTS.map(({ id }) => id)).size).toBe(METRIC_CHARTS.length);
    for (const { hint, lines } of METRIC_CHARTS) {
      expect(hint).toMatch(/\.$/);
      for (const { about, name } of lines) expect(about, name).toMatch(/^[A-Z].{15,}\.$/);
    }
  });

  it('misses nothing that training emits, and lists nothing that never comes', () => {
    expect([...emitted.keys()].sort()).toEqual([...LISTED].sort());
  });

  it('says in which stages each is measured', () => {
    for (const { name, stages = ['rl'] } of METRICS.values())
      expect([...(emitted.get(name)?.stages ?? [])].sort(), name).toEqual([...stages].sort());
  });

  it('says between which values each lies', () => {
    for (const { name, unit, range: [low, high] = UNITS[unit] } of METRICS.values()) {
      const { values } = emitted.get(name)!;
      // Sums of 32-bit numbers end a rounding beyond.
      expect(Math.min(...values), name).toBeGreaterThanOrEqual((low ?? Number.NEGATIVE_INFINITY) - 1e-6);
      expect(Math.max(...values), name).toBeLessThanOrEqual((high ?? Number.POSITIVE_INFINITY) + 1e-6);
    }
  });

  it('knows what is measured with a clock by name and by unit', () => {
    const timed = [...METRICS.values()].filter(({ unit }) => unit === 'ms' || unit === 'tokens/s');
    expect(LISTED.filter(isClockMetric)).toEqual(timed.map(({ name }) => name));
  });

  it('has every metric that a preset watches', () => {
    const signs = PRESETS.flatMap(({ hint }) => (hint?.sign.kind === 'metric' ? [hint.sign.metric] : []));
    expect(signs.length).toBeGreaterThan(1);
    expect(signs.filter((name) => !METRICS.has(name))).toEqual([]);
  });

  it('is what docs/METRICS.md says (npm run docs)', () => {
    expect(readFileSync('docs/METRICS.md', 'utf8')).toBe(metricsMarkdown());
  });
});

describe('groups and search', () => {
  it('puts a metric that no chart knows last, and tells which groups wait', () => {
    const { groups, waiting } = readyGroups(['kl', 'invented/metric']);
    expect(groups.map(({ id }) => id)).toEqual(['drift', 'other']);
    expect(groups[1].charts).toEqual([singleChart('invented/metric')]);
    expect(waiting.map(({ id }) => id)).toContain('sft');
  });

  it('finds by name and by words, and wants every word', () => {
    const { groups } = readyGroups(LISTED);
    expect(findCharts(groups, 'refusal_rate').map(({ id }) => id)).toEqual(['refusal']);
    expect(findCharts(groups, 'KL reference').map(({ id }) => id)).toContain('kl');
    expect(findCharts(groups, 'refusal_rate spaceship')).toEqual([]);
  });
});

describe('rowsToDraw', () => {
  const wave = Array.from({ length: 5000 }, (_, row) =>
    row === 3210 ? 99 : row === 17 ? -99 : Math.sin(row),
  );

  it('keeps few rows, both ends and every peak', () => {
    const kept = rowsToDraw([wave], wave.length, 400)!;
    expect(kept.length).toBeLessThanOrEqual(402);
    expect(kept).toEqual([...kept].sort((a, b) => a - b));
    for (const row of [0, 17, 3210, 4999]) expect(kept).toContain(row);
  });

  it('leaves short curves alone and survives gaps', () => {
    expect(rowsToDraw([wave.slice(0, 400)], 400, 400)).toBeNull();
    expect(rowsToDraw([Array.from({ length: 900 }, () => null)], 900, 100)).toEqual([0, 899]);
  });
});

describe('planLogAxis', () => {
  it('says why an axis is linear, or what it leaves out', () => {
    expect(planLogAxis([[1, 0.1, null]])).toEqual({ log: true, note: '' });
    expect(planLogAxis([[1, 0], [0]])).toEqual({ log: true, note: 'Log axis: 2 values of 0 are left out.' });
    expect(planLogAxis([[1, -0.1]])).toMatchObject({ log: false, note: expect.stringContaining('below 0') });
    expect(planLogAxis([[0, 0]])).toMatchObject({ log: false });
    expect(planLogAxis([])).toEqual({ log: true, note: '' });
  });
});

describe('chart rows', () => {
  it('count iterations from the first stage that is shown, as a run may begin after thousands of steps', () => {
    const table = new MetricTable();
    const put = (step: number, stage: string, values: { [name: string]: number }): void =>
      table.put({ step, stage, iteration: step, values });
    put(7001, 'stage1', { gold_reward: 1 });
    put(7002, 'stage1', { reward: 1, gold_reward: 1 });
    put(7003, 'stage2', { reward: 2, gold_reward: 1 });
    const { x, spans } = chartRows(table, chartOf('reward'), () => true);
    expect(x).toEqual([1, 2, 3]);
    expect(spans.map(({ stage, firstStep }) => [stage, firstStep])).toEqual([
      ['stage1', 1],
      ['stage2', 3],
    ]);
    expect(chartRows(table, chartOf('reward'), (stage) => stage === 'stage2').x).toEqual([1]);
  });
});

describe('reference lines', () => {
  const world = curveReferences(tinySettings({ recipe: 'gated' }));
  const reports = [
    { head: 'safety', classes: ['a', 'b', 'c', 'd', 'e', 'f'] },
    { head: 'value', classes: ['bad', 'good'] },
    { head: 'knowledge', classes: ['false', 'true'] },
  ] as unknown as readonly HeadReport[];
  const table = new MetricTable();
  const put = (step: number, stage: string, values: { [name: string]: number }): void =>
    table.put({ step, stage, iteration: step, values });
  put(1, 'sft', { 'sft/loss': 3 });
  put(2, 'stage1', { reward: 1.5, gold_reward: 1.4, policy_version: 1 });
  put(3, 'stage2', { reward: 1.9, gold_reward: 1.8, policy_version: 2 });
  const sources = { table, world, reports };
  const all = (): boolean => true;
  const drawn = (id: string) =>
    chartRows(table, chartOf(id), all, referencesOf(chartOf(id), sources)).references.map(
      ({ line, column }) => [line.label, column],
    );

  it('take the policy before RL from its first rollout, and the oracle’s best stage by stage', () => {
    const best = world.best.map(({ values }) => values.gold_reward);
    expect(drawn('reward')).toEqual([
      ['after SFT: reward (trained on)', [1.5, 1.5]],
      ['after SFT: gold reward (oracle)', [1.4, 1.4]],
      ['oracle’s best', best],
    ]);
  });

  it('take guessing from the vocabulary and from the verdicts of the heads', () => {
    expect(drawn('sft')).toEqual([['guessing', [Math.log(world.vocabularySize)]]]);
    const lines = referencesOf(chartOf('judges'), sources);
    expect(lines.map(({ label, valueAt }) => [label, valueAt('stage2'), valueAt('sft')])).toEqual([
      ['guessing among 6 verdicts', 1 / 6, null],
      ['guessing among 2 verdicts', 1 / 2, null],
    ]);
  });

  it('name a policy that is not SFT’s by where the run began, and draw nothing that is not known', () => {
    const forked = new MetricTable();
    forked.put({ step: 90, stage: 'stage2', iteration: 1, values: { reward: 1, policy_version: 81 } });
    const lines = referencesOf(chartOf('reward'), { table: forked, world: null, reports: [] });
    expect(lines.map(({ label }) => label)).toEqual(['where it began: reward (trained on)']);
  });
});

describe('what the world’s own answers earn', () => {
  it('is all of format, task and helpful, and more than any stage can lose by its mix', () => {
    const { best } = curveReferences(tinySettings({ recipe: 'gated' }));
    expect(best.map(({ stage }) => stage)).toEqual(['stage1', 'stage2']);
    for (const { values } of best) {
      expect(values.format_rate).toBe(1);
      expect(values['rewards/task/mean']).toBeGreaterThan(0.99);
      expect(values['rewards/helpful/mean']).toBeGreaterThan(0.99);
      expect(values.gold_reward).toBeGreaterThan(2);
      expect(values['refusal_rate/benign'] ?? 0).toBe(0);
    }
  });

  it('leaves out what only a model can measure', () => {
    const { best } = curveReferences(tinySettings({ visual_focus: 'attention' }));
    expect(best[0].values).not.toHaveProperty('gold_reward');
    expect(best[0].values).not.toHaveProperty('rewards/visual_focus/mean');
    expect(best[0].values['rewards/task/mean']).toBeGreaterThan(0.99);
  });
});

describe('remembered choices', () => {
  it('take what is usable and nothing else', () => {
    expect(parseCurvePreferences({ smoothing: 0.5, logScale: true, open: { sft: false, kl: 3 } })).toEqual({
      smoothing: 0.5,
      logScale: true,
      open: { sft: false },
    });
    const plain = { smoothing: USUAL_SMOOTHING, logScale: false, open: {} };
    for (const stored of [null, 'x', [], { smoothing: 7, logScale: 'yes', open: 3 }])
      expect(parseCurvePreferences(stored)).toEqual(plain);
  });

  it('smooth curves until the user has chosen, also that he wants none', () => {
    expect(USUAL_SMOOTHING).toBeGreaterThan(0);
    expect(parseCurvePreferences({ smoothing: 0 }).smoothing).toBe(0);
  });
});

it('the legend of a chart writes a step as the counter does, without separators', () => {
  vi.stubGlobal('getComputedStyle', () => ({ getPropertyValue: () => '#000000' }));
  const shape = {
    spec: METRIC_CHARTS[0]!,
    xLabel: 'step',
    heightPx: 100,
    logScale: false,
    smoothed: false,
    references: [],
  };
  const { series } = plotOptions(shape, { clientWidth: 300 } as HTMLElement, { current: [] });
  const value = series[0]?.value as (chart: unknown, step: number | null) => string;
  expect([value(null, 12345), value(null, null)]).toEqual(['12345', '–']);
  vi.unstubAllGlobals();
});
