// The catalogue of curves against what training really emits; groups, search, rows, log axes and reference lines.

import { beforeAll, describe, expect, it } from 'vitest';
import { curveReferences } from '../../src/inspector/references.ts';
import type { HeadReport } from '../../src/terms/heads.ts';
import { LABELS } from '../../src/terms/labels.ts';
import { parseCurvePreferences, USUAL_SMOOTHING } from '../../src/ui/browser/preferences.ts';
import { chartRows, planLogAxis, rowsToDraw } from '../../src/ui/state/charts/chartRows.ts';
import { CHARTS, chartOf, findCharts, readyGroups, singleChart } from '../../src/ui/state/charts/charts.ts';
import { MetricTable } from '../../src/ui/state/charts/metricTable.ts';
import { referencesOf } from '../../src/ui/state/charts/references.ts';
import { tinySettings, trainTiny } from '../training/harness.ts';

const LISTED = CHARTS.flatMap(({ lines }) => lines.map(({ metric }) => metric));

/** Every label, pictures among value prompts too, a value head, an overlong penalty, terms normalised one by one. */
const settings = tinySettings({
  evaluate: false,
  stages: ['sft', 'heads', 'stage2'],
  sft_steps: 3,
  stage2_steps: 2,
  prompts_per_step: 96,
  group_size: 2,
  stage2_mix: { ...Object.fromEntries(LABELS.map((label) => [label, 1])), value: 6 },
  loss_type: 'ppo',
  overlong_penalty: 0.5,
  aggregation: 'normalize_then_sum',
});

let emitted: Set<string>;
beforeAll(async () => {
  const { events } = await trainTiny({ settings });
  emitted = new Set(
    events.flatMap((event) =>
      event.kind === 'metrics' ? event.rows.flatMap(({ values }) => Object.keys(values)) : [],
    ),
  );
}, 120_000);

describe('the catalogue of curves', () => {
  it('lists every metric once, each with a sentence in plain words', () => {
    expect(LISTED).toHaveLength(new Set(LISTED).size);
    expect(new Set(CHARTS.map(({ id }) => id)).size).toBe(CHARTS.length);
    for (const { hint, lines } of CHARTS) {
      expect(hint).toMatch(/\.$/);
      for (const { about, metric } of lines) expect(about, metric).toMatch(/^[A-Z].{15,}\.$/);
    }
  });

  it('misses nothing that training emits', () => {
    expect([...emitted].filter((name) => !LISTED.includes(name))).toEqual([]);
  });

  it('lists nothing that never comes', () => {
    expect(LISTED.filter((name) => !emitted.has(name))).toEqual([]);
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
