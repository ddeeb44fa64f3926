// The pure parts of `npm run train`: flags, progress, log, digest, report, folder.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type ErrorCode, PlaygroundError, toWireError, UsageError } from '../../src/base/errors.ts';
import { listenToInterrupts } from '../../src/cli/interrupts.ts';
import { bar, progressLine, StatusLine } from '../../src/cli/progress.ts';
import { settingsList } from '../../src/cli/settingFlags.ts';
import { afterFailure } from '../../src/cli/train/afterFailure.ts';
import { main } from '../../src/cli/train/command.ts';
import { runCommandOf, trainLine } from '../../src/cli/train/flags.ts';
import { fromPage } from '../../src/cli/train/page.ts';
import { readRunFile, requireFreshFolder, requireRoom, writeRunFile } from '../../src/cli/train/runFolder.ts';
import { RunLog } from '../../src/cli/train/runLog.ts';
import { runtimeOf } from '../../src/cli/train/runtime.ts';
import { PRESETS, resolvePreset, SETTING_KEYS, SettingError } from '../../src/config/index.ts';
import { clock, reportMarkdown } from '../../src/evaluation/index.ts';
import { WIRE_ERROR_MARK } from '../../src/protocol/automation.ts';
import type { ProgressEvent } from '../../src/protocol/messages.ts';
import { metricsDigest } from '../../src/storage/metricsDigest.ts';
import { codeOfVersion } from '../../src/terms/origin.ts';
import { takeFolder } from '../../src/tooling/folderLock.ts';
import { testFolder } from '../support/testFolder.ts';

const parse = (words: readonly string[]) => runCommandOf(main.read(words));

function complaintOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    return (error as UsageError).text;
  }
  throw new Error('nothing was refused');
}

function progress(over: Partial<ProgressEvent> = {}): ProgressEvent {
  return {
    kind: 'progress',
    runId: 'r',
    stage: 'sft',
    stageIndex: 0,
    stages: [
      { name: 'sft', iterations: 10 },
      { name: 'stage1', iterations: 4 },
    ],
    iteration: 5,
    iterations: 10,
    step: 5,
    elapsedMs: 65_000,
    stageRemainingMs: null,
    runRemainingMs: 125_000,
    ...over,
  };
}

describe('the flags of train', () => {
  it('reads a start', () => {
    const command = parse(['--preset', 'quick+grpo', '--seed', '3', '--out', 'runs/x', '--headed']);
    expect(command).toMatchObject({
      kind: 'start',
      preset: 'quick+grpo',
      name: 'x',
      outFolder: 'runs/x',
      browser: { headed: true, adapter: 'none' },
      settings: { seed: 3, loss_type: 'grpo' },
    });
    expect(parse(['--preset', 'smoke'])).toMatchObject({
      outFolder: 'runs/smoke-7',
      name: 'smoke-7',
    });
    expect(parse(['--resume=runs/x', '--adapter', 'swiftshader'])).toEqual({
      kind: 'resume',
      outFolder: 'runs/x',
      runtime: null,
      browser: { headed: false, adapter: 'swiftshader' },
      page: null,
      browserFlags: ['--adapter'],
    });
  });

  it.each([
    [['--sede', '3'], UsageError, /nearest known one is --seed/],
    [['--seed', 'x'], SettingError, /seed/],
    [['--preset', 'quik'], SettingError, /quick/],
    [['runs/x'], UsageError, /two dashes/],
    [['--adapter', 'gpu'], UsageError, /swiftshader/],
    [['--resume', 'runs/x', '--seed', '3'], UsageError, /together with --resume/],
    [['--resume'], UsageError, /--resume DIR/],
  ])('refuses %j', (words, kind, text) => {
    const attempt = (): unknown => parse(words);
    expect(attempt).toThrow(kind);
    try {
      attempt();
    } catch (error) {
      expect((error as UsageError | SettingError).text).toMatch(text);
    }
  });

  it('list every setting and preset', () => {
    const list = settingsList();
    for (const key of SETTING_KEYS) expect(list).toContain(`--${key.replaceAll('_', '-')} `);
    for (const preset of PRESETS) expect(list).toContain(preset.name);
    // A value is not broken.
    const lines = list.split('\n').filter((line) => line.trim().includes(' '));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });
});

describe.skipIf(process.platform === 'win32')('trainLine', () => {
  it('is a line that a shell reads back', () => {
    const line = (word: string, adapter: 'none' | 'system') =>
      trainLine(['--out', word], { headed: false, adapter });
    expect(line('/tmp/a-1', 'none')).toBe('npm run train -- --out /tmp/a-1');
    expect(line("my run's", 'system')).toBe("npm run train -- --out 'my run'\\''s' --adapter system");
  });
});

describe('progress', () => {
  it('writes clocks and bars', () => {
    expect([0, 59_600, 3_725_000].map(clock)).toEqual(['0:00', '1:00', '1:02:05']);
    expect(bar(5, 10, 4)).toBe('[##..]');
    expect(bar(0, 0, 4)).toBe('[....]');
    expect(progressLine({ progress: progress(), reward: null, loss: 2 })).toMatch(
      /^1\/2 sft +\[#+\.+\] 5\/10 {2}loss 2\.0000 {2}1:05 {2}2:05 left$/,
    );
  });

  it('shows how far the examples of a stage are, instead of its iterations', () => {
    const preparing = { what: 'labelling', done: 64, total: 128 };
    const line = progressLine({ progress: progress({ preparing, iteration: 0 }), reward: null, loss: 2 });
    expect(line).toMatch(/^1\/2 sft +\[#{12}\.{12}\] 64\/128 {2}labelling examples {2}1:05 {2}2:05 left$/);
  });

  it('stays on its line on a terminal, and is sparing elsewhere', () => {
    const written: string[] = [];
    const terminal = new StatusLine(5000, { isTTY: true, columns: 40, write: (text) => written.push(text) });
    terminal.show(progressLine({ progress: progress(), reward: 1, loss: null }));
    terminal.say('Stopping ...');
    expect(written[0]).toMatch(/^\r.{39}$/);
    expect(written.slice(1)).toEqual(['\n', 'Stopping ...\n']);

    let now = 0;
    const lines: string[] = [];
    const file = new StatusLine(5000, { write: (text) => lines.push(text) }, () => now);
    for (now = 0; now < 12_000; now += 1000) file.show(`at ${now}`, 'first stage');
    file.show('at the end', 'second stage');
    expect(lines).toEqual(['at 0\n', 'at 5000\n', 'at 10000\n', 'at the end\n']);
  });
});

describe('RunLog', () => {
  it('measures stages, and ends with the run', async () => {
    const log = new RunLog();
    log.add(progress({ iteration: 1, elapsedMs: 1000 }));
    log.add(progress({ iteration: 10, elapsedMs: 9000 }));
    log.add(progress({ stage: 'stage1', stageIndex: 1, iteration: 1, elapsedMs: 10_000 }));
    log.add({ kind: 'status', runId: 'r', phase: 'done', message: '' });
    await log.ended;
    expect(log.stageTimes).toEqual([
      { stage: 'sft', wallMs: 9000 },
      { stage: 'stage1', wallMs: 1000 },
    ]);
  });

  it('does not count the time before a resume', () => {
    const log = new RunLog();
    log.add(progress({ iteration: 6, elapsedMs: 50_000 }));
    log.add(progress({ iteration: 7, elapsedMs: 51_000 }));
    expect(log.stageTimes).toEqual([{ stage: 'sft', wallMs: 1000 }]);
  });

  it('keeps what the run said when it began or went on', () => {
    const log = new RunLog();
    expect(log.greeting).toBeNull();
    for (const message of ['Begun with another version.', 'Writing examples', ''])
      log.add({ kind: 'status', runId: 'r', phase: 'running', message });
    expect(log.greeting).toBe('Begun with another version.');
  });

  it('says why a run failed', async () => {
    const log = new RunLog();
    log.fail(toWireError(new PlaygroundError('worker-died', 'The page has crashed.', 'Resume it.')));
    await log.ended;
    expect(log.failure).toBe('The page has crashed. Resume it.');
  });
});

describe('afterFailure', () => {
  const advice = (code: ErrorCode) =>
    afterFailure(toWireError(new PlaygroundError(code, 'It failed.', 'Do.')), 'npm run train -- --resume a');

  it('goes on where that can help', () => {
    for (const code of ['disk-full', 'worker-died', 'device-lost', 'internal'] as const)
      expect(advice(code)).toBe('Go on with: npm run train -- --resume a');
    expect(afterFailure(null, 'x')).toBe('Go on with: x');
  });

  it('starts another run where this one would fail again', () => {
    for (const code of ['missing-head', 'diverged', 'bad-setting', 'shape-mismatch'] as const) {
      expect(advice(code)).toContain('Start a new run');
      expect(advice(code)).not.toContain('--resume');
    }
    expect(advice('missing-head')).toContain('`heads` before the first RL stage');
  });
});

describe('metricsDigest', () => {
  const row = (values: { [name: string]: number }) => [{ step: 1, stage: 'sft', iteration: 1, values }];
  it('looks past measured times, and at nothing else', () => {
    const digest = metricsDigest(row({ reward: 1, 'time/step_ms': 3, 'tokens_per_second/rollout': 9 }));
    expect(metricsDigest(row({ reward: 1, 'time/step_ms': 4 }))).toBe(digest);
    expect(metricsDigest(row({ reward: 1.0000001 }))).not.toBe(digest);
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
  });
});

describe('reportMarkdown', () => {
  it('holds command, settings, times and digest, with or without results', () => {
    const { settings } = resolvePreset('smoke');
    const report = reportMarkdown({
      name: 'a',
      command: 'npm run train -- --preset smoke',
      status: 'stopped',
      message: '',
      settings,
      preset: 'smoke',
      engine: { backend: 'wasm', adapter: 'WebAssembly', simd: 'plain', threads: 1 },
      code: codeOfVersion('1'),
      stageTimes: [{ stage: 'sft', wallMs: 65_000 }],
      timesTitle: 'Wall time',
      breaches: 0,
      heads: [],
      evaluations: [],
      figures: [{ file: 'a.svg', alt: 'A curve' }],
      digest: 'abc',
    });
    for (const text of ['--preset smoke', '| `sft_steps` | `300` | `1500` |', '| sft | 1:05 |', '`abc`'])
      expect(report).toContain(text);
    expect(report).toContain('The run was not evaluated.');
  });
});

describe('the folder of a run', () => {
  let folder = '';
  beforeEach(() => {
    folder = testFolder('run');
  });

  it('is taken new, and kept from a second run', () => {
    const out = join(folder, 'deep/a');
    requireFreshFolder(out);
    const leave = takeFolder(out);
    requireFreshFolder(out);
    const file = { runId: 'r', name: 'a', command: 'npm run train', runtime: 'node' } as const;
    writeRunFile(out, file);
    expect(readRunFile(out)).toEqual(file);
    const { runtime: _, ...older } = file;
    writeFileSync(join(out, 'run.json'), JSON.stringify(older));
    expect(readRunFile(out).runtime, 'before there was another one').toBe('browser');
    expect(() => requireFreshFolder(out)).toThrow(/holds a run already/);
    leave();
  });

  it.each([['--out'], ['--resume']])(
    'CASES 3: %s of a folder in use is told in one sentence',
    async (flag) => {
      const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
      const out = join(folder, 'a');
      const leave = takeFolder(out);
      writeRunFile(out, { runId: 'r', name: 'a', command: 'npm run train', runtime: 'browser' });
      expect(await main([flag, out])).toBe(2);
      expect(error.mock.calls).toEqual([
        [expect.stringMatching(/^\S+ is in use by process \d+ on \S+ since [^.]+\. Wait [^.\n]+\.$/)],
      ]);
      expect(existsSync(join(out, '.page'))).toBe(false);
      leave();
      error.mockRestore();
    },
  );

  it('CASES 6: is refused on a disk that no run fits on', () => {
    expect(() => requireRoom(folder)).not.toThrow();
    expect(() => requireRoom(folder, 6e6)).toThrow(/ has 5 MB left; a run needs 32 MB at least\.$/);
  });

  it('is left alone where it holds something else, and refused where it holds no run', () => {
    writeFileSync(join(folder, 'thesis.tex'), '');
    expect(() => requireFreshFolder(folder)).toThrow(/thesis\.tex/);
    expect(() => readRunFile(folder)).toThrow(/no run\.json/);
    writeFileSync(join(folder, 'run.json'), '{');
    expect(() => readRunFile(folder)).toThrow(/cannot be read/);
  });
});

describe('--runtime', () => {
  it.each([
    [['--headed'], /^--headed is for a browser, and --runtime node needs none\. /],
    [['--adapter', 'none'], /^--adapter is for a browser/],
    [['--page', 'dist'], /^--page is for a browser/],
    [
      ['--engine', 'wgsl'],
      /trains on the engine wasm, and the engine asked for is wgsl\. Give --engine wasm/,
    ],
    [['--engine', 'cpu'], /the engine asked for is cpu\. /],
  ])('node refuses %j', (words, text) => {
    const command = parse(['--runtime', 'node', '--preset', 'smoke', ...words]);
    expect(() => runtimeOf(command)).toThrow(UsageError);
    expect(complaintOf(() => runtimeOf(command))).toMatch(text);
    expect(runtimeOf({ ...command, runtime: 'browser' })).toBe('browser');
  });

  it('is that of the run that goes on, and no other one', () => {
    const folder = testFolder('runtime');
    const file = { runId: 'r', name: 'a', command: '', runtime: 'node' } as const;
    writeRunFile(folder, file);
    const resume = (...words: string[]) => runtimeOf(parse(['--resume', folder, ...words]));
    expect([resume(), resume('--runtime', 'node')]).toEqual(['node', 'node']);
    expect(complaintOf(() => resume('--headed'))).toMatch(/^--headed is for a browser/);
    expect(complaintOf(() => resume('--runtime', 'browser'))).toMatch(
      /was begun with --runtime node: .* cannot go on with browser\. .* --from \S+ --runtime browser\.$/,
    );
    writeRunFile(folder, { ...file, runtime: 'browser' });
    expect(resume('--adapter', 'system')).toBe('browser');
    expect(complaintOf(() => resume('--runtime', 'node'))).toMatch(/was begun with --runtime browser/);
  });
});

describe('interrupts', () => {
  it('takes echoes of one Ctrl-C as one', () => {
    let now = 0;
    const calls: string[] = [];
    const actions = { first: () => calls.push('first'), second: () => calls.push('second') };
    const interrupts = listenToInterrupts(actions, () => now);
    for (now of [0, 100, 300, 1000]) process.emit('SIGINT');
    interrupts.end();
    expect(calls).toEqual(['first', 'second']);
    expect(interrupts.count).toBe(2);
  });
});

describe('fromPage', () => {
  it('finds the error that the page packed into its message', () => {
    const wire = toWireError(
      new PlaygroundError('bad-setting', 'seed is -1.', 'Give another.', { setting: 'seed' }),
    );
    const packed = new Error(
      `page.evaluate: Error: ${WIRE_ERROR_MARK}${JSON.stringify(wire)}\n    at wired (index.js:1)`,
    );
    expect(fromPage(packed)).toMatchObject({
      code: 'bad-setting',
      hint: 'Give another.',
      details: { setting: 'seed' },
    });
    const other = new Error('net::ERR');
    expect(fromPage(other)).toBe(other);
  });
});
