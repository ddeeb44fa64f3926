// Runs a plan from the command line: with the code that its folder began with, progress, Ctrl-C, and what is said at the end.

import { UsageError } from '../../base/errors.ts';
import { clock } from '../../base/format.ts';
import { extent } from '../../base/numbers.ts';
import { gridSeconds, type PlannedRun, runSeconds, type Shard } from '../../experiments/index.ts';
import { codeText } from '../../terms/origin.ts';
import { freezeCode, freezePage, frozenCode } from '../../tooling/build.ts';
import { sourcesOfTree } from '../../tooling/codeIdentity.ts';
import { inFolder } from '../../tooling/folderLock.ts';
import { EXIT } from '../command.ts';
import { listenToInterrupts } from '../interrupts.ts';
import { StatusLine } from '../progress.ts';
import type { Runtime } from '../train/trainer.ts';
import { codeFolder } from './folder.ts';
import { planLine } from './progress.ts';
import { PlanRunner, type RunnerOptions } from './runner.ts';
import type { Program } from './trainWords.ts';

/** Between two lines of progress where the output is no terminal. */
const LINE_EVERY_MS = 15_000;

/** Runs, and how and where they are trained. */
export type Queue = Omit<RunnerOptions, 'program' | 'say'> & { runtime: Runtime; shard: Shard };

/** What the plan in a folder began with, or else the sources as they are now: all its runs are of one code. */
async function programOf({ outFolder, runtime }: Queue): Promise<Program> {
  const folder = codeFolder(outFolder, runtime);
  const freeze = runtime === 'node' ? freezeCode : freezePage;
  const code = await inFolder(
    outFolder,
    console.log,
    async () => frozenCode(folder) ?? (await freeze(folder)),
  );
  const page = runtime === 'node' ? null : folder;
  if (code.sources === sourcesOfTree().sources) return { page, code };
  const changed = `The sources have changed since the runs in ${outFolder} began`;
  const other = 'Runs of the sources as they are now need another --out.';
  if (page === null)
    throw new UsageError(`${changed}: in Node they go on with those of then, ${codeText(code)}.`, other);
  console.log(`${changed}: they go on with the page of then, ${codeText(code)}. ${other}`);
  return { page, code };
}

/** Gives the exit code; `report` is called, and gives it, where all parts of the plan were to be run here. */
export async function runQueue(queue: Queue, report: () => number): Promise<number> {
  const program = await programOf(queue);
  const screen = new StatusLine(LINE_EVERY_MS);
  const runner = new PlanRunner({ ...queue, program, say: (text) => screen.say(text) });
  const interrupts = listenToInterrupts({
    first: () => {
      screen.say('Stopping every run after the iteration in progress (Ctrl-C again aborts) ...');
      runner.interrupt();
    },
    second: () => {
      runner.abort();
      process.exit(EXIT.interrupted);
    },
  });
  const timer = setInterval(() => screen.show(planLine(runner.progress)), 1000);
  let result: Awaited<ReturnType<PlanRunner['run']>>;
  try {
    result = await runner.run();
  } finally {
    clearInterval(timer);
    interrupts.end();
  }
  screen.say(planLine(runner.progress));
  const { outFolder, shard } = queue;
  if (result === 'interrupted') {
    screen.say('Stopped. The same command goes on.');
    return EXIT.interrupted;
  }
  if (result === 'full') {
    screen.say(
      `The disk of ${outFolder} is full: finished runs stay, the others have stopped. Make room there; the same command goes on.`,
    );
    return EXIT.failed;
  }
  if (shard.count === 1) return report();
  screen.say(`Part ${shard.index} of ${shard.count} is in ${outFolder}; join the parts with --merge.`);
  return result === 'failed' ? EXIT.failed : EXIT.done;
}

/** Every run with its time, and that of them all. */
export function runList(runs: readonly PlannedRun[], jobs: number): string {
  const time = (seconds: number | null) => (seconds === null ? 'not known' : clock(1000 * seconds));
  const width = extent(runs.map(({ id }) => id.length))[1];
  const cells = runs.filter(({ kind }) => kind === 'cell').length;
  const lines = runs.map((run) => {
    const { from } = run;
    const origin = from ? `after ${from.stage} of ${from.id ?? 'the base'}` : 'from the beginning';
    return `  ${run.id.padEnd(width)}  ${time(runSeconds(run)).padStart(9)}  ${origin}`;
  });
  const all = time(gridSeconds(runs, jobs));
  return [
    `${cells} cells and ${runs.length - cells} foundations (SFT and heads), estimated time each:`,
    ...lines,
    '',
    `About ${all} with --jobs ${jobs}, a core for each: an estimate from one machine, for the model "small" alone.`,
  ].join('\n');
}
