// The pure parts of `npm run reproduce` and of forking: flags, exit codes, folders, progress.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../src/base/errors.ts';
import { stageOfLine, whyFailed } from '../../src/cli/experiments/childLines.ts';
import {
  folderState,
  mergeRuns,
  otherSettings,
  readResult,
  recordFailure,
} from '../../src/cli/experiments/folder.ts';
import { planLine, timeLeftMs } from '../../src/cli/experiments/progress.ts';
import { PlanRunner } from '../../src/cli/experiments/runner.ts';
import { trainWords } from '../../src/cli/experiments/trainWords.ts';
import { progressLine } from '../../src/cli/progress.ts';
import { main } from '../../src/cli/reproduce/command.ts';
import { gridCommandOf } from '../../src/cli/reproduce/flags.ts';
import { readPublishedRuns } from '../../src/cli/reproduce/published.ts';
import { main as train } from '../../src/cli/train/command.ts';
import { runCommandOf } from '../../src/cli/train/flags.ts';
import { readForkBase } from '../../src/cli/train/fork.ts';
import { writeSummary } from '../../src/cli/train/summary.ts';
import { resolvePreset, SettingError } from '../../src/config/index.ts';
import { clock } from '../../src/evaluation/index.ts';
import { cellNames, type PlannedRun, planRuns } from '../../src/experiments/index.ts';
import { codeOfVersion, codeText, type EngineIdentity, engineText } from '../../src/terms/origin.ts';
import { takeFolder } from '../../src/tooling/folderLock.ts';
import { testFolder } from '../support/testFolder.ts';

const base = { ...resolvePreset('quick').settings, wasm_threads: 1 };
const read = (...words: string[]) => gridCommandOf(main.read(words), 2);
const parseTrainWords = (words: readonly string[]) => runCommandOf(train.read(words));

describe('the flags of reproduce', () => {
  it('have defaults', () => {
    expect(read()).toMatchObject({
      ...{
        mergeFolders: null,
        grid: 'core',
        outFolder: 'runs/reproduce',
        docsFolder: 'runs/reproduce/docs',
        published: null,
      },
      ...{ shard: { index: 1, count: 1 }, jobs: 1, preset: 'quick', adapter: 'none', runtime: 'browser' },
      commandText: 'npm run reproduce -- --grid core --seeds 11,12,13 --preset quick',
    });
    expect(read().parts).toEqual([{ cells: cellNames('core'), seeds: [11, 12, 13] }]);
    expect(read().base).toMatchObject({ sft_steps: 4500, wasm_threads: 2 });
  });

  it('are read', () => {
    const words = ['--grid', 'all', '--seeds', '1,2', '--jobs', '2', '--shard=2/3', '--out', 'runs/x'];
    expect(read(...words, '--preset', 'smoke', '--sft-steps', '9')).toMatchObject({
      ...{ grid: 'all', jobs: 2, shard: { index: 2, count: 3 }, docsFolder: 'runs/x/docs' },
      parts: [{ cells: cellNames('all'), seeds: [1, 2] }],
      base: { sft_steps: 9, size: 'tiny', wasm_threads: 1 },
    });
    expect(read('--merge', 'a', 'b', '--docs', 'd')).toMatchObject({
      ...{ mergeFolders: ['a', 'b'], docsFolder: 'd' },
    });
    expect(read('--cells', 'ppo,joint')).toMatchObject({
      parts: [{ cells: ['joint', 'ppo'], seeds: [11, 12, 13] }],
      docsFolder: 'runs/reproduce/docs',
    });
    const more = read('--more-seeds', '14,15', '--more-cells', 'ppo,joint', '--preset', 'quick');
    expect(more).toMatchObject({
      parts: [{ seeds: [11, 12, 13] }, { cells: ['joint', 'ppo'], seeds: [14, 15] }],
      docsFolder: 'runs/reproduce/docs',
      resultsFile: 'runs/reproduce/docs/results.json',
      commandText:
        'npm run reproduce -- --grid core --seeds 11,12,13 --more-seeds 14,15 --more-cells joint,ppo --preset quick',
    });
    expect(read('--report-only', '--published', 'results/published.json').published).toBe(
      'results/published.json',
    );
    expect([read('--list').list, read('--report-only').reportOnly]).toEqual([true, true]);
  });

  it.each([
    [['--grid', 'core2'], UsageError, /core, terms/],
    [['--cells', 'pg'], UsageError, /in another grid/],
    [['--seeds', '1,x'], UsageError, /11,12,13/],
    [['--seeds', '1,1'], UsageError, /different/],
    [['--more-cells', 'joint'], UsageError, /--more-seeds/],
    [['--more-seeds', '13,14'], UsageError, /Seed 13 is in --seeds/],
    [['--more-seeds', 'x'], UsageError, /--more-seeds is "x"/],
    [['--published', 'results/published.json'], UsageError, /--report-only/],
    [['--shard', '3/2'], UsageError, /I\/N/],
    [['--jobs', '0'], UsageError, /1 to 999/],
    [['--seed', '3'], UsageError, /--seeds/],
    [['--stages=sft'], UsageError, /the grid sets it/],
    [['--adapter', 'gpu'], UsageError, /swiftshader/],
    [['runs/x'], UsageError, /two dashes/],
    [['--girds', 'core'], UsageError, /--grid/],
    [['--sft-steps', '-1'], SettingError, /sft_steps/],
  ])('refuse %j', (words, kind, text) => {
    expect(() => read(...words)).toThrow(kind);
    try {
      read(...words);
    } catch (error) {
      expect((error as UsageError).text).toMatch(text);
    }
  });
});

describe('the flags of a fork', () => {
  it('are read, and --at alone is refused', () => {
    expect(train.read(['--from', 'runs/a', '--at', 'heads'])).toMatchObject({ from: 'runs/a', at: 'heads' });
    expect(train.read(['--from=runs/a'])).toMatchObject({ from: 'runs/a', at: null });
    expect(() => parseTrainWords(['--at', 'heads'])).toThrow(/there is no --from/);
    expect(() => parseTrainWords(['--resume', 'a', '--from', 'b'])).toThrow(/--from cannot be given/);
  });
});

const CODE = { version: '1', sources: 'a'.repeat(64), commit: null, modified: null };
const PROGRAM = { page: 'nowhere/.page', code: CODE };
const ENGINE: EngineIdentity = { backend: 'wasm', adapter: 'WebAssembly', simd: 'plain', threads: 1 };

describe('folders', () => {
  let folder: string;
  const [foundation, joint] = planRuns([{ cells: ['joint'], seeds: [1] }], base);
  beforeEach(() => {
    folder = testFolder('grid');
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  function put(where: string, run: PlannedRun, over: Partial<Parameters<typeof writeSummary>[1]> = {}) {
    const out = join(where, run.id);
    mkdirSync(join(out, '.browser'), { recursive: true });
    writeFileSync(join(out, 'run.json'), '{}');
    writeFileSync(join(out, 'evaluation.json'), '[]');
    writeFileSync(join(out, 'metrics.csv'), 'step,stage,iteration\n');
    writeSummary(out, {
      ...{ name: run.id, command: '', status: 'done', errorCode: null, message: '', preset: 'quick' },
      ...{ settings: run.settings, engine: ENGINE, code: CODE, digest: '', stageTimes: [] },
      ...over,
    });
  }

  it('tell what is done, collapsed, begun or fresh', () => {
    expect(folderState(folder, joint)).toBe('fresh');
    expect(readResult(folder, joint)).toMatchObject({ status: 'missing' });
    put(folder, joint, { status: 'stopped' });
    expect(folderState(folder, joint)).toBe('begun');
    put(folder, joint, { status: 'failed', errorCode: 'diverged', message: 'The KL ran away.' });
    expect(readResult(folder, joint)).toMatchObject({ status: 'collapsed', message: 'The KL ran away.' });
    put(folder, joint, { status: 'failed', errorCode: 'disk-full' });
    expect(folderState(folder, joint)).toBe('begun');
    recordFailure(folder, joint.id, 'The disk is full.');
    expect(readResult(folder, joint)).toMatchObject({ status: 'failed', message: 'The disk is full.' });
    put(folder, joint);
    expect(readResult(folder, joint)).toMatchObject({ status: 'done', engine: ENGINE });
  });

  it('CASES 5: a foundation may differ in what SFT and heads do not read', () => {
    put(folder, foundation, {
      settings: { ...foundation.settings, epochs: 3, beta: 3, stages: ['sft', 'heads', 'stage1'] },
    });
    expect(otherSettings(folder, foundation)).toBeNull();
    expect(readResult(folder, foundation)).toMatchObject({ status: 'done' });
    put(folder, foundation, { settings: { ...foundation.settings, heads_steps: 3 } });
    expect(otherSettings(folder, foundation)).toBe('heads_steps is 3 there and 2500 in the plan');
    put(folder, joint, { settings: { ...joint.settings, epochs: 3 } });
    expect(otherSettings(folder, joint)).toMatch(/^epochs is 3 there/);
  });

  it('with other settings are refused, but for those without effect', () => {
    put(folder, joint, { settings: { ...joint.settings, wasm_threads: 4 } });
    expect(otherSettings(folder, joint)).toBeNull();
    put(folder, joint, { settings: { ...joint.settings, beta: 3 } });
    expect(otherSettings(folder, joint)).toBe('beta is 3 there and 0.2 in the plan');
    expect(readResult(folder, joint)).toMatchObject({ status: 'failed' });
  });

  it('and results of before 0.2.0 are read, with what their texts tell of engine and code', () => {
    put(folder, joint);
    const file = join(folder, joint.id, 'summary.json');
    const { engine, code, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
    const older = { ...rest, device: engineText(engine), codeVersion: code.version };
    writeFileSync(file, JSON.stringify(older));
    const known = { engine, code: codeOfVersion(code.version) };
    expect(readResult(folder, joint)).toMatchObject({ status: 'done', ...known });
    const runs = [...readPublishedRuns('results/published.json').values()];
    expect(runs.length).toBeGreaterThan(200);
    for (const { engine: found, code: version } of runs) {
      expect(found).toMatchObject({ backend: 'wasm', adapter: 'WebAssembly', simd: 'plain' });
      expect([1, 2]).toContain(found?.threads);
      expect(version).toMatchObject({ version: '0.1.0', commit: null });
    }
  });

  it('are merged without browser profiles', () => {
    const [a, b, out] = ['a', 'b', 'out'].map((name) => join(folder, name));
    put(a, foundation);
    put(b, foundation);
    put(b, joint);
    expect(mergeRuns([a, b], out, [foundation, joint])).toEqual({ copied: 2, left: [] });
    expect(mergeRuns([a, b], out, [foundation, joint])).toEqual({ copied: 0, left: [] });
    expect(readResult(out, joint)).toMatchObject({ status: 'done' });
    expect(() => rmSync(join(out, joint.id, '.browser'))).toThrow();
  });

  it('that hold nothing of a run give way to a published one, made with the same settings', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    put(folder, foundation);
    put(folder, joint);
    const words = ['--cells', 'joint', '--seeds', '1', '--report-only'];
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    expect(await main([...words, '--out', folder, '--docs', first])).toBe(0);
    const file = join(first, 'results.json');
    const from = ['--docs', second, '--published', file, '--out', join(folder, 'none')];
    mkdirSync(join(folder, 'none'));
    expect(await main([...words, ...from])).toBe(0);
    expect(log.mock.calls.at(-2)?.[0]).toBe('2 runs done, 0 collapsed, 0 failed, 0 missing.');
    expect(readFileSync(join(second, 'results.json'), 'utf8')).toBe(readFileSync(file, 'utf8'));
    expect(readPublishedRuns(file).get(joint.id)?.settings).toMatchObject({ sft_steps: '4500', seed: '1' });
    expect(await main([...words, ...from, '--beta', '3'])).toBe(1);
    expect(log.mock.calls.at(-2)?.[0]).toBe('1 runs done, 0 collapsed, 1 failed, 0 missing.');
    expect(readFileSync(join(second, 'RESULTS.md'), 'utf8')).toContain(
      '- joint-s1 failed: the published run is another one: beta is 0.2 there and 3 in the plan',
    );
    expect(await main([...words, '--report-only', '--published', join(folder, 'no.json')])).toBe(2);
    writeFileSync(file, '{"kind":"cosmo-results","runs":[{}]}');
    expect(await main([...words, ...from])).toBe(2);
    expect(error.mock.calls.at(-1)?.[0]).toMatch(/is no results file of npm run reproduce: runs\.0\.id/);
  });

  it('give the words that begin a run or go on with it', () => {
    const options = { outFolder: folder, preset: 'quick', adapter: 'none' as const, program: PROGRAM };
    expect(trainWords(foundation, options).slice(0, 2)).toEqual(['--preset', 'quick']);
    expect(trainWords(foundation, options).join(' ')).toContain('--stages sft,heads');
    const words = trainWords(joint, { ...options, adapter: 'system' });
    expect(words.slice(0, 4)).toEqual(['--from', join(folder, 'base-s1'), '--at', 'heads']);
    expect(parseTrainWords(words)).toMatchObject({
      settings: joint.settings,
      outFolder: join(folder, joint.id),
    });
    put(folder, joint, { status: 'stopped' });
    const resume = ['--resume', join(folder, joint.id), '--runtime'];
    expect(trainWords(joint, options)).toEqual([...resume, 'browser', '--page', PROGRAM.page]);
    expect(parseTrainWords(trainWords(joint, options))).toMatchObject({ page: PROGRAM.page });
    const inNode = { ...options, program: { page: null, code: CODE } };
    expect(trainWords(joint, inNode)).toEqual([...resume, 'node']);
    expect(parseTrainWords(trainWords(foundation, inNode))).toMatchObject({ runtime: 'node', page: null });
  });

  it('pass over what has a result, and a failed foundation fails its cells', async () => {
    const said: string[] = [];
    const options = {
      ...{ runs: [foundation, joint], outFolder: folder, preset: 'quick', jobs: 2 },
      ...{ adapter: 'none' as const, program: PROGRAM, say: (text: string) => void said.push(text) },
    };
    put(folder, foundation, { settings: { ...foundation.settings, sft_steps: 3 } });
    const runner = new PlanRunner(options);
    expect(await runner.run()).toBe('failed');
    expect(said[1]).toBe('joint-s1 failed: base-s1, which it begins from, has no result.');
    put(folder, foundation);
    put(folder, joint, { status: 'failed', errorCode: 'diverged' });
    expect(await new PlanRunner(options).run()).toBe('done');
  });

  it('CASES 2: a run of other code than the grid is refused, and so are cells that begin from it', async () => {
    const said: string[] = [];
    const other = { ...CODE, sources: 'b'.repeat(64) };
    put(folder, foundation, { code: other });
    const runner = new PlanRunner({
      ...{ runs: [foundation, joint], outFolder: folder, preset: 'quick', jobs: 1, program: PROGRAM },
      ...{ adapter: 'none' as const, say: (text: string) => void said.push(text) },
    });
    expect(await runner.run()).toBe('failed');
    expect(said.join()).toContain(
      `it was made with version ${codeText(other)}, and this plan is of ${codeText(CODE)}`,
    );
    expect(said.join()).toContain('joint-s1 failed: base-s1, which it begins from, has no result.');
    expect(existsSync(join(folder, 'logs')), 'nothing was trained').toBe(false);
  });

  it('CASES 3: a run that another process trains is waited for, and taken as it is then', async () => {
    const said: string[] = [];
    const trainer = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const away = new Promise((resolve) => trainer.once('exit', resolve));
    const owner = { pid: trainer.pid, host: hostname(), started: null, since: '2026-11-28T12:00:00.000Z' };
    mkdirSync(join(folder, foundation.id));
    writeFileSync(join(folder, foundation.id, '.lock'), JSON.stringify(owner));
    const runner = new PlanRunner({
      ...{ runs: [foundation], outFolder: folder, preset: 'quick', jobs: 1, program: PROGRAM },
      ...{ adapter: 'none' as const, say: (text: string) => void said.push(text) },
    });
    const result = runner.run();
    await expect.poll(() => said.length).toBe(1);
    expect(said[0]).toMatch(
      /^Waiting for base-s1: .* is in use by process \d+ on \S+ since 2026-11-28 12:00:00 UTC/,
    );
    put(folder, foundation);
    trainer.kill();
    await away;
    expect(await result).toBe('done');
    expect(existsSync(join(folder, 'logs')), 'nothing was trained').toBe(false);
  });

  it('exit with 0, 2 and words', async () => {
    const [log, error] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')];
    for (const spy of [log, error]) spy.mockImplementation(() => undefined);
    expect(await main(['--help'])).toBe(0);
    expect(await main(['--list', '--jobs', '2'])).toBe(0);
    expect(log.mock.calls.at(-1)?.[0]).toMatch(
      /33 cells and 6 foundations[\s\S]*About \d\d:\d\d with --jobs 2/,
    );
    expect(await main(['--grid', 'none'])).toBe(2);
    expect(error).toHaveBeenCalledTimes(1);
  });

  describe('and reports', () => {
    const words = ['--cells', 'joint', '--seeds', '1'];
    const said: string[] = [];
    let docs: string;
    beforeEach(() => {
      said.length = 0;
      docs = join(folder, 'report');
      mkdirSync(docs);
      writeFileSync(join(docs, 'RESULTS.md'), 'published');
      for (const name of ['log', 'error'] as const)
        vi.spyOn(console, name).mockImplementation((text) => void said.push(String(text)));
    });
    const untouched = () => expect(readFileSync(join(docs, 'RESULTS.md'), 'utf8')).toBe('published');

    it.each([
      ['--merge a folder that is not there', ['--merge', 'none'], 2, /There is no folder .*none/],
      ['--merge without a folder', ['--merge'], 2, /--merge has no value/],
      ['--merge of an empty folder', ['--merge', 'empty'], 1, /No run of this grid has a result/],
      ['--report-only of an empty folder', ['--report-only'], 1, /No run of this grid has a result/],
    ])('CASES 1: %s writes nothing', async (_, [flag, ...from], code, text) => {
      mkdirSync(join(folder, 'empty'));
      mkdirSync(join(folder, 'm'));
      const sources = from.map((name) => join(folder, name));
      const given = [...words, '--out', join(folder, 'm'), '--docs', docs, flag, ...sources];
      expect(await main(given)).toBe(code);
      expect(said.join('\n')).toMatch(text);
      untouched();
      expect(readdirSync(join(folder, 'm'))).toEqual([]);
    });

    it('CASES 1: --report-only of a folder that is not there writes nothing', async () => {
      const out = join(folder, 'm');
      expect(await main([...words, '--out', out, '--docs', docs, '--report-only'])).toBe(2);
      untouched();
      expect(existsSync(out)).toBe(false);
    });

    it('CASES 1: only --docs docs names the published report, however it is written', () => {
      const files = [[], ['--docs', 'docs'], ['--docs', './docs/'], ['--docs', 'docs/x']].map(
        (flags) => read(...flags).resultsFile,
      );
      expect(files).toEqual([
        'runs/reproduce/docs/results.json',
        ...['results/published.json', 'results/published.json', 'docs/x/results.json'],
      ]);
    });

    it('CASES 1: a merge leaves a run of other settings where it is, and says so', async () => {
      const [a, out] = [join(folder, 'a'), join(folder, 'm')];
      put(a, foundation);
      put(a, joint, { settings: { ...joint.settings, beta: 3 } });
      expect(await main([...words, '--out', out, '--docs', docs, '--merge', a])).toBe(1);
      expect(said[0]).toMatch(/joint-s1 is another run: beta is 3 there and 0\.2 in the plan/);
      expect(readdirSync(out)).toEqual(['base-s1']);
    });

    it('CASES 4: a report with missing or failed runs ends with exit code 1', async () => {
      put(folder, foundation);
      const given = [...words, '--out', folder, '--docs', docs, '--report-only'];
      expect(await main(given)).toBe(1);
      recordFailure(folder, joint.id, 'No browser.');
      expect(await main(given)).toBe(1);
      expect(readFileSync(join(docs, 'RESULTS.md'), 'utf8')).toContain('None is missing. Failed: 1 of 2.');
      put(folder, joint, { status: 'failed', errorCode: 'diverged', message: 'The KL ran away.' });
      expect(await main(given)).toBe(0);
      writeFileSync(join(folder, joint.id, 'evaluation.json'), '[{"stage":');
      expect(await main(given)).toBe(1);
      expect(readFileSync(join(docs, 'RESULTS.md'), 'utf8')).toContain('its results cannot be read');
    });

    it('CASES 2: a report over runs of different code says so, in its rows too', async () => {
      put(folder, foundation);
      put(folder, joint);
      const [, grpo] = planRuns([{ cells: ['grpo'], seeds: [1] }], base);
      const other = { ...CODE, sources: 'b'.repeat(64) };
      put(folder, grpo, { code: other });
      for (const { id } of [joint, grpo])
        writeFileSync(
          join(folder, id, 'metrics.csv'),
          'step,stage,iteration,gold_reward,ratio/max\n1,stage2,1,1,2\n',
        );
      const given = [
        '--cells',
        'joint,grpo',
        '--seeds',
        '1',
        '--out',
        folder,
        '--docs',
        docs,
        '--report-only',
      ];
      expect(await main(given)).toBe(0);
      const runs = `${codeText(CODE)}: base-s1, joint-s1; ${codeText(other)}: grpo-s1`;
      expect(said.join('\n')).toContain(`Runs of different code (${runs})`);
      const text = readFileSync(join(docs, 'RESULTS.md'), 'utf8');
      expect(text).toContain(`**Runs of different code** (${runs})`);
      expect(text).toMatch(/^\| ratio-max, joint against grpo .*; sides of different code: seed 1 \|$/m);
    });

    it('CASES 3: a merge leaves a run alone in whose place another process works', async () => {
      const [a, out] = [join(folder, 'a'), join(folder, 'm')];
      put(a, foundation);
      put(a, joint);
      const leave = takeFolder(join(out, 'joint-s1'));
      expect(await main([...words, '--out', out, '--docs', docs, '--merge', a])).toBe(1);
      expect(said[0]).toMatch(/^Not copied: .*joint-s1, for process \d+ on/);
      expect(readdirSync(join(out, 'joint-s1'))).toEqual(['.lock']);
      leave();
    });

    it('CASES 1: the published report is made again to the byte', async () => {
      const { command } = JSON.parse(readFileSync('results/published.json', 'utf8')) as { command: string };
      const grid = command.split(' -- ')[1].split(' ');
      const again = ['--report-only', '--published', 'results/published.json', '--docs', docs];
      expect(await main([...grid, ...again, '--out', folder])).toBe(0);
      const text = (path: string) => readFileSync(path, 'utf8').replace(/\]\([^)]*\.json\)/, '');
      const same = (a: string, b: string) => expect(text(a) === text(b), `${a} is ${b}`).toBe(true);
      same(join(docs, 'results.json'), 'results/published.json');
      same(join(docs, 'RESULTS.md'), 'docs/RESULTS.md');
      for (const name of readdirSync(join(docs, 'figures')))
        same(join(docs, 'figures', name), join('docs/figures', name));
    });
  });

  it('without a bundle cannot be forked', async () => {
    await expect(readForkBase(folder, null)).rejects.toThrow(/There is no bundle/);
    writeFileSync(join(folder, 'bundle.zip'), 'no zip');
    await expect(readForkBase(folder, null)).rejects.toThrow(UsageError);
  });
});

describe('progress', () => {
  const runs = planRuns([{ cells: ['joint'], seeds: [1, 2] }], base);
  const none = {
    runs,
    ended: new Set<string>(),
    failed: 0,
    running: [],
    measured: [],
    jobs: 2,
    elapsedMs: 0,
  };

  it('reads the lines of train', () => {
    const progress = {
      ...{ kind: 'progress' as const, runId: 'r', stage: 'heads', stageIndex: 2, stages: [] },
      ...{
        iteration: 5,
        iterations: 20,
        step: 5,
        elapsedMs: 0,
        stageRemainingMs: null,
        runRemainingMs: null,
      },
    };
    expect(stageOfLine(progressLine({ progress, reward: null, loss: 1 }))).toBe('3/0 heads 25 %');
    expect(stageOfLine('Device: wasm')).toBe('');
  });

  it('tells the time left from the estimate, stretched by what was measured', () => {
    const whole = 2 * (212 + 81) * 1000;
    expect(timeLeftMs(none)).toBeCloseTo(whole / 2, 0);
    const measured = [{ run: runs[0], wallMs: 2 * 212_000 }];
    const half = { ...none, ended: new Set([runs[0].id]), measured };
    expect(timeLeftMs(half)).toBeCloseTo((2 * (212 + 2 * 81) * 1000) / 2, 0);
    const running = [{ run: runs[1], elapsedMs: 60_000, lastLine: '1/3 sft        [##..] 10/40  loss 1' }];
    const line = planLine({ ...half, running, elapsedMs: 984_000 });
    expect(line).toBe(
      `[####............] 1/4 runs  16:24, about ${clock(344_000)} left  base-s2 1/3 sft 25 %`,
    );
    const tiny = planRuns([{ cells: ['joint'], seeds: [1] }], { ...base, size: 'tiny' });
    expect(timeLeftMs({ ...none, runs: tiny })).toBeNull();
  });

  it('says why a run failed', () => {
    expect(whyFailed(['a', 'The run failed: The disk is full.', 'b'], 1)).toBe('The disk is full.');
    expect(whyFailed(['a', 'b'], 1)).toBe('b');
    expect(whyFailed(['a', 'TypeError: No such thing', '    at b', '}'], 1)).toBe('TypeError: No such thing');
    expect(whyFailed([], 3)).toBe('it ended with exit code 3');
  });
});
