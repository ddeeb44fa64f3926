// `npm run reproduce`: a grid of settings and seeds through the headless browser or Node, and the report on the paper's claims.

import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { clock } from '../../base/format.ts';
import { extent } from '../../base/numbers.ts';
import {
  codeLines,
  GROUPS,
  gridSeconds,
  type PlannedRun,
  planRuns,
  report,
  runSeconds,
  shardRuns,
} from '../../experiments/index.ts';
import { codeText } from '../../terms/origin.ts';
import { freezeCode, freezePage, frozenCode } from '../../tooling/build.ts';
import { sourcesOfTree } from '../../tooling/codeIdentity.ts';
import { inFolder } from '../../tooling/folderLock.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';
import { command, EXIT } from '../command.ts';
import { listenToInterrupts } from '../interrupts.ts';
import { StatusLine } from '../progress.ts';
import { type GridCommand, gridCommandOf, REPRODUCE_FLAGS } from './flags.ts';
import { codeFolder, mergeRuns, readResult, requireFolder } from './folder.ts';
import { gridLine } from './progress.ts';
import { orPublished, readPublishedRuns } from './published.ts';
import { GridRunner, type Program } from './runner.ts';

/** Between two lines of progress where the output is no terminal. */
const LINE_EVERY_MS = 15_000;

/** Every figure that a report may have. */
const FIGURE_FILES = ['story', ...GROUPS.map((group) => `claim-${group}`)].map((name) => `${name}.svg`);

const ABOUT = `Runs a grid of settings and seeds through the headless browser and writes what holds of the paper's claims.

  npm run reproduce -- --list
  npm run reproduce -- --grid core --jobs 2
  npm run reproduce -- --grid all --shard 2/4 --out runs/part2
  npm run reproduce -- --grid all --merge runs/part1 runs/part2 runs/part3 runs/part4

Started again, it goes on: finished runs are passed over, a stopped or killed one is resumed, all with the page that the
grid began with (.page in --out); with --runtime node, the sources must be those that it began with. Several commands may share
one --out: each trains what no other one does. SFT and heads are trained once per seed and backbone, and the cells begin from
there. A run that fails is named and does not stop the others; one that the guard stopped has collapsed, which is a result.
Ctrl-C stops all runs with a checkpoint; a second one aborts.
The report goes into the folder of the runs; --docs docs writes the published one.
Exit code: 0 every run has a result, 1 one has failed or is missing, 2 the command was not understood, 130 stopped by Ctrl-C.`;

export const main = command({
  line: 'npm run reproduce',
  about: ABOUT,
  flags: REPRODUCE_FLAGS,
  words: '[DIR ...]',
  run: (values) => {
    const grid = gridCommandOf(values);
    const runs = shardRuns(planRuns(grid.parts, grid.base), grid.shard);
    if (grid.list) {
      console.log(listText(grid, runs));
      return;
    }
    if (grid.mergeFolders === null && !grid.reportOnly) return runGrid(grid, runs);
    if (grid.mergeFolders !== null) {
      const { copied, left } = mergeRuns(grid.mergeFolders, grid.outFolder, runs);
      for (const line of left) console.log(`Not copied: ${line}.`);
      console.log(`Copied ${copied} runs into ${grid.outFolder}.`);
    } else if (grid.outGiven || grid.published === null) requireFolder(grid.outFolder);
    return writeReport(grid);
  },
});

/** Every run with its time, and that of them all. */
function listText(command: GridCommand, runs: readonly PlannedRun[]): string {
  const time = (seconds: number | null) => (seconds === null ? 'not known' : clock(1000 * seconds));
  const width = extent(runs.map(({ id }) => id.length))[1];
  const cells = runs.filter(({ kind }) => kind === 'cell').length;
  const lines = runs.map((run) => {
    const origin = run.from ? `after ${run.from.stage} of ${run.from.id}` : 'from the beginning';
    return `  ${run.id.padEnd(width)}  ${time(runSeconds(run)).padStart(9)}  ${origin}`;
  });
  const all = time(gridSeconds(runs, command.jobs));
  return [
    `${cells} cells and ${runs.length - cells} foundations (SFT and heads), estimated time each:`,
    ...lines,
    '',
    `About ${all} with --jobs ${command.jobs}, a core for each: an estimate from one machine, for the model "small" alone.`,
  ].join('\n');
}

/** What the grid in a folder began with, or else the sources as they are now: a grid is of one code. */
async function programOf({ outFolder, runtime }: GridCommand): Promise<Program> {
  const folder = codeFolder(outFolder, runtime);
  const freeze = runtime === 'node' ? freezeCode : freezePage;
  const code = await inFolder(
    outFolder,
    console.log,
    async () => frozenCode(folder) ?? (await freeze(folder)),
  );
  const page = runtime === 'node' ? null : folder;
  if (code.sources === sourcesOfTree().sources) return { page, code };
  const changed = 'The sources have changed since this grid began';
  const other = 'A grid of the sources as they are now needs another --out.';
  if (page === null)
    throw new UsageError(`${changed}: in Node it goes on with those of then, ${codeText(code)}.`, other);
  console.log(`${changed}: it goes on with the page of then, ${codeText(code)}. ${other}`);
  return { page, code };
}

async function runGrid(command: GridCommand, runs: readonly PlannedRun[]): Promise<number> {
  const program = await programOf(command);
  const screen = new StatusLine(LINE_EVERY_MS);
  const runner = new GridRunner({ ...command, program, runs, say: (text) => screen.say(text) });
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
  const timer = setInterval(() => screen.show(gridLine(runner.progress)), 1000);
  let result: Awaited<ReturnType<GridRunner['run']>>;
  try {
    result = await runner.run();
  } finally {
    clearInterval(timer);
    interrupts.end();
  }
  screen.say(gridLine(runner.progress));
  if (result === 'interrupted') {
    screen.say('Stopped. The same command goes on.');
    return EXIT.interrupted;
  }
  if (command.shard.count === 1) return writeReport(command);
  const { index, count } = command.shard;
  screen.say(`Part ${index} of ${count} is in ${command.outFolder}; join the parts with --merge.`);
  return result === 'failed' ? EXIT.failed : EXIT.done;
}

/** Gives the exit code: a run without a result is no success. Nothing is written where no run has one. */
function writeReport(command: GridCommand): number {
  const { outFolder, docsFolder, resultsFile, grid, preset, parts, commandText } = command;
  // Of the whole grid, whatever part of it this command has run.
  const planned = planRuns(parts, command.base);
  const published = command.published === null ? new Map() : readPublishedRuns(command.published);
  const results = planned.map((run) => orPublished(readResult(outFolder, run), run, published));
  const count = (status: string) => results.filter((run) => run.status === status).length;
  console.log(
    `${count('done')} runs done, ${count('collapsed')} collapsed, ${count('failed')} failed, ${count('missing')} missing.`,
  );
  for (const line of codeLines(results)) console.log(line.replace(/^- |\*\*/g, ''));
  const lacking = count('failed') + count('missing');
  if (lacking === results.length) {
    const [failed] = results.filter(({ status }) => status === 'failed');
    const why = failed ? ` ${failed.id}: ${failed.message}.` : '';
    console.error(`No run of this grid has a result in ${outFolder}: nothing was written.${why}`);
    return EXIT.failed;
  }
  const written = report(
    { command: commandText, grid, parts, preset, results },
    relative(docsFolder, resultsFile),
  );
  const figureFolder = join(docsFolder, 'figures');
  for (const { file, svg } of written.figures) writeWhole(join(figureFolder, file), svg);
  writeWhole(resultsFile, written.json);
  writeWhole(join(docsFolder, 'RESULTS.md'), written.markdown);
  const drawn = new Set(written.figures.map(({ file }) => file));
  for (const name of FIGURE_FILES) {
    // A figure of before must not stand beside numbers of now.
    if (!drawn.has(name)) rmSync(join(figureFolder, name), { force: true });
  }
  console.log(
    `Wrote ${join(docsFolder, 'RESULTS.md')}, ${resultsFile} and ${written.figures.length} figures.`,
  );
  return lacking > 0 ? EXIT.failed : EXIT.done;
}
