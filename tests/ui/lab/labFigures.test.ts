// The figures of the view Lab: every seed, curves with bands, and the plane by cell.

import { describe, expect, it } from 'vitest';
import { resolvePreset } from '../../../src/config/index.ts';
import { expand, missingRun, planOfInput, type RunResult } from '../../../src/experiments/plans.ts';
import { SCORE_TABLE } from '../../../src/terms/scores.ts';
import { cellPlane, curveFigure, seedFigure } from '../../../src/ui/state/lab/labFigures.ts';

const { runs, cells } = expand(
  planOfInput({
    name: 'x',
    base: { model: 'm', after: 'heads' },
    factors: [{ setting: 'policy_drift_coef', values: [0, 0.1] }],
    seeds: [1, 2],
  }),
  { settings: resolvePreset('quick').settings, preset: 'quick', stage: 'heads' },
);

/** Scores of 40 % and more; a run of the second cell collapsed. */
const results = runs.map((run, i): RunResult => {
  const scores = Object.values(SCORE_TABLE).map(({ suite, metric }) => ({
    ...{ suite, metric, value: 0.4 + 0.1 * i, low: 0, high: 1, n: 100 },
    better: 'higher' as const,
  }));
  return {
    ...missingRun(run),
    status: i === 3 ? 'collapsed' : 'done',
    stages: [{ stage: 'stage2', step: 1, scores }],
  };
});

const count = (svg: string | null, tag: string) => (svg ?? '').split(`<${tag} `).length - 1;

describe('the figures of a plan', () => {
  it('every seed that has a value is a dot, beside the keys of the seeds', () => {
    const svg = seedFigure('helped', cells, results);
    expect(count(svg, 'circle')).toBe(3 + 2);
    expect(svg).toContain('policy_drift_coef 0.1');
    expect(seedFigure('helped', cells, runs.map(missingRun))).toBe(null);
  });

  it('a curve and a band for each cell, from the first iteration after the fork', () => {
    const rows = new Map(
      runs.slice(0, 3).map((run, i) => [
        run.id,
        [101, 102, 103].map((step) => ({
          step,
          stage: 'stage2',
          iteration: step - 100,
          values: { reward: step + i },
        })),
      ]),
    );
    const svg = curveFigure('reward', cells, runs, rows);
    expect(svg?.match(/fill-opacity/g)).toHaveLength(2);
    expect(svg).toContain('>3</text>');
    expect(curveFigure('kl', cells, runs, rows)).toBe(null);
  });

  it('the plane has a point for each cell, the mean of its seeds', () => {
    const plane = cellPlane(cells, results);
    expect(plane?.points).toHaveLength(2);
    // 40 and 60 % declined; one seed alone has no interval.
    expect(plane?.points[0]?.x.value).toBeCloseTo(0.5);
    const [, second] = plane?.points ?? [];
    expect([second?.x.low, second?.x.high]).toEqual([second?.x.value, second?.x.value]);
  });
});
