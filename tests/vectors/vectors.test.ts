// The test vectors through our own code, and the command around them: counts, exit codes, damaged files.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { formatCount, main } from '../../src/cli/vectors/command.ts';
import { CPU_BACKEND, CPU64_BACKEND } from '../../src/conformance/backend.ts';
import { parseVectorFile, type VectorFile } from '../../src/conformance/file.ts';
import { mapLoss, SKIPPED_LOSSES } from '../../src/conformance/nameMap.ts';
import { runVectorFile } from '../../src/conformance/runner.ts';
import { testFolder } from '../support/testFolder.ts';

const CASES = join(import.meta.dirname, 'cases');
const caseNames = readdirSync(CASES).sort();

function readCase(name: string): VectorFile {
  return parseVectorFile(gunzipSync(readFileSync(join(CASES, name))).toString(), name);
}

/** Runs the command and gathers what it says. */
async function run(...argv: string[]) {
  const printed: string[] = [];
  const complained: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  const error = vi.spyOn(console, 'error').mockImplementation((line: string) => void complained.push(line));
  const code = await main(argv);
  log.mockRestore();
  error.mockRestore();
  return { code, printed, complained: complained.join('\n') };
}

function directoryWith(files: Record<string, string>): string {
  const directory = testFolder('vectors');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

describe.each(caseNames)('%s', (name) => {
  it.each([CPU_BACKEND, CPU64_BACKEND])('passes on $name', async (backend) => {
    const lines = await runVectorFile(readCase(name), backend);
    expect(lines.filter(({ status }) => status === 'fail')).toEqual([]);
    const skipped = lines.filter(({ status }) => status === 'skip').map((line) => line.name);
    expect(new Set(skipped)).toEqual(SKIPPED_LOSSES);
  });
});

describe('the runner', () => {
  it('fails a loss, an advantage and a metric whose expected numbers were changed, and nothing else', async () => {
    const file = readCase(caseNames[0]);
    file.losses.cpgd_token_mean.grad_logits[0][0][0] += 1e-5;
    file.losses.gspo.loss += 1e-4;
    (file.advantages.rloo as number[])[0] += 1e-4;
    file.metrics.kl += 1e-4;
    const failed = (await runVectorFile(file, CPU_BACKEND)).filter(({ status }) => status === 'fail');
    expect(failed.map((line) => `${line.name}: ${line.note}`)).toEqual([
      'advantages/rloo: advantage',
      'gspo: loss',
      'cpgd_token_mean: grad_logits',
      'metrics: kl',
    ]);
  });

  it('names what it does not know', async () => {
    const file = readCase(caseNames[0]);
    file.losses.mystery = file.losses.grpo;
    file.advantages.enigma = file.advantages.raw;
    file.metrics.riddle = 1;
    const failed = (await runVectorFile(file, CPU_BACKEND)).filter(({ status }) => status === 'fail');
    expect(failed.map(({ note }) => note).join()).toMatch(/'enigma'.*'mystery'.*'riddle'/);
  });

  it('fails a backend that gives NaN', async () => {
    const backend = {
      ...CPU_BACKEND,
      gradLogits: async (logits: Float32Array | Float64Array) =>
        new Float64Array(logits.length).fill(Number.NaN),
    };
    const lines = await runVectorFile(readCase(caseNames[1]), backend);
    expect(lines.find((line) => line.name === 'grpo')?.status).toBe('fail');
    expect(lines.find((line) => line.name === 'entropy_bonus')?.status).toBe('fail');
  });

  it('reads numbers from the config, not from the name', () => {
    expect(mapLoss('grpo_beta0.04', { beta: 0.5, epsilon: 0.3 })?.options).toMatchObject({
      beta: 0.5,
      epsilon: 0.3,
      epsilonHigh: null,
    });
    expect(
      mapLoss('cpgd_tight_to_loose', { eps: 'lambda*eps+..., lambda=.25, eps=.1' })?.options,
    ).toMatchObject({
      tightToLooseLambda: 0.25,
      epsilon: 0.1,
    });
    expect(mapLoss('grpo_no_clip', { epsilon: 'inf' })?.options.epsilon).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('npm run vectors', () => {
  it('prints a line per loss and file, the count, and exits 0', async () => {
    const { code, printed } = await run(CASES);
    expect(code).toBe(0);
    expect(printed.at(-1)).toMatch(/^\d+ passed, 0 failed, 12 skipped$/);
    expect(printed.filter((line) => line.includes('gmpo'))).toHaveLength(caseNames.length);
  }, 20_000);

  it('exits 1 on a failure', async () => {
    const file = readCase(caseNames[1]);
    file.losses.grpo.loss += 1;
    const { code, printed } = await run(directoryWith({ 'case_x.json': JSON.stringify(file) }));
    expect(code).toBe(1);
    expect(printed.at(-1)).toMatch(/ 1 failed, /);
  });

  it('exits 2 with one sentence on bad usage', async () => {
    expect(await run()).toMatchObject({ code: 2, complained: expect.stringContaining('one directory') });
    expect(await run('/nowhere')).toMatchObject({ code: 2, complained: expect.stringContaining('/nowhere') });
    expect(await run(directoryWith({}))).toMatchObject({
      code: 2,
      complained: expect.stringContaining('case*.json'),
    });
    expect(await run(CASES, '--backend', 'abacus')).toMatchObject({
      code: 2,
      complained: expect.stringContaining('"abacus"'),
    });
    expect(await run('--bogus')).toMatchObject({ code: 2, complained: expect.stringContaining('--help') });
  });

  it('exits 2 on a damaged file, which it names with what is wrong', async () => {
    const file = readCase(caseNames[1]);
    const damaged: [string, RegExp][] = [
      ['{"B": 4,', /not valid JSON/],
      ['[]', /not a JSON object/],
      [JSON.stringify({ ...file, G: 0 }), /G is not/],
      [JSON.stringify({ ...file, logits: file.logits.slice(1) }), /logits is not an array .*\[4, 6, 11\]/],
      [JSON.stringify({ ...file, metrics: undefined }), /metrics is missing/],
      [
        JSON.stringify({ ...file, token_ids: file.token_ids.map((row) => row.map(() => 99)) }),
        /outside the vocab/,
      ],
    ];
    for (const [text, reason] of damaged) {
      const { code, complained } = await run(directoryWith({ 'case_bad.json': text }));
      expect(code).toBe(2);
      expect(complained).toMatch(/case_bad\.json is damaged/);
      expect(complained).toMatch(reason);
    }
  });

  it('explains itself', async () => {
    const { code, printed } = await run('--help');
    expect(code).toBe(0);
    expect(printed.join()).toMatch(/Usage: npm run vectors/);
  });

  it('counts skips only where there are some', () => {
    const line = { file: 'f', name: 'n', status: 'pass', error: 0, note: '' } as const;
    expect(formatCount([line])).toBe('1 passed, 0 failed');
    expect(formatCount([line, { ...line, status: 'skip' }])).toBe('1 passed, 0 failed, 1 skipped');
  });
});
