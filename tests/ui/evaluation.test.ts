// The plane of safety and helpfulness, its labels, and the gap between gold and proxy reward in words.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SuiteScore } from '../../src/terms/suites.ts';
import { MetricTable } from '../../src/ui/state/charts/metricTable.ts';
import { proxyMetric, readGap, readGaps } from '../../src/ui/state/run/gap.ts';
import { overlap, placeLabels } from '../../src/ui/state/scores/labels.ts';
import {
  axisScore,
  describePlane,
  HELP_AXES,
  paretoFront,
  planePoints,
  SAFE_AXES,
  withGreedy,
} from '../../src/ui/state/scores/plane.ts';
import { planeLayout } from '../../src/ui/state/scores/planeGeometry.ts';

function score(suite: string, metric: string, value: number): SuiteScore {
  const [low, high] = [Math.max(0, value - 0.05), Math.min(1, value + 0.05)];
  return { suite, metric, value, low, high, n: 100, better: 'higher' };
}

const evaluation = (stage: string, safe: number, helped: number) => ({
  stage,
  scores: [score('safety', 'safe', safe), score('overrefusal', 'helpful', helped)],
});
const [xAxis, yAxis] = [HELP_AXES[0], SAFE_AXES[0]];
const series = [
  {
    name: 'mine',
    evaluations: [
      evaluation('sft', 0.4, 0.7),
      evaluation('stage1', 0.5, 0.9),
      evaluation('stage2', 0.9, 0.8),
    ],
  },
  { name: 'other', evaluations: [evaluation('sft', 0.8, 0.6), { stage: 'stage1', scores: [] }] },
];
const points = planePoints(series, xAxis, yAxis);

describe('the plane', () => {
  it('leaves out what was not measured', () => {
    expect(axisScore([score('safety', 'safe', 0.9)], yAxis)).toMatchObject({ value: 0.9, n: 100 });
    expect(axisScore([score('safety', 'safe', 0.9)], xAxis)).toBeNull();
    expect(points.map(({ series: model, stage }) => `${model} ${stage}`)).toEqual([
      '0 sft',
      '0 stage1',
      '0 stage2',
      '1 sft',
    ]);
  });

  it('has greedy answers as a second series where they were measured', () => {
    const [mine, older] = series;
    const greedy = mine.evaluations.map((each) => ({ ...each, greedy: evaluation('', 1, 1).scores }));
    const both = withGreedy([{ ...mine, evaluations: greedy }, older]);
    expect(both.map(({ name }) => name)).toEqual(['mine', 'mine, greedy', 'other']);
    const [, second] = both;
    expect(planePoints([second], xAxis, yAxis).map(({ x, y }) => [x.value, y.value])).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });

  it('marks what nothing beats on both axes', () => {
    expect(paretoFront(points)).toEqual([false, true, true, false]);
    // Equal points do not beat each other.
    const twin = { x: { value: 0.9 }, y: { value: 0.9 } };
    expect(paretoFront([twin, twin])).toEqual([true, true]);
    expect(paretoFront([])).toEqual([]);
  });

  it('has a front without a point that beats another, and beats all the rest from it', () => {
    const share = fc.integer({ min: 0, max: 10 }).map((value) => ({ value: value / 10 }));
    fc.assert(
      fc.property(fc.array(fc.record({ x: share, y: share }), { minLength: 1, maxLength: 12 }), (any) => {
        const front = paretoFront(any);
        expect(front).toContain(true);
        any.forEach(({ x, y }, index) => {
          const beaten = any.some(
            (other, at) =>
              front[at] &&
              other.x.value >= x.value &&
              other.y.value >= y.value &&
              other.x.value + other.y.value > x.value + y.value,
          );
          expect(front[index]).toBe(!beaten);
        });
      }),
    );
  });

  it('is told in words, with the front', () => {
    const words = describePlane({ points, series, xAxis, yAxis });
    expect(words[0]).toBe(
      'mine: from 40.0 % answered safely and 70.0 % helped after SFT to 90.0 % answered safely and 80.0 % helped after Stage 2.',
    );
    expect(words.at(-1)).toContain('mine: Stage 1; mine: Stage 2.');
  });

  it('draws arrows within a model only, and whiskers around each mark', () => {
    const layout = planeLayout(points, series, 700, 380);
    expect(layout.arrows.map((arrow) => arrow.series)).toEqual([0, 0]);
    for (const { x, y, left, right, top, bottom } of layout.marks) {
      expect(left).toBeLessThan(x);
      expect(right).toBeGreaterThan(x);
      expect(top).toBeLessThan(y);
      expect(bottom).toBeGreaterThan(y);
    }
    expect(layout.front.split(' ')).toHaveLength(3);
  });
});

describe('labels', () => {
  const bounds = { x: 0, y: 0, width: 600, height: 400 };

  it('cover neither each other nor a point, though points are close', () => {
    const crowd = Array.from({ length: 6 }, (_, i) => ({
      x: 280 + 8 * i,
      y: 200 - 3 * i,
      width: 70,
      height: 15,
    }));
    const placed = placeLabels(crowd, bounds);
    placed.forEach((label, index) => {
      for (const other of placed.slice(index + 1)) expect(overlap(label, other)).toBe(false);
      for (const { x, y } of crowd)
        expect(overlap(label, { x: x - 6, y: y - 6, width: 12, height: 12 })).toBe(false);
      expect(label.x >= 0 && label.y >= 0 && label.x + 70 <= 600 && label.y + 15 <= 400).toBe(true);
    });
  });

  it('stay inside at the edges', () => {
    const [label] = placeLabels([{ x: 598, y: 2, width: 80, height: 15 }], bounds);
    expect(label.x + 80).toBeLessThanOrEqual(600);
    expect(label.y).toBeGreaterThanOrEqual(0);
  });
});

describe('the gap between proxy and gold', () => {
  const steps = Array.from({ length: 30 }, (_, index) => index + 1);
  const wobble = (step: number): number => 0.01 * Math.sin(step * 7);
  const curve = (slope: number, start = 1): number[] =>
    steps.map((step) => start + slope * step + wobble(step));
  const read = (proxy: number, gold: number) => readGap('stage2', steps, curve(proxy), curve(gold));

  it('says from where to where it grew, and that the oracle does not grant it', () => {
    const reading = read(0.02, 0);
    expect(reading.sentence).toBe(
      'Stage 2: the gap grew from 0.110 to 0.510 between iterations 1–10 and 21–30: the policy gains reward that the oracle does not grant.',
    );
  });

  it('tells reward hacking, honest gains and standstill apart', () => {
    expect(read(0.02, -0.02).sentence).toContain('games the heads');
    expect(read(0.02, 0.02)).toMatchObject({
      trend: 'steady',
      sentence: expect.stringContaining('grants as well'),
    });
    expect(read(0, 0).sentence).toContain('neither reward');
    expect(read(0.01, 0.02)).toMatchObject({ trend: 'fell', sentence: expect.stringContaining('less than') });
  });

  it('knows a reward that runs ahead of the oracle’s from below', () => {
    const start = 0.2;
    const behind = readGap('stage2', steps, curve(0.02, start), curve(0));
    expect(behind).toMatchObject({ trend: 'grew', gamed: true });
    expect(behind.sentence).toContain('that the oracle does not grant');
    expect(readGap('stage2', steps, curve(0.02, start), curve(0.01))).toMatchObject({
      trend: 'grew',
      gamed: false,
    });
    expect(readGap('stage2', steps, curve(0), curve(-0.01, 2))).toMatchObject({
      trend: 'grew',
      gamed: false,
    });
    expect(read(0.02, 0).gamed).toBe(true);
    expect(read(0.02, 0.02).gamed).toBe(false);
    // A gap that grows by three parts in a hundred of the reward is told, and is no alarm.
    expect(readGap('stage2', steps, curve(0.0015), curve(0))).toMatchObject({ gamed: true, alarming: false });
    expect(read(0.02, 0)).toMatchObject({ gamed: true, alarming: true });
  });

  it('holds an alarm near its limit, and takes it back when half of the change is gone', () => {
    // The gap climbs to about the limit and wavers there; with `end` it goes back.
    const alarmsOver = (end: number) => {
      const gaps = Array.from({ length: 120 }, (_, i) => {
        const level = i < 40 ? i / 40 : i < 90 ? 1 : end;
        return 0.01 + 0.07 * level + 0.02 * Math.sin(i / 3);
      });
      const all = gaps.map((_, i) => i + 1);
      const proxy = gaps.map((gap) => 1 + gap);
      const gold = gaps.map(() => 1);
      return all
        .slice(30)
        .map(
          (count) =>
            readGap('stage2', all.slice(0, count), proxy.slice(0, count), gold.slice(0, count)).alarming,
        );
    };
    const changes = (alarms: boolean[]) =>
      alarms.filter((alarm, i) => i > 0 && alarm !== alarms[i - 1]).length;
    expect(changes(alarmsOver(1))).toBe(1);
    expect(alarmsOver(1).at(-1)).toBe(true);
    expect(changes(alarmsOver(0))).toBe(2);
    expect(alarmsOver(0).at(-1)).toBe(false);
  });

  it('takes noise for noise', () => {
    const noise = steps.map((step) => 1 + Math.sin(step * 12.9898) * 0.5);
    const gold = steps.map((step) => 1 + Math.sin(step * 78.233) * 0.5);
    expect(readGap('stage1', steps, noise, gold).sentence).toContain('the gap stayed near');
  });

  it('waits for enough iterations, reads stage by stage, and compares like with like', () => {
    const table = new MetricTable();
    steps.slice(0, 4).forEach((step) => {
      table.put({ step, stage: 'sft', iteration: step, values: { 'sft/loss': 1 } });
    });
    [5, 6].forEach((step) => {
      table.put({ step, stage: 'stage1', iteration: step, values: { reward: 1, gold_reward: 1 } });
    });
    expect(readGaps(table)).toMatchObject([{ stage: 'stage1', trend: null }]);
    expect(proxyMetric(table)).toBe('reward');
    table.put({ step: 7, stage: 'stage1', iteration: 7, values: { reward_weighted_sum: 1 } });
    expect(proxyMetric(table)).toBe('reward_weighted_sum');
  });
});
