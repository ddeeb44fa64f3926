// The table of the replay buffer: query, filters, order, pages, pins; and who may be reused, held to the trainer's own rules.

import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/config/index.ts';
import { RandomStream } from '../../../src/random/philox.ts';
import type { SampleIndexRow } from '../../../src/storage/types.ts';
import { REPLAY_MODES, selectReplay } from '../../../src/training/replay.ts';
import {
  ageOf,
  conditions,
  firstToShow,
  NO_FILTER,
  pageOf,
  placeKey,
  queryOf,
  RISING,
  reuseOf,
  type Selection,
  selectRows,
  stepWindows,
  TEACHING_FIRST,
  togglePin,
} from '../../../src/ui/state/samples/buffer.ts';
import { sortedBy } from '../../../src/ui/state/sorting.ts';

const NEWEST_FIRST: Selection['sorting'] = { key: 'step', descending: true };

const row = (step: number, group: number, over: Partial<SampleIndexRow> = {}): SampleIndexRow => ({
  runId: 'r',
  step,
  group,
  stage: 'stage1',
  policyVersion: step,
  label: 'safety',
  maxAbsAdvantage: 1,
  heapScore: 1,
  ...over,
});

const rows = [
  row(9, 0),
  row(9, 1, { maxAbsAdvantage: 0, heapScore: 0 }),
  row(9, 2, { discarded: true, maxAbsAdvantage: 0, heapScore: 0 }),
  row(5, 0, { label: 'value', maxAbsAdvantage: 3, heapScore: 0.5 }),
  row(1, 0, { maxAbsAdvantage: 2, heapScore: 4 }),
];
const selection = {
  filter: NO_FILTER,
  pins: [],
  settings: { ...DEFAULTS, replay: 'ssr' as const, replay_staleness: 5 },
  newestVersion: 10,
  sorting: NEWEST_FIRST,
};
const keys = (list: readonly SampleIndexRow[]) => list.map(placeKey);

describe('filter', () => {
  it('asks the store for what it knows, and for nothing more', () => {
    expect(queryOf('r', NO_FILTER)).toEqual({ runId: 'r', newestFirst: true });
    const filter = {
      ...NO_FILTER,
      stage: 'stage2',
      label: 'value',
      minStep: 0,
      maxStep: 7,
      minAbsAdvantage: 0.5,
    };
    expect(queryOf('r', { ...filter, minPolicyVersion: 3, pinnedOnly: true })).toEqual({
      runId: 'r',
      stage: 'stage2',
      label: 'value',
      minStep: 0,
      maxStep: 7,
      minAbsAdvantage: 0.5,
      minPolicyVersion: 3,
      newestFirst: true,
    });
    expect([conditions(NO_FILTER), conditions(filter)]).toEqual([0, 5]);
  });

  it('keeps pinned, discarded and reusable ones', () => {
    const select = (over: Partial<typeof NO_FILTER>, pins: { step: number; group: number }[] = []) =>
      keys(selectRows(rows, { ...selection, pins, filter: { ...NO_FILTER, ...over } }));
    expect(select({ pinnedOnly: true })).toEqual([]);
    expect(select({ pinnedOnly: true }, [{ step: 5, group: 0 }])).toEqual(['5/0']);
    expect(select({ discarded: 'only' })).toEqual(['9/2']);
    expect(select({ discarded: 'without' })).toEqual(['9/0', '9/1', '5/0', '1/0']);
    expect(select({ reusableOnly: true })).toEqual(['9/0', '5/0']);
  });

  it('asks in windows of steps that cover all, once', () => {
    expect(stepWindows(1, 10, 4)).toEqual([
      { min: 7, max: 10 },
      { min: 3, max: 6 },
      { min: 1, max: 2 },
    ]);
    expect(stepWindows(3, 2, 4)).toEqual([]);
  });
});

describe('order and pages', () => {
  it('sorts by a column, the newest first among equals, and turns it round', () => {
    const by = (sorting: Selection['sorting']) => keys(selectRows(rows, { ...selection, sorting }));
    expect(by(NEWEST_FIRST)).toEqual(['9/0', '9/1', '9/2', '5/0', '1/0']);
    const largest = sortedBy(NEWEST_FIRST, 'maxAbsAdvantage', RISING);
    expect(by(largest)).toEqual(['5/0', '1/0', '9/0', '9/1', '9/2']);
    expect(by(sortedBy(largest, 'maxAbsAdvantage', RISING))).toEqual(['9/1', '9/2', '9/0', '1/0', '5/0']);
    expect(by(sortedBy(NEWEST_FIRST, 'label', RISING)).at(-1)).toBe('5/0');
  });

  it('gives whole pages, the last one for a page beyond it', () => {
    const many = Array.from({ length: 60 }, (_, i) => i);
    expect(pageOf(many, 1, 25)).toMatchObject({ page: 1, pages: 3, first: 26, last: 50 });
    expect(pageOf(many, 9, 25)).toMatchObject({ page: 2, first: 51, last: 60 });
    expect(pageOf(many, 2, 25).rows).toEqual(many.slice(50));
    expect(pageOf([], 3, 25)).toEqual({ rows: [], page: 0, pages: 1, first: 0, last: 0 });
  });

  it('begins with the group that teaches most', () => {
    const scored = [
      row(9, 0, { heapScore: 0.5 }),
      row(9, 1, { heapScore: 2, discarded: true }),
      row(5, 0, { heapScore: 1 }),
    ];
    const order = { ...selection, sorting: TEACHING_FIRST };
    expect(keys(selectRows([...scored, row(1, 0, { heapScore: 3 })], order))[0]).toBe('1/0');
    expect(firstToShow(scored)).toEqual({ step: 5, group: 0 });
    expect(firstToShow([row(9, 0, { heapScore: 0 }), row(8, 0, { heapScore: 0 })])).toEqual({
      step: 9,
      group: 0,
    });
    expect(firstToShow([])).toBeNull();
  });
});

describe('pins', () => {
  it('come, go and stay in order', () => {
    const one = togglePin([], rows[0]!);
    const two = togglePin(one, rows[4]!);
    expect(two).toEqual([
      { step: 1, group: 0 },
      { step: 9, group: 0 },
    ]);
    expect(togglePin(two, rows[0]!)).toEqual([{ step: 1, group: 0 }]);
  });
});

describe('reuse', () => {
  it('is what the trainer would choose from, for every strategy and limit', () => {
    for (const replay of REPLAY_MODES)
      for (const replay_staleness of [1, 4, 5, 9, 100]) {
        const settings = { replay, replay_staleness };
        const stream = new RandomStream(1, 'replay', 1);
        const request = { mode: replay, rows, count: rows.length, policyVersion: 10, stream };
        const chosen = selectReplay({ ...request, staleness: replay_staleness }).map(placeKey);
        const ours = rows.filter((each) => reuseOf(each, settings, 10).can).map(placeKey);
        expect(ours.sort()).toEqual(chosen.sort());
      }
  });

  it('counts age in updates since it was sampled', () => {
    expect(ageOf(rows[0]!, 10)).toBe(1);
    expect(reuseOf(rows[4]!, selection.settings, 10).why).toBe('older than 5');
  });
});
