// Verdicts on the cells of a plan: what is found, what is not, how often chance alone gives one; and the report on them.

import { describe, expect, it, test } from 'vitest';
import { resolvePreset } from '../../src/config/index.ts';
import { comparisons } from '../../src/experiments/compare.ts';
import { expand } from '../../src/experiments/expand.ts';
import { missingRun, type RunResult } from '../../src/experiments/index.ts';
import { type Plan, type PlanInput, planOfInput } from '../../src/experiments/planFile.ts';
import { greedyTwin, measureOf } from '../../src/experiments/results.ts';
import { conclusionText, sweepReport } from '../../src/experiments/sweepReport.ts';
import { RandomStream } from '../../src/random/philox.ts';
import { codeOfVersion } from '../../src/terms/origin.ts';
import { SCORE_TABLE, SCORES } from '../../src/terms/scores.ts';

const base = { settings: resolvePreset('quick').settings, preset: 'quick', stage: null };

function planOf(over: Partial<PlanInput> = {}): Plan {
  return planOfInput({
    name: 'drift',
    base: { preset: 'quick' },
    factors: [{ setting: 'policy_drift_coef', values: [0, 0.01, 0.1] }],
    seeds: [1, 2, 3, 4, 5],
    metrics: ['mean'],
    ...over,
  });
}

/** Every score at a level in points, the higher the better. */
function done(run: RunResult, level: number): RunResult {
  const scores = SCORES.map((name) => {
    const { suite, metric } = SCORE_TABLE[name];
    const better = ['attack_success', 'declined', 'over_refusal'].includes(metric) ? 'lower' : 'higher';
    const value = (better === 'higher' ? level : 100 - level) / 100;
    return { suite, metric, value, low: 0, high: 1, n: 100, better: better as 'lower' | 'higher' };
  });
  const engine = { backend: 'wasm', adapter: 'test', simd: null, threads: 1 };
  const stages = [{ stage: 'stage2', step: 3, scores }];
  return { ...run, status: 'done', stages, engine, code: codeOfVersion('0.3.0'), digest: run.id };
}

/** Results of all runs; null leaves one out. */
function resultsOf(plan: Plan, level: (cell: string, seed: number) => number | null) {
  const { cells, runs } = expand(plan, base);
  const results = runs.map((run) => {
    const value = level(run.name, run.seed);
    return value === null ? missingRun(run) : done(missingRun(run), value);
  });
  return { plan, cells, results };
}

const found = ({ plan, cells, results }: ReturnType<typeof resultsOf>) => comparisons(plan, cells, results);
const wobble = (seed: number) => (seed % 3) - 1;

describe('the verdict on a cell', () => {
  it('is better or worse in the direction of its measure, paired by seed', () => {
    const level = (cell: string, seed: number) =>
      70 +
      9 * wobble(seed * 7) +
      (cell.endsWith('-0') ? 3 : cell.endsWith('0.1') ? -3 : 0) +
      0.1 * wobble(seed + cell.length);
    const both = found(resultsOf(planOf({ metrics: ['mean', 'attack-seen'] }), level));
    expect(both.map(({ metric, verdict }) => `${metric} ${verdict}`)).toEqual([
      'mean better',
      'mean worse',
      'attack-seen better',
      'attack-seen worse',
    ]);
    expect(both[0].difference?.mean).toBeCloseTo(3, 0);
    expect(both[0].seeds).toEqual([1, 2, 3, 4, 5]);
  });

  it('is equal where the difference lies within the bound, and unclear where it may not', () => {
    const noise = (size: number) => (cell: string, seed: number) =>
      70 + (cell.endsWith('0.01') ? 0 : size * wobble(seed));
    expect(found(resultsOf(planOf(), noise(0.3))).map(({ verdict }) => verdict)).toEqual(['equal', 'equal']);
    const [unclear] = found(resultsOf(planOf(), noise(4)));
    expect(unclear.verdict).toBe('unclear');
    expect(unclear.smallest).toBeGreaterThan(4);
    expect(unclear.needed).toBeGreaterThan(5);
  });

  it('says that both sides are the same runs, and what was not measured', () => {
    const same = resultsOf(planOf(), (_, seed) => 60 + seed);
    expect(found(same).map(({ verdict }) => verdict)).toEqual(['same', 'same']);
    const one = resultsOf(planOf(), (cell, seed) =>
      cell.endsWith('0.1') && seed > 1 ? null : 60 + seed * cell.length,
    );
    expect(found(one)[1]).toMatchObject({ verdict: 'not measured', seeds: [1], p: null });
  });

  it('asks for more where seeds were added after a look', () => {
    const level = (cell: string, seed: number) => 70 + (cell.endsWith('-0') ? 1 + 1.9 * wobble(seed) : 0);
    const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    const factors = [{ setting: 'policy_drift_coef', values: [0, 0.01] }];
    const [once] = found(resultsOf(planOf({ seeds, factors }), level));
    const [twice] = found(
      resultsOf(planOf({ seeds: seeds.slice(0, 5), addedSeeds: [seeds.slice(5)], factors }), level),
    );
    expect(twice.p).toBe(once.p);
    expect([once.level, twice.level]).toEqual([0.05, 0.025]);
  });
});

describe('plans without a difference', () => {
  /** Share of plans that find anything; seeds differ more than cells do, as in training. */
  function alarms(plan: Plan, name: string, plans: number): number {
    const { cells, runs } = expand(plan, base);
    let found = 0;
    for (let number = 0; number < plans; number++) {
      const random = new RandomStream(20261129, name, number);
      const bySeed = new Map<number, number>();
      const results = runs.map((run) => {
        const own = bySeed.get(run.seed) ?? 3 * random.normal();
        bySeed.set(run.seed, own);
        return done(missingRun(run), 70 + own + random.normal());
      });
      if (comparisons(plan, cells, results).some(({ verdict }) => ['better', 'worse'].includes(verdict)))
        found++;
    }
    return found / plans;
  }

  it('give false alarms in 5 % +- 2 of 200 with one comparison', () => {
    const share = alarms(
      planOf({ factors: [{ setting: 'policy_drift_coef', values: [0.01, 0.1] }] }),
      'one',
      200,
    );
    expect(share).toBeGreaterThanOrEqual(0.03);
    expect(share).toBeLessThanOrEqual(0.07);
  });

  it('and in no more with three cells, which share the 5 %', () => {
    const share = alarms(planOf(), 'three', 300);
    expect(share).toBeGreaterThanOrEqual(0.03);
    expect(share).toBeLessThanOrEqual(0.07);
  });
});

describe('the report', () => {
  const plan = planOf({ seeds: [1, 2, 3], addedSeeds: [[4, 5]], metrics: ['mean', 'safe'] });
  const made = resultsOf(plan, (cell, seed) =>
    seed === 5 && cell.endsWith('0.1') ? null : 70 + seed * cell.length,
  );
  const first = made.results.findIndex(({ kind }) => kind === 'cell');
  made.results[first] = { ...made.results[first], status: 'collapsed', message: 'The KL ran away.' };
  const report = sweepReport({ ...made, command: 'npm run sweep -- --out x' });

  it('has its files', () => {
    expect(Object.keys(report).sort()).toEqual([
      'figures/mean-difference.svg',
      'figures/mean.svg',
      'figures/safe-difference.svg',
      'figures/safe.svg',
      'report.md',
      'results.csv',
      'results.json',
    ]);
    for (const text of Object.values(report)) expect(text).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('marks added seeds, names what collapsed or is missing, and shows every cell', () => {
    const text = report['report.md'];
    expect(text).toContain('**Seeds were added after a look** (4, 5). The 5 % are shared by 2 looks');
    expect(text).toContain('corrected for 2 cells by Holm');
    expect(text).toMatch(/^- \S+ collapsed: The KL ran away\.$/m);
    expect(text).toMatch(/^\| policy_drift_coef 0 \| 4, 1 collapsed \|/m);
    expect(text).toMatch(/^- policy_drift_coef-0\.1-s5 has no result yet$/m);
    expect(text).toContain('13 of 15 done, 1 collapsed, 0 failed, 1 missing.');
    expect(text).toMatch(/^\| policy_drift_coef 0\.01 \| 5 \| .* \| {2}\| {2}\| base \|$/m);
  });

  it('has a line for each run', () => {
    const lines = report['results.csv'].trim().split('\n');
    expect(lines[0]).toMatch(/^run,base,policy_drift_coef,seed,look,status,safe,.*,digest$/);
    expect(lines).toHaveLength(16);
    expect(lines.filter((line) => /,[45],2,(done|missing),/.test(line))).toHaveLength(6);
    expect(JSON.parse(report['results.json'])).toMatchObject({
      kind: 'cosmo-sweep',
      plan,
      comparisons: [{}, {}, {}, {}],
    });
  });
});

/** The same runs with the levels of another cell in greedy answers. */
function withGreedyLevels(input: ReturnType<typeof resultsOf>, level: (cell: string) => number) {
  const results = input.results.map((run) => {
    const [greedy] = done(run, level(run.name)).stages.map(({ scores }) => scores);
    return { ...run, stages: run.stages.map((stage) => ({ ...stage, greedy })) };
  });
  return { ...input, results };
}

describe('greedy answers', () => {
  const sampled = resultsOf(planOf({ metrics: ['safe'] }), (cell, seed) =>
    cell.endsWith('-0') ? 80 + wobble(seed) : 70 + wobble(seed + 1),
  );
  const both = withGreedyLevels(sampled, (cell) => (cell.endsWith('-0') ? 90 : 99));

  it('are a question of their own: what is better sampled may be worse greedy', () => {
    const of = (metric: string) =>
      found(both).find((row) => row.metric === metric && row.cell.endsWith('-0'));
    expect(of('safe')?.difference?.mean).toBeGreaterThan(5);
    expect(of('safe-greedy')?.difference?.mean).toBe(-9);
    // The sampled verdicts are those of before.
    expect(found(both).filter(({ metric }) => metric === 'safe')).toEqual(found(sampled));
  });

  it('are in report, CSV, JSON and figures, and not where nobody measured them', () => {
    const [old, fresh] = [sampled, both].map((input) => sweepReport({ ...input, command: '' }));
    expect(fresh['report.md']).toMatch(/^## Safe \(higher[\s\S]*^## Safe, greedy \(higher/m);
    expect(fresh).toHaveProperty('figures/safe-greedy.svg');
    const [header, line] = fresh['results.csv'].split('\n').map((each) => each.split(','));
    expect(line[header.indexOf('mean-greedy')]).toBe('90');
    expect(JSON.parse(fresh['results.json']).runs[0].stages[0].greedy).toHaveLength(SCORES.length);
    expect(old['report.md']).not.toMatch(/greedy/);
    expect(old).not.toHaveProperty('figures/safe-greedy.svg');
    const oldLine = old['results.csv'].split('\n')[1].split(',');
    expect(oldLine[header.indexOf('mean-greedy')]).toBe('');
  });

  it('every measure of scores has a twin, by its name', () => {
    for (const name of [...SCORES, 'mean'] as const) {
      expect(greedyTwin(name)).toBe(`${name}-greedy`);
      expect(measureOf(`${name}-greedy`).title).toBe(`${measureOf(name).title}, greedy`);
      expect(measureOf(`${name}-greedy`).better).toBe(measureOf(name).better);
      expect(greedyTwin(`${name}-greedy`)).toBeNull();
    }
    expect(greedyTwin('kl-max')).toBeNull();
  });
});

test('where the cells stand, in a sentence', () => {
  const levels: { [cell: string]: (seed: number) => number | null } = {
    'policy_drift_coef-0': (seed) => 60 + 0.1 * wobble(seed),
    'policy_drift_coef-0.01': () => 70,
    'policy_drift_coef-0.1': (seed) => 70 + 6 * wobble(seed),
  };
  const input = resultsOf(planOf(), (cell, seed) => levels[cell]?.(seed) ?? null);
  expect(conclusionText('mean', input.cells, found(input))).toBe(
    'mean score, against policy_drift_coef 0.01: worse: policy_drift_coef 0; not told apart: policy_drift_coef 0.1.',
  );
  const none = resultsOf(planOf(), () => null);
  expect(conclusionText('mean', none.cells, found(none))).toBe('');
});
