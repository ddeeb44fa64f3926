// Comparison of runs: settings that differ, scores with differences, curves over each other.

import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../src/config/index.ts';
import type { StoredCurve } from '../../src/storage/curves.ts';
import type { SuiteScore } from '../../src/terms/suites.ts';
import { newestRows, sampledRows } from '../../src/ui/state/charts/chartRows.ts';
import { overlaid, overlayStages, WHOLE_RUN } from '../../src/ui/state/charts/overlay.ts';
import {
  commonStages,
  comparedMetrics,
  comparedScores,
  differingSettings,
} from '../../src/ui/state/runs/runDifferences.ts';

describe('settings', () => {
  it('are listed only where they differ, as the table writes them', () => {
    const other = { ...DEFAULTS, seed: 9, stages: ['sft', 'heads'] };
    expect(differingSettings([{ settings: DEFAULTS }, { settings: DEFAULTS }])).toEqual([]);
    expect(differingSettings([{ settings: DEFAULTS }, { settings: other }])).toEqual([
      { key: 'seed', label: 'Seed', texts: [String(DEFAULTS.seed), '9'] },
      { key: 'stages', label: 'Stages', texts: [DEFAULTS.stages.join(), 'sft,heads'] },
    ]);
  });

  it('that an older run has not, or has otherwise, do not break it', () => {
    const { seed: _, ...older } = { ...DEFAULTS, bygone: [1], stages: 3 };
    const rows = differingSettings([{ settings: DEFAULTS }, { settings: older }]);
    expect(rows.map(({ key, texts }) => [key, texts[1]])).toEqual([
      ['seed', null],
      ['stages', '3'],
      ['bygone', '[1]'],
    ]);
  });
});

describe('scores', () => {
  const make = (value: number, over: Partial<SuiteScore> = {}): SuiteScore => ({
    suite: 'safety',
    metric: 'safe',
    value,
    low: value - 0.1,
    high: value + 0.1,
    n: 100,
    better: 'higher',
    ...over,
  });

  it('stand side by side with each run’s difference to the reference', () => {
    const [a, b] = [{ scores: [make(0.5)] }, { scores: [make(0.8), make(0.3, { suite: 'value' })] }];
    const [row, only] = comparedScores([a, b, null], 0);
    expect(row?.differences[0]).toBeNull();
    expect(row?.differences[2]).toBeNull();
    expect(row?.differences[1]?.verdict).toBe('better');
    expect(row?.differences[1]?.value).toBeCloseTo(0.3, 9);
    expect(only).toMatchObject({
      suite: 'value',
      scores: [null, { value: 0.3 }, null],
      differences: [null, null, null],
    });
    // The other way round the sign turns.
    expect(comparedScores([a, b], 1)[0]?.differences[0]?.value).toBeCloseTo(-0.3, 9);
  });

  it('are compared after stages that all have', () => {
    const of = (...stages: string[]) => stages.map((stage) => ({ stage }));
    expect(commonStages([of('sft', 'stage1', 'stage2'), of('sft', 'stage2')])).toEqual(['sft', 'stage2']);
    expect(commonStages([of('sft'), of()])).toEqual([]);
    expect(commonStages([])).toEqual([]);
  });
});

describe('metrics', () => {
  it('are those of any run, with what a clock measured last', () => {
    const rows = comparedMetrics([
      { 'time/iteration_ms': { value: 3, step: 1 }, reward: { value: 1, step: 2 } },
      { kl: { value: 0.5, step: 4 } },
    ]);
    expect(rows.map(({ metric }) => metric)).toEqual(['kl', 'reward', 'time/iteration_ms']);
    expect(rows[0]?.values).toEqual([null, { value: 0.5, step: 4 }]);
  });
});

describe('curves over each other', () => {
  const curve = (rows: readonly [string, number, number, number][]): StoredCurve => {
    const stages = [...new Set(rows.map(([stage]) => stage))];
    return {
      stages,
      stageOf: Uint16Array.from(rows, ([stage]) => stages.indexOf(stage)),
      steps: Float64Array.from(rows, ([, step]) => step),
      iterations: Float64Array.from(rows, ([, , iteration]) => iteration),
      values: Float64Array.from(rows, ([, , , value]) => value),
    };
  };
  const long = curve([
    ['sft', 1, 1, 5],
    ['sft', 2, 2, 4],
    ['stage1', 3, 1, 1],
    ['stage1', 4, 2, Number.NaN],
  ]);
  const short = curve([
    ['stage1', 1, 1, 7],
    ['stage1', 2, 2, 8],
    ['stage1', 3, 3, 9],
  ]);

  it('are aligned over the whole run or within a stage, on one axis', () => {
    expect(overlaid([long, short], WHOLE_RUN)).toMatchObject({
      x: [1, 2, 3, 4],
      columns: [
        [5, 4, 1, null],
        [7, 8, 9, null],
      ],
    });
    expect(overlaid([long, short], 'stage1')).toMatchObject({
      x: [1, 2, 3],
      columns: [
        [1, null, null],
        [7, 8, 9],
      ],
    });
    expect(overlaid([short], 'sft')).toMatchObject({ x: [], columns: [[]] });
    expect(overlayStages([short, long])).toEqual(['stage1', 'sft']);
  });

  it('are sampled evenly for a table, ends included', () => {
    expect(sampledRows(3, 5)).toEqual([0, 1, 2]);
    expect(sampledRows(101, 5)).toEqual([0, 25, 50, 75, 100]);
    expect(newestRows(101, 3)).toEqual([98, 99, 100]);
    expect(newestRows(2, 3)).toEqual([0, 1]);
  });
});
