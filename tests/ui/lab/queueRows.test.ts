// How the runs of a queue stand, which may begin, and how their order is changed.

import { describe, expect, it } from 'vitest';
import { resolvePreset } from '../../../src/config/index.ts';
import { expand, type PlanInput, planOfInput } from '../../../src/experiments/plans.ts';
import type { RunRecord } from '../../../src/storage/types.ts';
import { queuedRunId, queueOfRun } from '../../../src/terms/run.ts';
import {
  planWithSeeds,
  planWithValues,
  withDropped,
  withRetried,
} from '../../../src/ui/state/lab/queueEdits.ts';
import { countStates, moved, queueRows, readyRows } from '../../../src/ui/state/lab/queueRows.ts';
import { makeQueue } from '../../storage/records.ts';

const { settings, name } = resolvePreset('smoke');
const INPUT: PlanInput = {
  name: 'drift',
  base: { preset: 'smoke' },
  factors: [{ setting: 'policy_drift_coef', values: [0, 0.1] }],
  seeds: [1, 2],
};
const plan = planOfInput(INPUT);
const expansion = expand(plan, { settings, preset: name, stage: null });
const QUEUE = { ...makeQueue('lab-20260101-000000-aaaa', '2026-01-01T00:00:00.000Z'), wallMs: {} };
const [BASE, CELL] = ['base-s1', 'policy_drift_coef-0-s1'];

type Stored = Pick<RunRecord, 'status' | 'message' | 'failure'>;
const of = (entries: { [planned: string]: Stored }) =>
  new Map(Object.entries(entries).map(([id, stored]) => [queuedRunId(QUEUE.id, id), stored]));
const rowsOf = (stored: { [planned: string]: Stored }, queue = QUEUE, active: string[] = []) =>
  queueRows(queue, expansion, of(stored), (id) => active.includes(id));
const states = (rows: ReturnType<typeof rowsOf>) =>
  Object.fromEntries(rows.map(({ run, state }) => [run.id, state]));

const DONE: Stored = { status: 'done', message: '' };
const DIVERGED: Stored = { status: 'failed', message: 'KL', failure: { code: 'diverged', details: {} } };

describe('the runs of a queue', () => {
  it('begin with what they share, and the rest waits for it', () => {
    expect(readyRows(rowsOf({})).map(({ run }) => run.id)).toEqual([BASE, 'base-s2']);
    const ready = readyRows(rowsOf({ [BASE]: DONE })).map(({ run }) => run.id);
    expect(ready).toEqual(['base-s2', CELL, 'policy_drift_coef-0.1-s1']);
  });

  it('go on where they stopped before others begin', () => {
    const rows = rowsOf({ [BASE]: DONE, 'base-s2': { status: 'stopped', message: '' } });
    expect(readyRows(rows)[0].run.id).toBe('base-s2');
    expect(rows[1].state).toBe('begun');
  });

  it('a collapse is a result; of what it was shared by nothing can begin', () => {
    expect(states(rowsOf({ [BASE]: DONE, [CELL]: DIVERGED }))[CELL]).toBe('collapsed');
    const rows = rowsOf({ [BASE]: DIVERGED });
    expect(rows.filter(({ state }) => state === 'failed').map(({ message }) => message)).toEqual(
      Array(2).fill('base-s1, which it begins from, has no result.'),
    );
    expect(readyRows(rows).map(({ run }) => run.id)).toEqual(['base-s2']);
  });

  it('a failure is counted and named, and may be tried again', () => {
    const failed = { ...QUEUE, failures: { [CELL]: 'No room.' } };
    const stored = { [BASE]: DONE, [CELL]: { status: 'failed', message: 'No room.' } } as const;
    expect(countStates(rowsOf(stored, failed))).toMatchObject({ done: 1, failed: 1, waiting: 4 });
    expect(states(rowsOf(stored, withRetried(failed, CELL)))[CELL]).toBe('begun');
  });

  it('a result stays when the rest is cancelled', () => {
    const rows = rowsOf({ [BASE]: DONE, [CELL]: DONE });
    const queue = withDropped(QUEUE, rows, () => true);
    expect(countStates(rowsOf({ [BASE]: DONE, [CELL]: DONE }, queue))).toMatchObject({
      done: 2,
      cancelled: 4,
    });
    const cell = withDropped(QUEUE, rows, ({ run }) => run.name === 'policy_drift_coef-0');
    expect(cell.dropped).toEqual(['policy_drift_coef-0-s2']);
  });

  it('those in training are neither begun again nor moved', () => {
    const rows = rowsOf({}, QUEUE, [queuedRunId(QUEUE.id, BASE)]);
    expect(rows[0].state).toBe('running');
    expect(readyRows(rows).map(({ run }) => run.id)).toEqual(['base-s2']);
    expect(moved(rows, BASE, 1)).toEqual(rows.map(({ run }) => run.id));
  });

  it('change places with their neighbour that waits', () => {
    const rows = rowsOf({ [BASE]: DONE });
    const order = moved(rows, 'policy_drift_coef-0.1-s1', -1);
    const after = rowsOf({ [BASE]: DONE }, { ...QUEUE, order });
    expect(readyRows(after).map(({ run }) => run.id)).toEqual(['base-s2', 'policy_drift_coef-0.1-s1', CELL]);
    expect(moved(rows, 'base-s2', -1)).toEqual(rows.map(({ run }) => run.id));
  });

  it('are stored under ids that name their queue', () => {
    expect(queueOfRun(rowsOf({})[0].runId)).toBe(QUEUE.id);
    expect(queueOfRun('20261123-224501-s7-k3x9')).toBe(null);
  });
});

describe('more values and seeds', () => {
  it('seeds are marked once there is something to look at', () => {
    expect(planWithSeeds(plan, '3 4', false)).toMatchObject({ seeds: [1, 2, 3, 4], addedSeeds: [] });
    const once = planWithSeeds(plan, '3 4', true);
    expect(once).toMatchObject({ seeds: [1, 2], addedSeeds: [[3, 4]] });
    expect(planWithSeeds(once, '5', true).addedSeeds).toEqual([[3, 4], [5]]);
    expect(() => planWithSeeds(once, '4', true)).toThrow('seed 4 is in it twice');
  });

  it('a value is one of the setting', () => {
    expect(planWithValues(plan, 'policy_drift_coef', '0.5').factors[0].values).toEqual([0, 0.1, 0.5]);
    expect(() => planWithValues(plan, 'policy_drift_coef', '-1')).toThrow(/policy_drift_coef/);
  });
});
