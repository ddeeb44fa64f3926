// A command from its table of flags: what is read, refused and helped with, and the exit codes.

import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { PlaygroundError } from '../../src/base/errors.ts';
import { command } from '../../src/cli/command.ts';
import { choiceFlag, countFlag, listFlag, someFlag, switchFlag, textFlag } from '../../src/cli/flag.ts';
import { chosenSettings, settingFlags } from '../../src/cli/settingFlags.ts';
import { PRESETS, resolvePreset, toFlags } from '../../src/config/index.ts';
import { anySettings } from '../config/arbitrary.ts';

const FLAGS = {
  out: textFlag('DIR', 'Folder of the results.'),
  runAt: countFlag('Runs at a time.', 2),
  kind: choiceFlag(['fast', 'slow'], 'How.', 'fast'),
  stages: listFlag('A,B', 'Only these.'),
  engines: someFlag(['a1', 'a2', 'b'], 'Which.', new Map([['a', ['a1', 'a2']]])),
  headed: switchFlag('Shows the window.'),
};
const run = vi.fn((): number | undefined => undefined);
const plain = command({ line: 'npm run plain', about: 'Does it.', flags: FLAGS, run });
const withWords = command({ line: 'x', about: '', flags: settingFlags('smoke'), words: 'DIR', run });
afterEach(() => {
  run.mockReset();
  vi.restoreAllMocks();
});

const anyPreset = fc.constantFrom('', 'smoke+dapo', ...PRESETS.map(({ name }) => name));

describe('flags', () => {
  it('are read after = or a space, and have defaults', () => {
    expect(plain.read([])).toEqual({
      ...{ out: null, runAt: 2, kind: 'fast', stages: null, engines: null, headed: false },
      ...{ given: [], words: [] },
    });
    const words = '--out=a=b --run-at 1 --run-at 3 --kind slow --stages sft,heads --engines b,a1 --headed';
    expect(plain.read(words.split(' '))).toMatchObject({
      ...{ out: 'a=b', runAt: 3, kind: 'slow', stages: ['sft', 'heads'], engines: ['a1', 'b'], headed: true },
      given: ['out', 'runAt', 'runAt', 'kind', 'stages', 'engines', 'headed'],
    });
    expect(plain.read(['--engines', 'a']).engines).toEqual(['a1', 'a2']);
  });

  it.each([
    ['--ruin-at 3', /no flag --ruin-at\. The nearest known one is --run-at;/],
    ['-x', /no flag --x/],
    ['--no-headed', /no flag --no-headed/],
    ['--out', /--out has no value\. Write it as --out DIR\./],
    ['--out --headed', /--out has no value/],
    ['--headed=no', /--headed takes no value/],
    ['--run-at 0', /--run-at is "0"\. Give a whole number from 1 to 999/],
    ['--kind medium', /--kind is "medium"\. Choose one of: fast, slow/],
    ['--engines a,c', /"c" is none of a1, a2, b/],
    ['b --headed', /"b" is no flag/],
  ])('refuse %s with exit code 2', async (words, text) => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await plain(words.split(' '))).toBe(2);
    expect(error.mock.calls).toEqual([[expect.stringMatching(text)]]);
  });
});

describe('flags of settings', () => {
  const settingsOf = (words: readonly string[]) => chosenSettings(withWords.read(words));

  it('give any settings and preset back', () => {
    fc.assert(
      fc.property(anySettings, anyPreset, (settings, preset) => {
        const words = ['--preset', '', ...toFlags(settings, preset)];
        expect(settingsOf(words)).toEqual({ settings, preset: resolvePreset(preset).name });
      }),
    );
  });

  it('start from the preset wherever it stands; switches take true, false and no', () => {
    const words = 'a --sft-steps=10 --entropy-coef -0.5 --no-evaluate --freeze-vision --judge-thought true b';
    const changes = {
      ...{ sft_steps: 10, entropy_coef: -0.5, evaluate: false, freeze_vision: true, judge_thought: true },
    };
    expect(settingsOf(words.split(' ')).settings).toEqual({ ...resolvePreset('smoke').settings, ...changes });
    expect(settingsOf([...words.split(' '), '--preset', 'quick']).settings).toEqual({
      ...resolvePreset('quick').settings,
      ...changes,
    });
    const read = withWords.read('a --evaluate false b --judge-thought'.split(' '));
    expect(read).toMatchObject({ words: ['a', 'b'], evaluate: false, judge_thought: true });
  });

  it.each([
    ['--sft-step 3', /no flag --sft-step\b/],
    ['--no-epsilon', /no flag --no-epsilon/],
    ['--seed', /--seed has no value/],
    ['--seed x', /seed is "x"/],
    ['--evaluate=maybe', /evaluate is "maybe"/],
    ['--preset nope', /no preset "nope"/],
    ['--sft-learning-rate=0,0005', /write 0\.0005, with a point/],
  ])('refuse %s', (words, message) => {
    expect(() => settingsOf(words.split(' '))).toThrow(message);
  });
});

describe('a command', () => {
  it('helps, whatever else is given, and does not run', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await plain(['--nonsense', '--help'])).toBe(0);
    expect(run).not.toHaveBeenCalled();
    const lines = String(log.mock.calls[0][0]).split('\n');
    expect(lines).toContain('Usage: npm run plain -- [flags]');
    expect(lines).toContain('  --out DIR         Folder of the results.');
    expect(lines).toContain('  --kind fast|slow  How. Default: fast.');
    expect(lines).toContain('  --headed          Shows the window.');
  });

  it('gives the exit code of its run, and 1 where it throws', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    expect(await plain([])).toBe(0);
    run.mockReturnValue(130);
    expect(await plain([])).toBe(130);
    run.mockImplementation(() => {
      throw new PlaygroundError('disk-full', 'The disk is full.', 'Make room.');
    });
    expect(await plain([])).toBe(1);
    const fault = new TypeError('a fault');
    run.mockImplementation(() => {
      throw fault;
    });
    expect(await plain([])).toBe(1);
    expect(error.mock.calls).toEqual([['The disk is full. Make room.'], [fault]]);
  });
});
