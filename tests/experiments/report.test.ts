// Verdicts, figures and the report from made-up runs.

import { describe, expect, it } from 'vitest';
import { resolvePreset } from '../../src/config/index.ts';
import { figures } from '../../src/experiments/figures.ts';
import {
  cellNames,
  type GridPart,
  missingRun,
  planRuns,
  type RunResult,
  report,
  trainingFigures,
} from '../../src/experiments/index.ts';
import { FIGURE_METRICS } from '../../src/experiments/plans.ts';
import { checkResult, verdictOf } from '../../src/experiments/verdicts.ts';
import { codeOfVersion } from '../../src/terms/origin.ts';

const SUITES: readonly [string, string, boolean][] = [
  ['safety', 'safe', true],
  ['situational', 'twin_accuracy', true],
  ['jailbreak-seen', 'attack_success', false],
  ['jailbreak-heldout', 'attack_success', false],
  ['overrefusal', 'over_refusal', false],
  ['overrefusal', 'declined', false],
  ['value', 'accuracy', true],
  ['reasoning', 'accuracy', true],
  ['knowledge', 'accuracy', true],
  ['instruction', 'strict', true],
  ['all', 'format', true],
];

/** Every score at `level` (0..1, the higher the better). */
function evaluation(stage: string, step: number, level: number) {
  const scores = SUITES.map(([suite, metric, up]) => ({
    ...{ suite, metric, value: up ? level : 1 - level, low: 0, high: 1, n: 100 },
    better: up ? ('higher' as const) : ('lower' as const),
  }));
  return { stage, step, scores };
}

function run(name: string, seed: number, level: number, rest: Partial<RunResult> = {}): RunResult {
  return {
    ...{ id: `${name}-s${seed}`, name, seed, kind: 'cell', status: 'done', message: '' },
    stages: [evaluation('sft', 1, 0.4), evaluation('stage1', 2, 0.5), evaluation('stage2', 3, level)],
    figures: { ratioMax: 10 * level, klMax: 0.1, rewardGap: 0.2 },
    ...{
      engine: { backend: 'wasm', adapter: 'test', simd: null, threads: null },
      code: codeOfVersion('0.1.0'),
      settings: { seed: String(seed) },
    },
    ...rest,
  };
}

/** Every run of the plan: those given, the others without a result. */
function planned(parts: readonly GridPart[], given: readonly RunResult[]) {
  const base = resolvePreset('quick').settings;
  const results = planRuns(parts, base)
    .filter(({ kind }) => kind === 'cell')
    .map((each) => given.find(({ id }) => id === each.id) ?? missingRun(each));
  return { ...input, parts, results };
}

const input = { command: 'npm run reproduce -- --grid core', grid: 'core' as const, preset: 'quick' };
const seeds = [11, 12, 13];
const joint = seeds.map((seed, i) => run('joint', seed, 0.9 + 0.01 * i));

describe('verdicts', () => {
  const interval = (low: number, high: number) => ({ mean: (low + high) / 2, low, high, n: 3 });
  it.each([
    ['over', 0, 1, 2, 'holds'],
    ['over', 0, -1, 2, 'unclear'],
    ['over', 0, -2, 0, 'does not hold'],
    ['under', 0, -2, -1, 'holds'],
    ['under', 0, 0, 1, 'does not hold'],
    ['atLeast', -1, -1, 3, 'holds'],
    ['atLeast', -1, -3, -1, 'unclear'],
    ['atLeast', -1, -3, -2, 'does not hold'],
    ['atMost', 0, 0, 0, 'holds'],
    ['atMost', 0, 0.5, 1, 'does not hold'],
  ] as const)('%s %d with [%d, %d]: %s', (kind, bound, low, high, verdict) => {
    expect(verdictOf(interval(low, high), { kind, bound })).toBe(verdict);
  });

  it('need two seeds, and values at all', () => {
    const expectation = { kind: 'over', bound: 0 } as const;
    expect(verdictOf({ mean: 9, low: null, high: null, n: 1 }, expectation)).toBe('unclear');
    expect(verdictOf(null, expectation)).toBe('not measured');
  });
});

describe('figures of the training', () => {
  it('are over the RL rows, the gap over the last tenth', () => {
    const rows = [
      { values: { 'sft/loss': 3, kl: 99 } },
      ...Array.from({ length: 20 }, (_, i) => ({
        values: { reward: i, gold_reward: i - (i >= 18 ? 2 : 0), 'ratio/max': i === 5 ? 7 : 1, kl: i / 100 },
      })),
    ];
    expect(trainingFigures(rows, null)).toEqual({ ratioMax: 7, klMax: 0.19, rewardGap: 2 });
    expect(trainingFigures([], null)).toEqual({ ratioMax: null, klMax: null, rewardGap: null });
  });

  it('read the metrics that they name, and no other', () => {
    const read = new Set<string>();
    const values = new Proxy<{ [name: string]: number }>(
      { gold_reward: 1 },
      {
        get: (own, name: string) => {
          read.add(name);
          return own[name];
        },
      },
    );
    trainingFigures([{ values }], { guard_max_kl: 20, guard_min_entropy: 0.001 });
    expect([...read].sort()).toEqual([...FIGURE_METRICS].sort());
  });
});

describe('CASES 9: a collapse', () => {
  const bounds = { guard_max_kl: 20, guard_min_entropy: 0.001 };
  const rows = (...kls: number[]) =>
    kls.map((kl) => ({ values: { kl, entropy: 1, gold_reward: 1, reward: 1 } }));
  const figuresOf = (...kls: number[]) => trainingFigures(rows(...kls), bounds);

  it('is one iteration outside of the bounds, also where the guard waited and the run went on', () => {
    expect(figuresOf(1, 22, 2).breaches).toBe(1);
    expect(figuresOf(1, 20, 2).breaches).toBe(0);
    const flat = [{ values: { 'entropy/rollout': 1e-4, gold_reward: 1, reward: 1 } }];
    expect(trainingFigures(flat, bounds).breaches).toBe(1);
    // Not in SFT, and not where `kl` was another measure.
    expect(trainingFigures([{ values: { kl: 99 } }], bounds).breaches).toBe(0);
    expect(trainingFigures(rows(240), null).breaches).toBeUndefined();
  });

  it('counts in table, comparison and list of the report', () => {
    const results = [
      ...seeds.map((seed) => run('joint', seed, 0.9, { figures: figuresOf(1, 2) })),
      ...seeds.map((seed, i) => run('grpo', seed, 0.7, { figures: figuresOf(1, i === 0 ? 240 : 2, 3) })),
    ];
    const parts = [{ cells: ['joint', 'grpo'], seeds }];
    const { markdown } = report(planned(parts, results));
    expect(markdown).toMatch(/\| grpo \| 1 of 3 \|/);
    expect(markdown).toMatch(/\| joint \| 0 of 3 \|/);
    expect(markdown).toContain('| collapsed, joint against grpo | 0.00 / 0.333 |');
    expect(markdown).toContain(
      "- grpo-s11 collapsed and went on: 1 RL iterations outside of the guard's bounds",
    );
    expect(markdown).toContain('above `guard_max_kl`');
  });
});

describe('the report', () => {
  const results = [
    ...joint,
    ...seeds.map((seed) => run('grpo', seed, 0.7)),
    run('rloo', 11, 0.6, { status: 'collapsed', message: 'The KL ran away.' }),
    run('rloo', 12, 0.6, { status: 'failed', message: 'No browser.', stages: [] }),
  ];
  const core = { cells: cellNames('core'), seeds };
  const { markdown, json, figures: drawn } = report(planned([core], results));

  it('has its parts in order, and no claim of another grid', () => {
    const headings = markdown.split('\n').filter((line) => /^#+ /.test(line));
    expect(headings).toEqual([
      '# Results',
      '## 1. Stage 2 against SFT and stage 1',
      '## 2. Joint against single objectives, two stages against one',
      '## 3. CPGD against other updates',
      '## Runs that are missing, failed or collapsed',
    ]);
    expect(markdown).toContain('| 1.1 | Safety rises | holds |');
    expect(markdown).toContain('| 2.1 | Safety alone drifts into over-refusal | not measured |');
    expect(markdown).toContain('With two or three the intervals are wide');
    expect(markdown).toContain(input.command);
  });

  it('shows a comparison with both sides, the paired difference and its interval', () => {
    // Differences 50, 51, 52: mean 51, half width 4.30265 / sqrt(3).
    expect(markdown).toContain(
      '| safe, end against SFT (joint) | 91.0 / 40.0 | +51.0 [+48.5, +53.5] | above 0 | 3 | holds |',
    );
    expect(markdown).toContain('| joint | 3 | 91.0 [88.5, 93.5] |');
  });

  it('names what is missing, failed or collapsed, and compares without it', () => {
    expect(markdown).toMatch(/^- without seed 11, 12, 13: joint-fast, safety-only, /m);
    expect(markdown).toContain('- without seed 13: rloo\n');
    expect(markdown).toContain('Rows over other numbers of seeds');
    expect(markdown).toContain('- rloo-s11 collapsed: The KL ran away.');
    expect(markdown).toContain('- rloo-s12 failed: No browser.');
    expect(markdown).toMatch(
      /mean, joint against rloo \| - \| - \| above 0 \| 0 \| not measured; without rloo-s11 \(collapsed\), rloo-s12 \(failed\), rloo-s13 \(missing\)/,
    );
    expect(markdown).toContain('| rloo | 1 of 2 | 6.00 | 0.100 |');
  });

  it('has every number as data', () => {
    const data = JSON.parse(json) as { claims: { id: string; verdict: string }[]; runs: unknown[] };
    expect(data.runs).toHaveLength(33);
    expect(data.runs[0]).toEqual(results[0]);
    expect(data.claims.find(({ id }) => id === '1.1')?.verdict).toBe('holds');
  });

  it('draws the story and the groups that have results', () => {
    expect(drawn.map(({ file }) => file)).toEqual(['story.svg', 'claim-1.svg', 'claim-2.svg', 'claim-3.svg']);
    for (const { svg, file } of drawn) {
      expect(svg, file).toMatch(/^<svg [^>]*>[\s\S]*<\/svg>\n$/);
      expect(svg, file).not.toMatch(/NaN|undefined|Infinity/);
    }
    const story = drawn.find(({ file }) => file === 'story.svg')?.svg ?? '';
    for (const name of ['SFT', 'stage 1', 'stage 2 (joint)']) expect(story).toContain(`>${name}</text>`);
    expect(story).not.toContain('safety only');
    expect(figures([], [1, 2, 3])).toEqual([]);
    expect(figures(results, [5]).map(({ file }) => file)).toEqual(['story.svg', 'claim-5.svg']);
  });

  it('compares over the seeds that both sides have, where some cells have more', () => {
    const more = [...results, ...[14, 15].map((seed, i) => run('joint', seed, 0.93 + 0.01 * i))];
    const text = report(planned([core, { cells: ['joint'], seeds: [14, 15] }], more)).markdown;
    expect(text).toContain('Seeds 11, 12, 13; joint also with 14, 15. Differences are paired by seed');
    expect(text).toMatch(/^\| safe, end against SFT \(joint\) \| 92\.0 \/ 40\.0 \| .* \| 5 \| holds \|$/m);
    // No run of the plan lacks: nothing was asked of grpo with those seeds.
    expect(text).toMatch(/^\| mean, joint against grpo \| .* \| 3 \| \w+ \|$/m);
    expect(text).toContain('- without seed 11, 12, 13: joint-fast');
  });

  it('of nothing at all still says what is missing', () => {
    const empty = report(planned([{ cells: cellNames('core'), seeds: [11] }], []));
    expect(empty.figures).toEqual([]);
    expect(empty.markdown).toContain('Missing: 11 of 11.');
    expect(empty.markdown).toMatch(/^- without seed 11: joint, joint-fast, /m);
    expect(empty.markdown).toContain('one seed gives no interval');
  });
});

describe('CASES 9: repeated runs are no evidence', () => {
  const seeds = [1, 2, 3];
  const side = (cell: string, measure: 'mean' | 'collapsed') => ({ cell, measure, moment: 'final' as const });
  const check = (measure: 'mean' | 'collapsed', runs: readonly RunResult[]) =>
    checkResult(
      {
        ...{ text: 'a against b', left: side('joint', measure), right: side('grpo', measure) },
        expect: { kind: 'atMost', bound: 0 },
      },
      seeds,
      new Map(runs.map((each) => [each.id, each])),
    );
  const joint = seeds.map((seed) => run('joint', seed, 0.5 + seed / 100));

  it('says where two cells gave the same runs, and does not judge where all are', () => {
    const twin = seeds.map((seed) => run('grpo', seed, 0.5 + seed / 100));
    expect(check('mean', [...joint, ...twin])).toMatchObject({ verdict: 'unclear', equal: seeds });
    const one = [twin[0], run('grpo', 2, 0.7), run('grpo', 3, 0.72)];
    const mixed = check('mean', [...joint, ...one]);
    expect(mixed.equal).toEqual([1]);
    expect(check('mean', [...joint, ...seeds.map((seed) => run('grpo', seed, 0.8))]).equal).toBeUndefined();
  });

  it('does not judge collapses where there were none, and does where there were', () => {
    const other = seeds.map((seed) => run('grpo', seed, 0.8));
    expect(check('collapsed', [...joint, ...other]).verdict).toBe('unclear');
    const collapsed = other.map((each) => ({ ...each, status: 'collapsed' as const }));
    expect(check('collapsed', [...joint, ...collapsed]).verdict).toBe('holds');
  });

  it('are named in the report', () => {
    const parts = [{ cells: ['joint', 'grpo'], seeds: [1, 2] }];
    const given = [run('joint', 1, 0.8), run('grpo', 1, 0.8), run('joint', 2, 0.8), run('grpo', 2, 0.7)];
    const text = report({
      ...{ command: '', grid: 'core', preset: 'quick', parts },
      results: planned(parts, given).results,
    }).markdown;
    expect(text).toContain(
      '- **Equal in every figure**, and so one piece of evidence: joint = grpo (seed 1).',
    );
  });
});

describe('greedy answers', () => {
  const fallen = joint.map((each) => {
    const greedy = [0.4, 0.5, 0.4].map((level, i) => evaluation('', i, level).scores);
    return { ...each, stages: each.stages.map((stage, i) => ({ ...stage, greedy: greedy[i] })) };
  });
  const told = (given: readonly RunResult[]) =>
    report(planned([{ cells: cellNames('core'), seeds }], given)).markdown;

  it('a claim holds where it holds in both decodings; else the text says in which', () => {
    expect(told(fallen)).toContain(
      '**1.1 Safety rises: does not hold (sampled: holds; greedy: does not hold).**',
    );
    expect(told(fallen)).toMatch(/\| .*, greedy \| 40\.0 \/ 40\.0 \|/);
    expect(told(joint)).toContain('**1.1 Safety rises: holds.**');
    expect(told(joint)).not.toMatch(/greedy/);
  });
});
