// `npm run train`: the page's pipeline from the command line, with the same results in a folder.

import { PlaygroundError, toWireError, UsageError } from '../../base/errors.ts';
import { SettingError, settingsOf, toFlags } from '../../config/index.ts';
import {
  checkClaims,
  evaluationTable,
  headsText,
  reportMarkdown,
  type StageEvaluation,
} from '../../evaluation/index.ts';
import { decodeHeadReports, decodeScores } from '../../protocol/decode.ts';
import type { DeviceReport } from '../../protocol/messages.ts';
import { type BundleContents, metricsToCsv, readBundle } from '../../storage/index.ts';
import { metricsDigest } from '../../storage/metricsDigest.ts';
import { adapterText } from '../../terms/origin.ts';
import { ensurePage } from '../../tooling/build.ts';
import { listenToInterrupts } from '../interrupts.ts';
import { ProgressPrinter } from '../progress.ts';
import { afterFailure } from './afterFailure.ts';
import { helpText, listText, parseTrainWords, type TrainCommand, trainLine } from './flags.ts';
import { type ForkSource, readForkSource } from './fork.ts';
import { TrainPage } from './page.ts';
import { prepareNewFolder, profileFolder, readRunFile, writeResult, writeRunFile } from './runFolder.ts';
import { RunLog } from './runLog.ts';
import { writeSummary } from './summary.ts';

const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

type RunCommand = Extract<TrainCommand, { kind: 'start' | 'resume' }>;
type Job = {
  /** Where the run begins, if not at the beginning. */
  source: ForkSource | null;
  command: RunCommand;
  page: TrainPage;
  log: RunLog;
  printer: ProgressPrinter;
};
type Started = { runId: string; name: string; commandText: string };

export async function main(words: readonly string[]): Promise<number> {
  try {
    const command = parseTrainWords(words);
    if (command.kind === 'help') console.log(helpText());
    else if (command.kind === 'list') console.log(listText());
    else return await train(command);
    return EXIT.done;
  } catch (error) {
    if (error instanceof UsageError || error instanceof SettingError) {
      console.error(error.text);
      return EXIT.usage;
    }
    console.error(error instanceof PlaygroundError ? error.text : error);
    return EXIT.failed;
  }
}

async function train(command: RunCommand): Promise<number> {
  const { outFolder } = command;
  const from = command.kind === 'start' ? command.from : null;
  const source = from && command.kind === 'start' ? await readForkSource(from, command.settings) : null;
  if (command.kind === 'start') prepareNewFolder(outFolder);
  else readRunFile(outFolder);
  // Only now: help and bad usage answer at once, without a build.
  await ensurePage();
  const log = new RunLog();
  const printer = new ProgressPrinter(process.stdout);
  let page: TrainPage | null = null;
  const interrupts = listenToInterrupts({
    first: () => {
      if (!page || log.phase === 'starting') {
        printer.say('Aborted before the run began.');
        process.exit(EXIT.interrupted);
      }
      printer.say('Stopping after the iteration in progress (Ctrl-C again aborts) ...');
      page.stop().catch((error) => log.fail(toWireError(error)));
    },
    second: () => process.exit(EXIT.interrupted),
  });
  page = await TrainPage.open({
    ...command.browser,
    profileFolder: profileFolder(outFolder),
    onEvents: (events) => {
      const before = log.greeting;
      for (const event of events) log.add(event);
      if (command.kind === 'resume' && before === null && log.greeting) printer.say(log.greeting);
      if (log.shown && log.phase === 'running') printer.show(log.shown);
    },
    onGone: (reason) => log.fail(goneError(reason)),
  });
  try {
    const code = await carryOut({ command, source, page, log, printer });
    return log.phase === 'stopped' && interrupts.count > 0 ? EXIT.interrupted : code;
  } finally {
    interrupts.end();
    await page.close();
  }
}

async function carryOut(job: Job): Promise<number> {
  const { command, log, printer } = job;
  const started = command.kind === 'start' ? await startRun(job) : await resumeRun(job);
  await log.ended;
  printer.finish();
  try {
    await writeResults(job, started);
  } catch (error) {
    // Of a run that failed because its page is gone there is nothing to write; why it failed matters more.
    if (log.phase !== 'failed') throw error;
  }
  return conclude(job);
}

async function startRun({ command, source, page, printer }: Job): Promise<Started> {
  if (command.kind !== 'start') throw new Error('Only a new run is started.');
  const { settings, preset, name, outFolder, browser } = command;
  printer.say(deviceLine(await page.describeDevice(settings.engine)));
  const begin = source ? ['--from', source.path, '--at', source.stage] : [];
  const commandText = trainLine([...begin, ...toFlags(settings, preset), '--out', outFolder], browser);
  const fork = source ? { runId: await page.importBundle(source.bundle), stage: source.stage } : undefined;
  const { runId } = await page.start({ settings, preset, name, ...(fork && { fork }) });
  writeRunFile(outFolder, { runId, name, command: commandText });
  const origin = source ? `, from the end of ${source.stage} of ${source.path}` : '';
  const what = `${preset || 'no preset'}, seed ${settings.seed}${origin}`;
  printer.say(`Training ${name} (${what}) into ${outFolder}.`);
  return { runId, name, commandText };
}

async function resumeRun({ command, page, log, printer }: Job): Promise<Started> {
  const { runId, name, command: commandText } = readRunFile(command.outFolder);
  const run = (await page.listRuns()).find(({ id }) => id === runId);
  if (!run) {
    throw new UsageError(
      `The browser profile in ${profileFolder(command.outFolder)} no longer holds the run.`,
      'Start it anew in another folder; run.json holds its command.',
    );
  }
  if (run.status === 'done') {
    printer.say(`${name} is done already; its results are written again.`);
    log.add({ kind: 'status', runId, phase: 'done', message: run.message });
    return { runId, name, commandText };
  }
  const settings = settingsOf(run);
  printer.say(deviceLine(await page.describeDevice(settings.engine)));
  await page.start({ settings, preset: run.preset, name, resumeRunId: runId });
  printer.say(`Going on with ${name} in ${command.outFolder}.`);
  return { runId, name, commandText };
}

/** Everything into the folder, and the tables onto the terminal; a run that failed has results too. */
async function writeResults({ command, page, log, printer }: Job, started: Started): Promise<void> {
  const { outFolder } = command;
  const bytes = await page.exportBundle(started.runId);
  const bundle = readBundle(bytes);
  const digest = metricsDigest(bundle.metrics);
  const heads = bundle.heads ? decodeHeadReports(bundle.heads.report) : [];
  const evaluations = stageEvaluations(bundle);
  const settings = settingsOf(bundle.run);
  const { preset, engine, code, message } = bundle.run;
  const report = reportMarkdown({
    name: started.name,
    command: started.commandText,
    status: log.phase,
    message: log.phase === 'failed' ? log.failure : message,
    settings,
    preset,
    engine,
    code,
    stageTimes: log.stageTimes,
    timesTitle: command.kind === 'resume' ? 'Wall time since the run was resumed' : 'Wall time',
    heads,
    evaluations,
    digest,
  });
  writeResult(outFolder, 'bundle.zip', bytes);
  writeResult(outFolder, 'metrics.csv', metricsToCsv(bundle.metrics));
  writeResult(outFolder, 'evaluation.json', `${evaluationTable(evaluations, 'json')}\n`);
  writeResult(outFolder, 'report.md', report);
  // Last: where it is there, everything is.
  writeSummary(outFolder, {
    name: started.name,
    command: started.commandText,
    status: log.phase,
    errorCode: log.phase === 'failed' ? (log.error?.code ?? 'internal') : null,
    message: log.phase === 'failed' ? log.failure : message,
    preset,
    settings,
    engine,
    code,
    digest,
    stageTimes: log.stageTimes,
  });
  if (heads.length > 0) printer.say(`\nReward heads, accuracy % on held-out answers:\n${headsText(heads)}`);
  if (evaluations.length > 0) printer.say(`\nEvaluation, %:\n${evaluationTable(evaluations, 'text')}`);
  if (evaluations.length > 1)
    printer.say(
      `\nWhat the paper claims:\n${checkClaims(evaluations)
        .map(({ text }) => `  ${text}`)
        .join('\n')}`,
    );
  printer.say(`\nmetrics digest ${digest}`);
  printer.say(`Results are in ${outFolder}: bundle.zip metrics.csv evaluation.json report.md summary.json`);
}

function conclude({ command, page, log, printer }: Job): number {
  if (log.phase === 'done') return EXIT.done;
  const resume = trainLine(['--resume', command.outFolder], command.browser);
  if (log.phase === 'stopped') {
    printer.say(`Stopped. Go on with: ${resume}`);
    return EXIT.failed;
  }
  console.error(`The run failed: ${log.failure}`);
  if (page.consoleTail !== '') console.error(`Last messages of the page:\n${page.consoleTail}`);
  printer.say(afterFailure(log.error, resume));
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
