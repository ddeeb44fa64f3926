// The grid: names, settings, shared foundations, shards, times; and that claims ask for cells that their grid has.

import { describe, expect, it } from 'vitest';
import { forkIndex, formatSetting, resolvePreset } from '../../src/config/index.ts';
import {
  CELLS,
  CLAIMS,
  cellNames,
  GRID_NAMES,
  GRIDS,
  gridSeconds,
  type PlannedRun,
  PROJECT_PLAN,
  planRuns,
  readyRuns,
  runSeconds,
  shardRuns,
} from '../../src/experiments/index.ts';

const base = resolvePreset('quick').settings;
const all = planRuns([{ cells: cellNames('all'), seeds: [11, 12, 13] }], base);

describe('the grid', () => {
  it('has unique names, and every cell is in a grid', () => {
    const names = [...CELLS.map(({ name }) => name), ...Object.keys(PROJECT_PLAN.foundations)];
    expect(new Set(names).size).toBe(names.length);
    expect(cellNames('all')).toEqual(CELLS.map(({ name }) => name));
    for (const grid of GRID_NAMES) expect(names).toEqual(expect.arrayContaining([...GRIDS[grid]]));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
  });

  it('has settings that are valid, and no two cells with the same', () => {
    const cells = all.filter(({ kind, seed }) => kind === 'cell' && seed === 11);
    const texts = cells.map(({ settings }) => JSON.stringify(settings));
    expect(new Set(texts).size).toBe(cells.length);
    expect(cells).toHaveLength(CELLS.length);
  });

  it('forks each cell from a foundation that fits it, and trains each foundation once', () => {
    const byId = new Map(all.map((run) => [run.id, run]));
    for (const { settings, from, kind } of all) {
      if (kind === 'foundation') expect(from).toBeNull();
      else expect(forkIndex(byId.get(from!.id!)!.settings, settings, from!.stage)).toBeGreaterThan(0);
    }
    expect(all.filter(({ kind }) => kind === 'foundation')).toHaveLength(5 * 3);
    const core = planRuns([{ cells: cellNames('core'), seeds: [11, 12, 13] }], base);
    expect(core.filter(({ kind }) => kind === 'cell')).toHaveLength(33);
    expect(core.filter(({ kind }) => kind === 'foundation')).toHaveLength(2 * 3);
  });

  it('changes what it says', () => {
    const settingsOf = (name: string) => all.find((run) => run.name === name)!.settings;
    expect(settingsOf('joint')).toEqual({ ...base, seed: 11 });
    expect(settingsOf('grpo-fast')).toMatchObject({
      loss_type: 'grpo',
      beta: 0.2,
      stage2_learning_rate: 1e-3,
    });
    expect(settingsOf('safety-only')).toMatchObject({
      stages: ['sft', 'heads', 'stage2'],
      stage2_steps: 240,
    });
    expect(formatSetting('stage2_mix', settingsOf('no-jailbreak').stage2_mix)).not.toContain('jailbreak');
    expect(settingsOf('safety-x4').stage2_mix).toMatchObject({ safety: 20, jailbreak: 12, normal: 8 });
  });
});

describe('claims', () => {
  it('have unique ids and compare cells of their grid', () => {
    expect(new Set(CLAIMS.map(({ id }) => id)).size).toBe(CLAIMS.length);
    for (const { grid, checks } of CLAIMS) {
      const cells = checks.flatMap(({ left, right }) => [left, right]);
      for (const side of cells) if ('cell' in side) expect(GRIDS[grid]).toContain(side.cell);
    }
  });
});

describe('shards', () => {
  it.each([1, 2, 3, 5, 33, 40])('of %i cover every cell once, each with its foundations', (count) => {
    const seeds = [11, 12, 13];
    const whole = planRuns([{ cells: cellNames('core'), seeds }], base);
    const parts = Array.from({ length: count }, (_, i) => shardRuns(whole, { index: i + 1, count }));
    const cellsOf = (runs: typeof whole) => runs.filter(({ kind }) => kind === 'cell').map(({ id }) => id);
    expect(parts.flatMap(cellsOf).sort()).toEqual(cellsOf(whole).sort());
    for (const part of parts) {
      const ids = new Set(part.map(({ id }) => id));
      for (const { from } of part) if (from?.id) expect(ids.has(from.id)).toBe(true);
    }
  });
});

describe('CASES 10: shards are balanced by time', () => {
  const seconds = (runs: readonly PlannedRun[]) => gridSeconds(runs, 1) ?? 0;
  const partsOf = (runs: readonly PlannedRun[], count: number) =>
    Array.from({ length: count }, (_, i) => shardRuns(runs, { index: i + 1, count }));

  it.each([
    ['core', [11, 12, 13], 2, 1.02],
    ['core', [11, 12, 13], 4, 1.2],
    ['all', [11, 12, 13], 4, 1.05],
    ['backbones', [11, 12], 3, 1.4],
  ] as const)(
    'of %s with seeds %j, %i parts: the longest is at most %f times the mean',
    (grid, seeds, count, most) => {
      const times = partsOf(planRuns([{ cells: cellNames(grid), seeds }], base), count).map(seconds);
      expect(Math.max(...times) / (times.reduce((sum, time) => sum + time, 0) / count)).toBeLessThan(most);
    },
  );

  it('with no shorter longest part than any other way to cut', () => {
    const runs = planRuns([{ cells: ['joint', 'safety-only', 'ppo', 'no-frames'], seeds: [1, 2] }], base);
    const cells = runs.filter(({ kind }) => kind === 'cell');
    const timeOf = (part: readonly PlannedRun[]) => {
      const ids = new Set(part.flatMap(({ id, from }) => [id, from?.id ?? '']));
      return seconds(runs.filter(({ id }) => ids.has(id)));
    };
    const best = Math.min(
      ...cells.flatMap((_, i) =>
        cells
          .slice(i)
          .map((__, j) =>
            Math.max(
              ...[cells.slice(0, i), cells.slice(i, i + j), cells.slice(i + j)]
                .filter((part) => part.length > 0)
                .map(timeOf),
            ),
          ),
      ),
    );
    expect(Math.max(...partsOf(runs, 3).map(seconds))).toBeCloseTo(best, 3);
  });

  it('in a model whose times are not known too', () => {
    const runs = planRuns([{ cells: ['joint', 'ppo', 'no-frames'], seeds: [1] }], { ...base, size: 'tiny' });
    const names = partsOf(runs, 2).map((part) => part.map(({ name }) => name).join());
    expect(names).toEqual(['base,base-ppo,joint,ppo', 'base-no-frames,no-frames']);
  });
});

describe('order and time', () => {
  it('lets a run begin when what it begins from is done', () => {
    const runs = planRuns([{ cells: ['joint', 'ppo'], seeds: [1] }], base);
    const ready = (begun: string[], done: string[]) =>
      readyRuns(runs, new Set(begun), new Set(done)).map(({ id }) => id);
    expect(ready([], [])).toEqual(['base-s1', 'base-ppo-s1']);
    expect(ready(['base-s1', 'base-ppo-s1'], ['base-ppo-s1'])).toEqual(['ppo-s1']);
  });

  it('is estimated from the stages of quick', () => {
    const [foundation, joint] = planRuns([{ cells: ['joint'], seeds: [1] }], base);
    expect(runSeconds(foundation)).toBeCloseTo(110 + 95 + 3 + 4, 6);
    expect(runSeconds(joint)).toBeCloseTo(31 + 3 + 40 + 3 + 4, 6);
    expect(gridSeconds([foundation, joint], 2)).toBeCloseTo(212 + 81, 6);
    const two = planRuns([{ cells: ['joint'], seeds: [1, 2] }], base);
    expect(gridSeconds(two, 2)).toBeCloseTo(212 + 81, 6);
    expect(gridSeconds(two, 1)).toBeCloseTo(2 * (212 + 81), 6);
    expect(
      gridSeconds(planRuns([{ cells: ['joint'], seeds: [1] }], { ...base, size: 'tiny' }), 1),
    ).toBeNull();
  });
});
