// The columns behind the charts.

import { describe, expect, it } from 'vitest';
import { describeCurve, MetricTable, smooth } from '../../src/ui/state/charts/metricTable.ts';

function row(step: number, stage: string, values: { [name: string]: number }) {
  return { step, stage, iteration: step, values };
}

describe('MetricTable', () => {
  it('keeps gaps, and drops values that cannot be drawn', () => {
    const table = new MetricTable();
    table.put(row(1, 'sft', { 'sft/loss': 2 }));
    table.put(row(2, 'stage1', { reward: 0.5 }));
    table.put(row(3, 'stage1', { reward: Number.NaN }));
    expect(table.names).toEqual(['reward', 'sft/loss']);
    expect(table.column('sft/loss')).toEqual([2, null, null]);
    expect(table.column('reward')).toEqual([null, 0.5, null]);
    expect(table.latest('reward')).toBe(0.5);
    expect(table.latest('kl')).toBeNull();
  });

  it('replaces the row of a step that comes again, and sorts one that comes late', () => {
    const table = new MetricTable();
    for (const step of [1, 2, 4]) table.put(row(step, 'stage1', { reward: step, kl: 1 }));
    table.put(row(2, 'stage1', { reward: 20 }));
    table.put(row(3, 'stage1', { reward: 3 }));
    expect(table.steps).toEqual([1, 2, 3, 4]);
    expect(table.column('reward')).toEqual([1, 20, 3, 4]);
    expect(table.column('kl')).toEqual([1, null, null, 1]);
  });

  it('gives whole columns, also of metrics that ended before the last row', () => {
    const table = new MetricTable();
    table.put(row(1, 'sft', { loss: 3 }));
    table.put(row(5, 'stage1', { reward: 1 }));
    table.put(row(3, 'stage1', { loss: 2 }));
    table.put(row(5, 'stage1', { kl: 4 }));
    expect(table.column('loss')).toEqual([3, 2, null]);
    expect(table.column('reward')).toEqual([null, null, null]);
    expect(table.column('kl')).toEqual([null, null, 4]);
  });

  it('selects rows with a value, of the wanted stages', () => {
    const table = new MetricTable();
    table.put(row(1, 'sft', { entropy: 3 }));
    table.put(row(2, 'heads', { loss: 1 }));
    table.put(row(3, 'stage1', { entropy: 2 }));
    expect(table.select(['entropy'])).toEqual({
      steps: [1, 3],
      stages: ['sft', 'stage1'],
      columns: [[3, 2]],
    });
    expect(table.select(['entropy'], (stage) => stage === 'stage1')).toEqual({
      steps: [3],
      stages: ['stage1'],
      columns: [[2]],
    });
    expect(table.spans()).toEqual([
      { stage: 'sft', firstStep: 1, lastStep: 1 },
      { stage: 'heads', firstStep: 2, lastStep: 2 },
      { stage: 'stage1', firstStep: 3, lastStep: 3 },
    ]);
  });
});

describe('smooth', () => {
  it('leaves a constant as it is, from the first value on, and keeps gaps', () => {
    expect(smooth([2, null, 2], 0.9)).toEqual([2, null, expect.closeTo(2, 12)]);
    expect(smooth([1, 3], 0)).toEqual([1, 3]);
  });
});

describe('describeCurve', () => {
  it('says where a curve came from and where it is', () => {
    const text = describeCurve('reward', [1, 2, 3], [0.5, null, 0.25], String);
    expect(text).toBe(
      'reward: 0.25 at iteration 3, from 0.5 at iteration 1; lowest 0.25 (3), highest 0.5 (1).',
    );
    expect(describeCurve('kl', [1], [null], String)).toBe('kl: no value yet.');
  });
});
