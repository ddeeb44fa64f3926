// `npm run train`: the page's pipeline from the command line, with the same results in a folder.

import { rmSync } from 'node:fs';
import { PlaygroundError, toWireError, UsageError } from '../../base/errors.ts';
import { settingsOf, toFlags } from '../../config/index.ts';
import {
  checkClaims,
  collapseText,
  evaluationTable,
  headsText,
  reportMarkdown,
  type StageEvaluation,
} from '../../evaluation/index.ts';
import { decodeHeadReports, decodeScores } from '../../protocol/decode.ts';
import type { DeviceReport } from '../../protocol/messages.ts';
import { type BundleContents, metricsToCsv, readBundle } from '../../storage/index.ts';
import { metricsDigest } from '../../storage/metricsDigest.ts';
import { breachCount } from '../../terms/collapse.ts';
import { adapterText, type CodeIdentity, codeText, correctionNote, sameCode } from '../../terms/origin.ts';
import { freezePage, frozenCode } from '../../tooling/build.ts';
import { takeFolder } from '../../tooling/folderLock.ts';
import { command, EXIT } from '../command.ts';
import { listenToInterrupts } from '../interrupts.ts';
import { checkOutputFolder } from '../output.ts';
import { progressLine, StatusLine } from '../progress.ts';
import { settingsList } from '../settingFlags.ts';
import { afterFailure } from './afterFailure.ts';
import { type RunCommand, runCommandOf, TRAIN_FLAGS, trainLine } from './flags.ts';
import { type ForkBase, type ForkSource, forkSource, readForkBase } from './fork.ts';
import { TrainPage } from './page.ts';
import {
  pageCopy,
  profileFolder,
  type RunFile,
  readRunFile,
  requireFreshFolder,
  requireRoom,
  writeResult,
  writeRunFile,
} from './runFolder.ts';
import { RunLog } from './runLog.ts';
import { writeSummary } from './summary.ts';

/** Between two lines of progress where the output is no terminal. */
const LINE_EVERY_MS = 5000;

type Job = {
  /** Where the run begins, if not at the beginning. */
  source: ForkSource | null;
  command: RunCommand;
  page: TrainPage;
  log: RunLog;
  screen: StatusLine;
};

const ABOUT = `Trains a model in a headless browser, exactly as the page does, and writes the results into a folder.

  npm run train -- --preset quick --seed 7 --out runs/a
  npm run train -- --preset smoke+grpo --group-size 8 --out runs/b
  npm run train -- --from runs/a --at heads --preset quick+safety-only --seed 7 --out runs/c
  npm run train -- --resume runs/a

Written into the folder: bundle.zip (the page imports it), metrics.csv, evaluation.json, report.md, summary.json (how it
ended, for programs), and run.json (what --resume needs, beside the browser's profile in .browser).

With --from, the stages up to --at are taken from another run: the result is bit for bit that of the whole run.

The same settings and seed on the same machine give the same run. To check that for two runs, compare the
"metrics digest" that each prints at its end: it is the SHA-256 of metrics.csv without the columns whose names start
with time/ or tokens_per_second/, the only ones that hold measured times.

Ctrl-C stops after the iteration in progress with a checkpoint, and writes what there is; a second one aborts.
Exit code: 0 done, 1 the run failed, 2 the command was not understood, 130 stopped by Ctrl-C.`;

export const main = command({
  line: 'npm run train',
  about: ABOUT,
  flags: TRAIN_FLAGS,
  run: async (values) => {
    if (values.list) {
      console.log(settingsList());
      return undefined;
    }
    const { from, at, resume } = values;
    const base = from === null || resume !== null ? null : await readForkBase(from, at);
    return await train(runCommandOf(values, base), base);
  },
});

async function train(command: RunCommand, base: ForkBase | null): Promise<number> {
  const { outFolder } = command;
  const source = base && command.kind === 'start' ? await forkSource(base, command.settings) : null;
  if (command.kind === 'resume') readRunFile(outFolder);
  else checkOutputFolder(outFolder, '--out');
  const leave = takeFolder(outFolder);
  const copy = pageCopy(outFolder);
  try {
    if (command.kind === 'start') requireFreshFolder(outFolder);
    requireRoom(outFolder);
    // Only now: help and bad usage answer at once, without a build.
    const code = command.page === null ? await freezePage(copy) : frozenCode(command.page);
    return await trainInFolder(command, source, code);
  } finally {
    rmSync(copy, { recursive: true, force: true });
    leave();
  }
}

/** The folder is this process's own. */
async function trainInFolder(
  command: RunCommand,
  source: ForkSource | null,
  code: CodeIdentity | null,
): Promise<number> {
  const { outFolder } = command;
  const log = new RunLog();
  const screen = new StatusLine(LINE_EVERY_MS);
  if (source && code && !sameCode(source.code, code))
    screen.say(
      `${source.path} was made with version ${codeText(source.code)} of the program, and this run is trained with ${codeText(code)}: it may differ from a run made whole with one version.`,
    );
  let page: TrainPage | null = null;
  const interrupts = listenToInterrupts({
    first: () => {
      if (!page || log.phase === 'starting') {
        screen.say('Aborted before the run began.');
        process.exit(EXIT.interrupted);
      }
      screen.say('Stopping after the iteration in progress (Ctrl-C again aborts) ...');
      page.call('stop').catch((error) => log.fail(toWireError(error)));
    },
    second: () => process.exit(EXIT.interrupted),
  });
  page = await TrainPage.open({
    ...command.browser,
    profileFolder: profileFolder(outFolder),
    pageFolder: command.page ?? pageCopy(outFolder),
    onEvents: (events) => {
      const before = log.greeting;
      for (const event of events) log.add(event);
      if (command.kind === 'resume' && before === null && log.greeting) screen.say(log.greeting);
      if (log.shown && log.phase === 'running')
        screen.show(progressLine(log.shown), String(log.shown.progress.stageIndex));
    },
    onGone: (reason) => log.fail(goneError(reason)),
  });
  try {
    const code = await carryOut({ command, source, page, log, screen });
    return log.phase === 'stopped' && interrupts.count > 0 ? EXIT.interrupted : code;
  } finally {
    interrupts.end();
    await page.close();
  }
}

async function carryOut(job: Job): Promise<number> {
  const { command, log, screen } = job;
  const started = command.kind === 'start' ? await startRun(job) : await resumeRun(job);
  await log.ended;
  screen.finish();
  try {
    await writeResults(job, started);
  } catch (error) {
    // Of a run that failed because its page is gone there is nothing to write; why it failed matters more.
    if (log.phase !== 'failed') throw error;
  }
  return conclude(job);
}

async function startRun({ command, source, page, screen }: Job): Promise<RunFile> {
  if (command.kind !== 'start') throw new Error('Only a new run is started.');
  const { settings, preset, name, outFolder, browser, taken } = command;
  screen.say(deviceLine(await page.call('describeDevice', settings.engine)));
  const begin = source ? ['--from', source.path, '--at', source.stage] : [];
  const commandText = trainLine([...begin, ...toFlags(settings, preset), '--out', outFolder], browser);
  const fork = source ? { runId: await page.importBundle(source.bundle), stage: source.stage } : undefined;
  const { runId } = await page.call('start', { settings, preset, name, ...(fork && { fork }) });
  if (source && taken.length > 0) screen.say(`Settings of ${source.path}: ${taken.join(', ')}.`);
  const file = { runId, name, command: commandText };
  writeRunFile(outFolder, file);
  const origin = source ? `, from the end of ${source.stage} of ${source.path}` : '';
  const what = `${preset || 'no preset'}, seed ${settings.seed}${origin}`;
  screen.say(`Training ${name} (${what}) into ${outFolder}.`);
  return file;
}

async function resumeRun({ command, page, log, screen }: Job): Promise<RunFile> {
  const file = readRunFile(command.outFolder);
  const { runId, name } = file;
  const run = (await page.call('listRuns')).find(({ id }) => id === runId);
  if (!run) {
    throw new UsageError(
      `The browser profile in ${profileFolder(command.outFolder)} no longer holds the run.`,
      'Start it anew in another folder; run.json holds its command.',
    );
  }
  if (run.status === 'done') {
    screen.say(`${name} is done already; its results are written again.`);
    log.add({ kind: 'status', runId, phase: 'done', message: run.message });
    return file;
  }
  const settings = settingsOf(run);
  screen.say(deviceLine(await page.call('describeDevice', settings.engine)));
  await page.call('start', { settings, preset: run.preset, name, resumeRunId: runId });
  screen.say(`Going on with ${name} in ${command.outFolder}.`);
  return file;
}

/** Everything into the folder, and the tables onto the terminal; a run that failed has results too. */
async function writeResults({ command, page, log, screen }: Job, file: RunFile): Promise<void> {
  const { outFolder } = command;
  const bytes = await page.exportBundle(file.runId);
  const bundle = readBundle(bytes);
  const digest = metricsDigest(bundle.metrics);
  const heads = bundle.heads ? decodeHeadReports(bundle.heads.report) : [];
  const evaluations = stageEvaluations(bundle);
  const settings = settingsOf(bundle.run);
  const { preset, engine, code, message } = bundle.run;
  const facts = {
    name: file.name,
    command: file.command,
    status: log.phase,
    message: log.phase === 'failed' ? log.failure : message,
    settings,
    preset,
    engine,
    code,
    stageTimes: log.stageTimes,
    digest,
  };
  const timesTitle = command.kind === 'resume' ? 'Wall time since the run was resumed' : 'Wall time';
  writeResult(outFolder, 'bundle.zip', bytes);
  writeResult(outFolder, 'metrics.csv', metricsToCsv(bundle.metrics));
  writeResult(outFolder, 'evaluation.json', `${JSON.stringify(evaluations, null, 2)}\n`);
  const breaches = correctionNote([code]) === null ? breachCount(bundle.metrics, settings) : null;
  writeResult(outFolder, 'report.md', reportMarkdown({ ...facts, timesTitle, breaches, heads, evaluations }));
  // Last: where it is there, everything is.
  const errorCode = log.phase === 'failed' ? (log.error?.code ?? 'internal') : null;
  writeSummary(outFolder, { ...facts, errorCode });
  if (breaches) screen.say(`\nCollapse: ${collapseText(breaches, settings)}`);
  if (heads.length > 0) screen.say(`\nReward heads, accuracy % on held-out answers:\n${headsText(heads)}`);
  if (evaluations.length > 0) screen.say(`\nEvaluation, %:\n${evaluationTable(evaluations, 'text')}`);
  if (evaluations.length > 1)
    screen.say(
      `\nWhat the paper claims:\n${checkClaims(evaluations)
        .map(({ text }) => `  ${text}`)
        .join('\n')}`,
    );
  screen.say(`\nmetrics digest ${digest}`);
  screen.say(`Results are in ${outFolder}: bundle.zip metrics.csv evaluation.json report.md summary.json`);
}

function conclude({ command, page, log, screen }: Job): number {
  if (log.phase === 'done') return EXIT.done;
  const resume = trainLine(['--resume', command.outFolder], command.browser);
  if (log.phase === 'stopped') {
    screen.say(`Stopped. Go on with: ${resume}`);
    return EXIT.failed;
  }
  console.error(`The run failed: ${log.failure}`);
  if (page.consoleTail !== '') console.error(`Last messages of the page:\n${page.consoleTail}`);
  screen.say(afterFailure(log.error, resume));
  return EXIT.failed;
}

function stageEvaluations(bundle: BundleContents): StageEvaluation[] {
  return bundle.evaluations
    .map(({ stage, step, report }) => ({ stage, step, scores: decodeScores(report) }))
    .sort((a, b) => a.step - b.step);
}

function deviceLine(device: DeviceReport): string {
  return `Device: ${device.backend} (${device.tier}), ${adapterText(device)}. ${device.reason}`;
}

function goneError(reason: string) {
  const hint = 'The run can go on from its last checkpoint with --resume.';
  return toWireError(new PlaygroundError('worker-died', reason, hint));
}
