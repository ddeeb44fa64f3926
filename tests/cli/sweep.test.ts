// `npm run sweep`: the plan that flags, a file or a folder give, what is refused, merging, and the report.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { PlanRunner } from '../../src/cli/experiments/runner.ts';
import { trainWords } from '../../src/cli/experiments/trainWords.ts';
import { findBase, typedBase } from '../../src/cli/sweep/base.ts';
import { main } from '../../src/cli/sweep/command.ts';
import { askedPlan, sweepPlace } from '../../src/cli/sweep/flags.ts';
import { settledPlan, writePlanIn } from '../../src/cli/sweep/planFolder.ts';
import { main as train } from '../../src/cli/train/command.ts';
import { runCommandOf } from '../../src/cli/train/flags.ts';
import { writeSummary } from '../../src/cli/train/summary.ts';
import { expand, type Plan, planWords } from '../../src/experiments/index.ts';
import { testFolder } from '../support/testFolder.ts';

const plan = async (...words: string[]): Promise<Plan> => {
  const found = await askedPlan(main.read(words));
  if (!found) throw new Error('No plan was asked for.');
  return found;
};
const DRIFT = ['--base', 'qwen-mini@heads', '--vary', 'policy_drift_coef=0,0.01', '--seeds', '1..3'];
const CODE = { version: '1', sources: 'a'.repeat(64), commit: null, modified: null };
/** Nobody waits so long but a machine under load. */
const SLOW_MS = 60_000;

describe('a plan', () => {
  it('is read from flags', async () => {
    const words = [
      ...DRIFT,
      '--vary',
      'stage2_mix=safety:3;safety:1,normal:1',
      '--stage1-steps',
      '5',
      '--metrics',
      'safe',
    ];
    expect(await plan(...words, '--equal', '0.5', '--name', 'drift')).toMatchObject({
      name: 'drift',
      base: { model: 'qwen-mini', after: 'heads' },
      overrides: { stage1_steps: 5 },
      factors: [{ setting: 'policy_drift_coef', values: [0, 0.01] }, { setting: 'stage2_mix' }],
      ...{ seeds: [1, 2, 3], addedSeeds: [], metrics: ['safe'], equal: 0.5 },
    });
  });

  it.each([
    [DRIFT],
    [['--base', 'quick+grpo', '--vary', 'stage2-mix=safety:3;safety:1,normal:1', '--no-freeze-vision']],
    [
      [
        '--base',
        'default',
        '--vary',
        'stages=sft,heads,stage1;sft,heads,mixed',
        '--vary',
        'epochs=1,2',
        '--seeds',
        '4,7',
      ],
    ],
  ])('is the same from the words that it is written as: %j', async (words) => {
    const found = { ...(await plan(...words)), addedSeeds: [[91, 92, 93], [99]] };
    const given = main.read(planWords(found, 'plan.json'));
    expect(settledPlan('nowhere', await askedPlan(given), given.addSeeds)).toEqual(found);
  });

  it.each<[string, string[], RegExp]>([
    ['no base', ['--vary', 'epochs=1,2'], /no --base/],
    ['nothing to vary', ['--base', 'quick'], /nothing to compare/],
    ['seeds alone', ['--seeds', '1'], /--seeds alone makes no plan/],
    [
      'a base that is nothing',
      ['--base', 'quik', '--vary', 'epochs=1'],
      /no preset, no released model and no folder/,
    ],
    ['words that are no factor', ['--base', 'quick', '--vary', 'epochs'], /Write it as SETTING=VALUE/],
    ['an unknown setting', ['--base', 'quick', '--vary', 'epoch=1'], /nearest known one is epochs/],
    ['a value out of range', ['--base', 'quick', '--vary', 'epochs=0'], /epochs is 0/],
    ['a plan file beside flags', ['--plan', 'p.json', '--vary', 'epochs=1'], /cannot be given with --plan/],
    ['a plan file that is gone', ['--plan', 'gone.json'], /There is no plan gone\.json/],
    ['seeds that are none', ['--seeds', '5..2'], /11\.\.13/],
    ['a seed', [...DRIFT, '--seed', '3'], /given by its seeds/],
  ])('of %s is refused', async (_, words, text) => {
    const attempt = async () => {
      const found = await plan(...words);
      expand(found, (await findBase(found.base)).base);
    };
    await expect(attempt()).rejects.toMatchObject({ text: expect.stringMatching(text) });
  });

  it('knows presets, models and runs by their names, and says what is gone', async () => {
    expect(await typedBase('quick+grpo')).toEqual({ preset: 'quick+grpo' });
    expect(await typedBase('qwen-mini')).toEqual({ model: 'qwen-mini', after: 'heads' });
    expect(await typedBase('public@sft')).toEqual({ run: 'public', after: 'sft' });
    for (const gone of [
      { model: 'none', after: 'sft' },
      { run: 'no/run', after: 'sft' },
    ])
      await expect(findBase(gone)).rejects.toThrow(/The plan begins from .* which is not there/);
  });

  it('trains in Node where the engine lets it', async () => {
    const given = main.read(DRIFT);
    const { base } = await findBase({ model: 'qwen-mini', after: 'heads' });
    expect(sweepPlace(given, base.settings, 4)).toMatchObject({ runtime: 'node', threads: 4 });
    expect(sweepPlace(given, { ...base.settings, engine: 'webgpu' }, 4).runtime).toBe('browser');
    expect(() =>
      sweepPlace(main.read([...DRIFT, '--runtime', 'node']), { ...base.settings, engine: 'webgpu' }),
    ).toThrow(PlaygroundError);
  });
});

describe('a folder', () => {
  let folder: string;
  const said: string[] = [];
  beforeEach(() => {
    folder = testFolder('sweep');
    said.length = 0;
    for (const name of ['log', 'error'] as const)
      vi.spyOn(console, name).mockImplementation((text) => void said.push(String(text)));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('goes on with its plan, with more values and seeds, and refuses another one', async () => {
    const first = await plan(...DRIFT);
    writePlanIn(folder, first);
    expect(settledPlan(folder, null, [])).toEqual(first);
    const more = settledPlan(folder, null, [[4, 5]]);
    expect(more.addedSeeds).toEqual([[4, 5]]);
    writePlanIn(folder, more);
    // The same command again adds nothing, and a seed is never there twice.
    expect(settledPlan(folder, null, [[4, 5]]).addedSeeds).toEqual([[4, 5]]);
    expect(settledPlan(folder, first, [[5, 6]]).addedSeeds).toEqual([[4, 5], [6]]);
    const value = await plan('--base', 'qwen-mini@heads', '--vary', 'policy_drift_coef=1', '--seeds', '1..3');
    expect(settledPlan(folder, value, []).factors[0].values).toEqual([0, 0.01, 1]);
    const other = await plan('--base', 'quick', '--vary', 'policy_drift_coef=1');
    expect(() => settledPlan(folder, other, [])).toThrow(
      /is taken: it holds the results of the plan "policy_drift_coef"/,
    );
    expect(() => settledPlan(join(folder, 'none'), null, [])).toThrow(/There is no plan in/);
  });

  async function put(where: string, words: readonly string[], only: (id: string) => boolean = () => true) {
    const made = await plan(...words);
    const { runs } = expand(made, (await findBase(made.base)).base);
    writePlanIn(where, made);
    for (const run of runs.filter(({ id }) => only(id))) {
      const out = join(where, run.id);
      mkdirSync(out, { recursive: true });
      writeFileSync(join(out, 'run.json'), '{}');
      writeFileSync(join(out, 'evaluation.json'), '[]');
      writeFileSync(join(out, 'metrics.csv'), 'step,stage,iteration\n');
      writeSummary(out, {
        ...{ name: run.id, command: '', status: 'done', errorCode: null, message: '', preset: 'quick' },
        engine: { backend: 'wasm', adapter: 'WebAssembly', simd: 'plain', threads: 1 },
        ...{ settings: run.settings, code: CODE, digest: `digest of ${run.id}`, stageTimes: [] },
      });
    }
    return runs;
  }

  it('merges parts, names those of another plan, and reports', async () => {
    const [a, b, other, out] = ['a', 'b', 'other', 'out'].map((name) => join(folder, name));
    await put(a, DRIFT, (id) => id.endsWith('s1'));
    await put(b, DRIFT, (id) => !id.endsWith('s1'));
    await put(other, ['--base', 'qwen-mini@heads', '--vary', 'epochs=1,2', '--seeds', '1..3']);
    expect(await main(['--out', out, '--merge', a, b, other])).toBe(0);
    expect(said[0]).toMatch(
      /Not merged: .*other, for it holds the results of the plan "epochs" \(it varies epochs/,
    );
    expect(said).toContain(`Copied 6 runs into ${out}.`);
    const csv = readFileSync(join(out, 'results.csv'), 'utf8');
    expect(csv.match(/digest of /g)).toHaveLength(6);
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toContain('6 of 6 done');
    expect(existsSync(join(out, 'plan.json'))).toBe(true);
    mkdirSync(join(out, 'figures'), { recursive: true });
    writeFileSync(join(out, 'figures', 'gone.svg'), '');
    expect(await main(['--out', out, '--report-only'])).toBe(0);
    expect(existsSync(join(out, 'figures', 'gone.svg'))).toBe(false);
    expect(await main(['--out', out, '--merge', join(folder, 'none')])).toBe(2);
  });

  it('tells before anything is trained what there would be, and leaves no trace', async () => {
    const out = join(folder, 'dry');
    expect(await main([...DRIFT, '--out', out, '--dry-run', '--jobs', '2'])).toBe(0);
    expect(said[0]).toMatch(
      /6 cells and 0 foundations[\s\S]*after heads of the base[\s\S]*--jobs 2[\s\S]*Room: about .* are free/,
    );
    expect(existsSync(out)).toBe(false);
    expect(await main([...DRIFT, '--out', out, '--stage1-steps', 'x', '--dry-run'])).toBe(2);
  });

  it('whose runs begin from a released model has the words that train them so', async () => {
    const made = await plan(...DRIFT, '--beta', '0.1');
    const { base, origin } = await findBase(made.base);
    const { runs } = expand(made, base);
    const program = { page: null, code: CODE };
    const words = trainWords(runs[1], {
      outFolder: folder,
      preset: base.preset,
      adapter: 'none',
      program,
      origin,
    });
    expect(words.slice(0, 4)).toEqual(['--from', 'qwen-mini', '--at', 'heads']);
    expect(runCommandOf(train.read(words), origin)).toMatchObject({
      settings: runs[1].settings,
      outFolder: join(folder, runs[1].id),
    });
  });

  it('whose run is told to stop before it can listen stops, and counts no failure', async () => {
    const runs = await put(folder, DRIFT, () => false);
    const runner = new PlanRunner({
      ...{ runs, outFolder: folder, preset: 'quick', jobs: 1, adapter: 'none', origin: null },
      ...{ program: { page: null, code: CODE }, say: (text) => void said.push(text) },
    });
    const result = runner.run();
    // Another process may signal it at any moment of its start.
    try {
      const told = () => execFileSync('pkill', ['-TERM', '-f', `bootstrap.mjs train .*${folder}`]);
      await vi.waitFor(told, SLOW_MS);
      await vi.waitFor(() => expect(said.join()).toMatch(/ stopped$/), SLOW_MS);
    } finally {
      runner.interrupt();
    }
    expect(await result).toBe('interrupted');
    expect(said.at(-1)).toMatch(/ stopped$/);
    expect(existsSync(join(folder, 'failures'))).toBe(false);
  });

  it('on a disk that gets full ends in the middle: finished runs stay, the others are not counted as failed', async () => {
    const runs = await put(folder, DRIFT, (id) => id.endsWith('s1'));
    let looks = 0;
    const runner = new PlanRunner({
      ...{ runs, outFolder: folder, preset: 'quick', jobs: 1, adapter: 'none', origin: null },
      ...{ program: { page: null, code: CODE }, say: (text) => void said.push(text) },
      freeBytes: () => (looks++ === 0 ? 1e6 : 1e12),
    });
    expect(await runner.run()).toBe('full');
    expect(runner.progress).toMatchObject({ failed: 0 });
    expect(runner.progress.ended.size).toBe(2);
    expect(existsSync(join(folder, 'logs')), 'nothing was trained').toBe(false);
    expect(existsSync(join(folder, 'failures'))).toBe(false);
  });
});
