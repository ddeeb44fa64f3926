// `npm run reproduce`: a grid of settings and seeds through the headless browser or Node, and the report on the paper's claims.

import { rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { codeLines, GROUPS, planRuns, report, shardRuns } from '../../experiments/index.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';
import { command, EXIT } from '../command.ts';
import { mergeRuns, readResult, requireFolder } from '../experiments/folder.ts';
import { runList, runQueue } from '../experiments/queue.ts';
import { type GridCommand, gridCommandOf, REPRODUCE_FLAGS } from './flags.ts';
import { orPublished, readPublishedRuns } from './published.ts';

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
      console.log(runList(runs, grid.jobs));
      return;
    }
    if (grid.mergeFolders === null && !grid.reportOnly)
      return runQueue({ ...grid, runs }, () => writeReport(grid));
    if (grid.mergeFolders !== null) {
      const { copied, left } = mergeRuns(grid.mergeFolders, grid.outFolder, runs);
      for (const line of left) console.log(`Not copied: ${line}.`);
      console.log(`Copied ${copied} runs into ${grid.outFolder}.`);
    } else if (grid.outGiven || grid.published === null) requireFolder(grid.outFolder);
    return writeReport(grid);
  },
});

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
