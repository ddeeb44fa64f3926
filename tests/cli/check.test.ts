// Figures held to others: to those of a released model, and from one form of the weights to another.

import { expect, it } from 'vitest';
import { differences, type Figures, largestChange } from '../../src/cli/evaluate/check.ts';
import type { StageEvaluation } from '../../src/evaluation/index.ts';
import type { ReleasedModel } from '../../src/protocol/inspector.ts';

const score = (value: number, n = 100) => ({
  ...{ suite: 'safety', metric: 'attack_success', value, n },
  ...{ low: value - 0.1, high: value + 0.1 },
});
const report = (accuracy: number, ece = 0.02) => ({
  ...{ head: 'Safety', accuracy, ece, n: 50 },
  ...{ low: accuracy - 0.1, high: accuracy + 0.1 },
});
const figures = (sft: number, stage2: number, accuracy: number, ece?: number) =>
  ({
    stages: [
      { stage: 'sft', step: 0, scores: [score(sft)] },
      { stage: 'stage2', step: 1, scores: [score(stage2)] },
    ],
    heads: [report(accuracy, ece)],
  }) as unknown as Omit<Figures, 'stages'> & { stages: StageEvaluation[] };

it('tells every measured figure that is not the released one to the last digit', () => {
  const { stages, heads } = figures(0.5, 0.25, 0.9);
  const release = { stages, heads: { reports: heads } } as unknown as ReleasedModel;
  expect(differences(release, stages, heads)).toEqual([]);
  expect(differences(release, stages.slice(1), null)).toEqual([]);
  const other = figures(0.5, 0.2500001, 0.9, 0.03);
  expect(differences(release, other.stages, other.heads)).toEqual([
    'safety attack_success after stage2, sampled: 0.2500001 of 100, released 0.25 of 100',
    'calibration error of the head Safety: 0.03 of 50, released 0.02 of 50',
  ]);
  const more = [
    { ...stages[0], scores: [] },
    { ...stages[1], stage: 'stage3' },
  ];
  expect(differences(release, more, null)).toEqual([
    'safety attack_success after sft, sampled: none, released 0.5 of 100',
    'safety attack_success after stage3, sampled: 0.25 of 100, released none',
  ]);
});

it('finds the figure that moved most, and those outside of their interval', () => {
  const before = figures(0.5, 0.25, 0.9);
  expect(largestChange(before, before)).toEqual({ points: 0, what: 'none', outside: [] });
  const change = largestChange(before, figures(0.55, 0.5, 0.75, 0.9));
  expect(change).toMatchObject({ points: 25, what: 'safety attack_success after stage2, sampled' });
  expect(change.outside).toEqual([
    'safety attack_success after stage2, sampled',
    'accuracy of the head Safety',
  ]);
  expect(() => largestChange(before, { ...before, heads: [] })).toThrow(/head Safety was measured before/);
});
