// `npm run train`: the page's pipeline from the command line, in a browser or in Node, with the results in a folder.

import { rmSync } from 'node:fs';
import { PlaygroundError, toWireError, UsageError } from '../../base/errors.ts';
import { settingsOf, toFlags } from '../../config/index.ts';
import type { DeviceReport } from '../../protocol/messages.ts';
import { adapterText, type CodeIdentity, codeText, sameCode } from '../../terms/origin.ts';
import { freezePage, frozenCode, kernelsOfTree } from '../../tooling/build.ts';
import { takeFolder } from '../../tooling/folderLock.ts';
import { command, EXIT } from '../command.ts';
import { listenToInterrupts } from '../interrupts.ts';
import { checkOutputFolder } from '../output.ts';
import { progressLine, StatusLine } from '../progress.ts';
import { settingsList } from '../settingFlags.ts';
import { afterFailure } from './afterFailure.ts';
import { forkWords, type RunCommand, runCommandOf, TRAIN_FLAGS, trainLine } from './flags.ts';
import { type ForkBase, type ForkSource, forkSource, readForkBase } from './fork.ts';
import { TrainPage } from './page.ts';
import { type Job, writeResults } from './results.ts';
import {
  pageCopy,
  type RunFile,
  readRunFile,
  requireFreshFolder,
  requireRoom,
  storeFolder,
  writeRunFile,
} from './runFolder.ts';
import { RunLog } from './runLog.ts';
import { runtimeOf } from './runtime.ts';
import { TrainThread } from './thread.ts';
import type { Runtime, Trainer, TrainerListeners } from './trainer.ts';

/** Between two lines of progress where the output is no terminal. */
const LINE_EVERY_MS = 5000;

const ABOUT = `Trains a model in a headless browser, exactly as the page does, and writes the results into a folder.

  npm run train -- --preset quick --seed 7 --out runs/a
  npm run train -- --preset smoke+grpo --group-size 8 --out runs/b
  npm run train -- --from runs/a --at heads --preset quick+safety-only --seed 7 --out runs/c
  npm run train -- --resume runs/a
  npm run train -- --runtime node --preset quick --out runs/d

Written into the folder: bundle.zip (the page imports it), metrics.csv, evaluation.json, report.md, summary.json (how it
ended, for programs), and run.json (what --resume needs, beside the store: the browser's profile in .browser, or .store).

With --runtime node no browser is needed: the same code trains in threads of Node, with the same results bit for bit.
A run goes on where it was begun.

With --from, the stages up to --at are taken from another run: the result is bit for bit that of the whole run. Before the first RL
stage a run may have a --seed of its own: from there on its random numbers are its own.

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
  const runtime = runtimeOf(command);
  const source = base && command.kind === 'start' ? await forkSource(base, command.settings) : null;
  if (command.kind === 'start') checkOutputFolder(outFolder, '--out');
  const leave = takeFolder(outFolder);
  const copy = pageCopy(outFolder);
  try {
    if (command.kind === 'start') requireFreshFolder(outFolder);
    requireRoom(outFolder);
    // Only now: help and bad usage answer at once, without a build.
    const code = await (runtime === 'node' ? kernelsOfTree() : codeOfPage(command, copy));
    return await trainInFolder(command, runtime, source, code);
  } finally {
    rmSync(copy, { recursive: true, force: true });
    leave();
  }
}

async function codeOfPage({ page }: RunCommand, copy: string): Promise<CodeIdentity | null> {
  return page === null ? await freezePage(copy) : frozenCode(page);
}

/** The folder is this process's own. */
async function trainInFolder(
  command: RunCommand,
  runtime: Runtime,
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
  let trainer: Trainer | null = null;
  const interrupts = listenToInterrupts({
    first: () => {
      if (!trainer || log.phase === 'starting') {
        screen.say('Aborted before the run began.');
        process.exit(EXIT.interrupted);
      }
      screen.say('Stopping after the iteration in progress (Ctrl-C again aborts) ...');
      trainer.stop().catch((error) => log.fail(toWireError(error)));
    },
    second: () => process.exit(EXIT.interrupted),
  });
  const listeners: TrainerListeners = {
    onEvents: (events) => {
      const before = log.greeting;
      for (const event of events) log.add(event);
      if (command.kind === 'resume' && before === null && log.greeting) screen.say(log.greeting);
      if (log.shown && log.phase === 'running')
        screen.show(progressLine(log.shown), String(log.shown.progress.stageIndex));
    },
    onGone: (reason) => log.fail(goneError(reason)),
  };
  const store = storeFolder(outFolder, runtime);
  const pageFolder = command.page ?? pageCopy(outFolder);
  trainer =
    runtime === 'node'
      ? await TrainThread.open({ ...listeners, storeFolder: store, code })
      : await TrainPage.open({ ...listeners, ...command.browser, profileFolder: store, pageFolder });
  try {
    const code = await carryOut({ command, runtime, source, trainer, log, screen });
    return log.phase === 'stopped' && interrupts.count > 0 ? EXIT.interrupted : code;
  } finally {
    interrupts.end();
    await trainer.close();
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

async function startRun({ command, runtime, source, trainer, screen }: Job): Promise<RunFile> {
  if (command.kind !== 'start') throw new Error('Only a new run is started.');
  const { settings, preset, name, outFolder, browser, taken } = command;
  screen.say(deviceLine(await trainer.describeDevice(settings.engine)));
  const where = runtime === 'node' ? ['--runtime', runtime] : [];
  const words = source ? forkWords(source, settings, preset) : toFlags(settings, preset);
  const commandText = trainLine([...where, ...words, '--out', outFolder], browser);
  const fork = source ? { runId: await trainer.importBundle(source.bundle), stage: source.stage } : undefined;
  const { runId } = await trainer.start({ settings, preset, name, ...(fork && { fork }) });
  if (source && taken.length > 0) screen.say(`Settings of ${source.path}: ${taken.join(', ')}.`);
  const file = { runId, name, command: commandText, runtime };
  writeRunFile(outFolder, file);
  const origin = source ? `, from the end of ${source.stage} of ${source.path}` : '';
  const what = `${preset || 'no preset'}, seed ${settings.seed}${origin}`;
  screen.say(`Training ${name} (${what}) into ${outFolder}.`);
  return file;
}

async function resumeRun({ command, runtime, trainer, log, screen }: Job): Promise<RunFile> {
  const file = readRunFile(command.outFolder);
  const { runId, name } = file;
  const run = (await trainer.listRuns()).find(({ id }) => id === runId);
  if (!run) {
    throw new UsageError(
      `The store in ${storeFolder(command.outFolder, runtime)} no longer holds the run.`,
      'Start it anew in another folder; run.json holds its command.',
    );
  }
  if (run.status === 'done') {
    screen.say(`${name} is done already; its results are written again.`);
    log.add({ kind: 'status', runId, phase: 'done', message: run.message });
    return file;
  }
  const settings = settingsOf(run);
  screen.say(deviceLine(await trainer.describeDevice(settings.engine)));
  await trainer.start({ settings, preset: run.preset, name, resumeRunId: runId });
  screen.say(`Going on with ${name} in ${command.outFolder}.`);
  return file;
}

function conclude({ command, trainer, log, screen }: Job): number {
  if (log.phase === 'done') return EXIT.done;
  const resume = trainLine(['--resume', command.outFolder], command.browser);
  if (log.phase === 'stopped') {
    screen.say(`Stopped. Go on with: ${resume}`);
    return EXIT.failed;
  }
  console.error(`The run failed: ${log.failure}`);
  if (trainer.consoleTail !== '') console.error(`Last messages of the page:\n${trainer.consoleTail}`);
  screen.say(afterFailure(log.error, resume));
  return EXIT.failed;
}

function deviceLine(device: DeviceReport): string {
  return `Device: ${device.backend} (${device.tier}), ${adapterText(device)}. ${device.reason}`;
}

function goneError(reason: string) {
  const hint = 'The run can go on from its last checkpoint with --resume.';
  return toWireError(new PlaygroundError('worker-died', reason, hint));
}
