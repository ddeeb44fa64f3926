// `npm run train` as a child process: results, digest, Ctrl-C and resume, bad usage, a run that fails.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { metricsFromCsv, readBundle } from '../../src/storage/index.ts';
import { metricsDigest } from '../../src/storage/metricsDigest.ts';

import { expect, test } from './fixtures.ts';
import {
  COMMAND_MS,
  Command,
  digestOf,
  type Ended,
  inFolder,
  STEPS,
  TINY,
  tinyWith,
  train,
} from './trainCommand.ts';

const ANSWER_MS = 60_000;

const RESULTS = ['bundle.zip', 'metrics.csv', 'evaluation.json', 'report.md'] as const;

/** The folder holds the results of a finished run, and they agree with each other. */
function checkResults(folder: string, ended: Ended): void {
  const read = (name: (typeof RESULTS)[number]) => readFileSync(join(folder, name));
  const stages = ['sft', 'stage1', 'stage2'];
  const bundle = readBundle(new Uint8Array(read('bundle.zip')));
  expect(bundle.run.status).toBe('done');
  expect(bundle.metrics.length).toEqual(STEPS.sft + STEPS.heads + STEPS.stage1 + STEPS.stage2);
  expect(metricsDigest(bundle.metrics), 'the digest is that of the bundle').toEqual(digestOf(ended));
  expect(metricsDigest(metricsFromCsv(read('metrics.csv').toString())), 'and of the table').toEqual(
    digestOf(ended),
  );
  const evaluations = JSON.parse(read('evaluation.json').toString()) as {
    stage: string;
    scores: unknown[];
  }[];
  expect(evaluations.map(({ stage }) => stage)).toEqual(stages);
  expect(
    evaluations.every(({ scores }) => scores.length > 10),
    'every evaluation has its scores',
  ).toBeTruthy();
  expect(read('report.md').toString()).toMatch(
    new RegExp(`Status: \\*\\*done\\*\\*.*${digestOf(ended)}`, 's'),
  );
  expect(ended.out).toMatch(new RegExp(`^suite +metric +n \\(effective\\) +${stages.join(' +')}$`, 'm'));
  expect(ended.out).toMatch(/^reasoning +accuracy \(up\) +10 +\d/m);
}

/** One line of complaint, without a stack, and nothing else. */
function checkComplaint(ended: Ended, pattern: RegExp): void {
  expect([ended.code, ended.out], ended.error).toEqual([2, '']);
  expect(ended.error, 'one line').toMatch(/^[^\n]+\.\n$/);
  expect(ended.error).toMatch(pattern);
}

test('train writes its results; one stopped by Ctrl-C gives a hint, and goes on to the same digest', async () => {
  test.setTimeout(3 * COMMAND_MS);
  await inFolder(async (folder) => {
    const whole = join(folder, 'whole');
    const ended = await train([...TINY, '--out', whole]);
    checkResults(whole, ended);
    checkComplaint(await train([...TINY, '--out', whole], 2), /whole holds a run already/);

    const out = join(folder, 'stopped');
    const command = new Command([...TINY, '--out', out]);
    const inSft = new RegExp(`^1/7 sft .* \\d+/${STEPS.sft} `, 'm');
    const begun = async () => !command.running || inSft.test(command.out);
    await expect.poll(begun, { message: 'the first progress line', timeout: COMMAND_MS }).toBeTruthy();
    command.interrupt();
    const stopped = await command.ended;
    expect(stopped.code, stopped.out + stopped.error).toBe(130);
    expect(stopped.out).toMatch(/^Stopping after the iteration in progress/m);
    const hint = /^Stopped\. Go on with: npm run train -- (--resume) '(.*)'$/m.exec(stopped.out);
    expect(hint?.slice(1), 'the hint can be pasted').toEqual(['--resume', out]);
    const rows = metricsFromCsv(readFileSync(join(out, 'metrics.csv'), 'utf8'));
    expect(rows.length > 0 && rows.length < STEPS.sft, `it stopped after ${rows.length} steps`).toBeTruthy();
    expect(readFileSync(join(out, 'report.md'), 'utf8')).toMatch(/Status: \*\*stopped\*\*/);
    expect(digestOf(stopped) !== digestOf(ended), 'the stopped run was shorter').toBeTruthy();

    const resumed = await train(['--resume', out]);
    expect(resumed.out, 'it goes on in SFT').toMatch(/^1\/7 sft /m);
    expect(digestOf(resumed)).toEqual(digestOf(ended));
  });
});

test('train answers help and bad usage at once, in one line', async () => {
  test.setTimeout(2 * ANSWER_MS);
  await inFolder(async (folder) => {
    const full = join(folder, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'thesis.tex'), '');
    const answer = (...words: string[]) => new Command(words, ANSWER_MS).ended;
    const complaints: [RegExp, ...string[]][] = [
      [/^There is no flag --sft-stepz\. .*--sft-steps/, '--sft-stepz', '3'],
      [/^sft_steps is -1, .* from 0 to 100000/, '--sft-steps', '-1'],
      [/^There is no preset "smok"\. .*smoke/, '--preset', 'smok'],
      [/ is not empty \(it holds thesis\.tex\)/, '--preset', 'smoke', '--out', full],
      [/ holds no run to resume/, '--resume', join(folder, 'none')],
    ];
    const [help, list, ...refused] = await Promise.all([
      answer('--help'),
      answer('--list'),
      ...complaints.map(([, ...words]) => answer(...words)),
    ]);
    expect([help.code, help.error, list.code, list.error]).toEqual([0, '', 0, '']);
    expect(help.out).toMatch(/Exit code.*--resume DIR.*--sft-steps 100/s);
    expect(list.out).toMatch(/^ {2}smoke .*^ {2}--sft-steps int .*?default 1500\.$/ms);
    complaints.forEach(([pattern], index) => {
      checkComplaint(refused[index], pattern);
    });
    expect(readdirSync(folder), 'nothing was made').toEqual(['full']);
    expect(readdirSync(full)).toEqual(['thesis.tex']);
  });
});

test('train says which head a run lacks, and exits with 1', async () => {
  test.setTimeout(COMMAND_MS);
  await inFolder(async (folder) => {
    const words = tinyWith({ '--stages': 'sft,stage2', '--sft-steps': '2', '--evaluate': 'false' });
    const { error } = await train([...words, '--out', join(folder, 'headless')], 1);
    expect(error).toMatch(/^The run failed: .* needs the (safety|value|knowledge|helpful) head .*$/m);
    expect(readFileSync(join(folder, 'headless', 'report.md'), 'utf8')).toMatch(
      /Status: \*\*failed\*\* \(.* head /,
    );
  });
});
