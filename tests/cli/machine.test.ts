// What the terminal, npm and the disk do to a command: paths, eaten flags, outputs that cannot be written, readers that leave.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { command } from '../../src/cli/command.ts';
import { refuseEatenFlags } from '../../src/cli/eatenFlags.ts';
import { switchFlag } from '../../src/cli/flag.ts';
import { outputFileFlag, outputFolderFlag } from '../../src/cli/output.ts';
import { readRunBundle } from '../../src/cli/runBundle.ts';
import { systemError } from '../../src/cli/systemError.ts';
import { main as train } from '../../src/cli/train/command.ts';
import { projectPath, typedPath } from '../../src/cli/typedPath.ts';
import { nearest, SETTING_KEYS } from '../../src/config/index.ts';
import { writeWhole } from '../../src/tooling/wholeFile.ts';
import { testFolder } from '../support/testFolder.ts';

let folder = '';
let said: string[] = [];
beforeEach(() => {
  folder = testFolder('machine');
  said = [];
  vi.spyOn(console, 'error').mockImplementation((text) => said.push(String(text)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

const run = vi.fn(() => undefined);
const writing = command({
  ...{ line: 'npm run x', about: '', run },
  flags: { json: outputFileFlag(''), out: outputFolderFlag('DIR', ''), list: switchFlag('') },
});

describe('CASES 6: an output that cannot be written', () => {
  it.each([
    [['--json', 'none/x.json'], /^--json \S*none\/x\.json: there is no folder \S*none\. Make it/],
    [['--json', '.'], /^--json \S* is a folder\. Give the name of a file/],
    [['--json', ''], /^--json is empty\. Write it as --json FILE\.$/],
    [['--out', 'file'], /^--out \S*file: \S*file is a file, no folder\. Choose/],
    [['--out', 'file/below'], /^--out \S*below cannot be written: .* a file in the place of a folder/],
    [['--out', ''], /^--out is empty\. Write it as --out DIR\.$/],
    [['--out', 'x'.repeat(300)], /^--out \S* cannot be written: The name \S* is too long/],
  ])('is refused before the work: %j', async (words, text) => {
    writeFileSync(join(folder, 'file'), '');
    vi.stubEnv('INIT_CWD', folder);
    expect(await writing(words)).toBe(2);
    vi.unstubAllEnvs();
    expect(run).not.toHaveBeenCalled();
    expect(said).toEqual([expect.stringMatching(text)]);
  });

  it.skipIf(process.platform !== 'linux')('is refused on a disk that takes nothing', async () => {
    expect(await writing(['--out', '/proc/cosmo'])).toBe(2);
    expect(await writing(['--json', '/proc/version'])).toBe(2);
    expect(said[0]).toMatch(/^--out \/proc\/cosmo cannot be written: /);
    expect(said[1]).toMatch(/^--json \/proc\/version /);
    expect(await writing(['--json', '/dev/null'])).toBe(0);
  });

  it('leaves nothing behind where it can be written', async () => {
    run.mockClear();
    expect(await writing(['--out', join(folder, 'deep/er'), '--json', join(folder, 'x.json')])).toBe(0);
    expect(run).toHaveBeenCalledOnce();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused by train before it builds or starts a browser', async () => {
    expect(await train(['--out', 'README.md'])).toBe(2);
    expect(said).toEqual([expect.stringMatching(/^--out README\.md: \S*README\.md is a file, no folder\./)]);
  });
});

describe('CASES 6: what the system refuses', () => {
  it.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO', 'EMFILE'])(
    '%s is told in a sentence with a way on',
    async (code) => {
      const refusal = Object.assign(new Error(`${code}: no`), { code, path: 'runs/a' });
      run.mockImplementationOnce(() => {
        throw refusal;
      });
      expect(await writing([])).toBe(1);
      expect(said[0]).toMatch(/^[A-Z].*\. [A-Z].*\.$/);
      expect(said[0]).not.toMatch(/fault of the program|Error/);
      expect(systemError(new TypeError('a fault'))).toBeNull();
    },
  );

  it('leaves a file as it was, and a link a link', () => {
    const [file, link] = [join(folder, 'real'), join(folder, 'link')];
    writeWhole(file, 'before');
    symlinkSync(file, link);
    writeWhole(link, 'after');
    expect(readFileSync(file, 'utf8')).toBe('after');
    mkdirSync(join(folder, 'real.d'));
    expect(() => writeWhole(join(folder, 'real.d'), 'x')).toThrow(
      expect.objectContaining({ path: join(folder, 'real.d') }),
    );
    expect(readdirSync(folder).sort()).toEqual(['link', 'real', 'real.d']);
  });

  it.skipIf(process.platform === 'win32')('does not end a command whose reader leaves', () => {
    const words = `"${process.execPath}" src/cli/bootstrap.mjs train --list`;
    const { stderr } = spawnSync('sh', ['-c', `(sleep 0.3; ${words}; echo "exit $?" >&2) | true`], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('exit 0\n');
  });
});

describe('CASES 7', () => {
  it('counts relative paths from where the command was typed', () => {
    expect(typedPath('runs/a', process.cwd())).toBe('runs/a');
    expect(typedPath('runs/a', folder)).toBe(join(folder, 'runs/a'));
    expect(typedPath('/runs/a', folder)).toBe(resolve('/runs/a'));
    expect(projectPath('runs/a', process.cwd())).toBe('runs/a');
    expect(projectPath('runs/a', folder)).toBe(resolve('runs/a'));
  });

  it.skipIf(process.platform === 'win32')('does so in a whole command too, with and without npm', () => {
    const script = resolve('src/cli/bootstrap.mjs');
    const words = [script, 'train', '--from', './mine'];
    const { npm_lifecycle_event: _, ...env } = process.env;
    const told = `There is no bundle ${join(folder, 'mine')}.`;
    expect(spawnSync(process.execPath, words, { cwd: folder, env, encoding: 'utf8' }).stderr).toContain(told);
    const viaNpm = { ...env, INIT_CWD: folder };
    expect(spawnSync(process.execPath, words, { env: viaNpm, encoding: 'utf8' }).stderr).toContain(told);
    expect(existsSync('mine')).toBe(false);
  });

  it.each([
    ['drift-coefficient', 'policy-drift-coef'],
    ['learning-rate', 'sft-learning-rate'],
    ['sede', 'seed'],
    ['drift', 'policy-drift'],
    ['sft-lerning-rate', 'sft-learning-rate'],
    ['number-of-prompts', 'prompts-per-step'],
    ['clip-epsilon', 'epsilon'],
  ])('finds for --%s the flag --%s', (typed, meant) => {
    const names = SETTING_KEYS.map((key) => `--${key.replaceAll('_', '-')}`);
    expect(nearest(`--${typed}`, names)).toBe(`--${meant}`);
  });
});

describe('CASES 31: flags that npm took', () => {
  const taken = (env: NodeJS.ProcessEnv) => () =>
    refuseEatenFlags('npm run train', ['preset', 'list', 'no-open', 'evaluate'], env);
  const lifecycle = { npm_lifecycle_event: 'train' };

  it('are refused with the way to write them', () => {
    expect(
      taken({ ...lifecycle, npm_config_preset: 'smoke', npm_config_evaluate: '', npm_config_open: '' }),
    ).toThrow(
      expect.objectContaining({
        text: 'npm took --preset, --no-open, --no-evaluate for itself. Write -- before the flags: npm run train -- --preset --no-open --no-evaluate',
      }),
    );
  });

  it('are none where npm took none, or did not start the command', () => {
    expect(taken({ ...lifecycle, npm_config_cache: 'x', npm_config_noproxy: '' })).not.toThrow();
    expect(taken({ npm_config_preset: 'smoke' })).not.toThrow();
  });

  it('are refused by every command', async () => {
    vi.stubEnv('npm_lifecycle_event', 'train');
    vi.stubEnv('npm_config_list', 'true');
    expect(await train([])).toBe(2);
    vi.unstubAllEnvs();
    expect(said[0]).toContain('Write -- before the flags: npm run train -- --list');
  });
});

describe('CASES 33', () => {
  it('reads weights as a run of one stage, and names what is no run', () => {
    expect(readRunBundle('public/models/qwen-mini/sft.safetensors').checkpoints).toHaveLength(1);
    expect(() => readRunBundle('README.md')).toThrow(/^README\.md: The file is neither a bundle/);
    expect(() => readRunBundle('src')).toThrow(`There is no bundle ${join('src', 'bundle.zip')}.`);
  });
});
