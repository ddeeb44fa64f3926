// `npm run sweep`: any settings, several values, k seeds, and an answer with an interval.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { formatBytes } from '../../base/format.ts';
import { expand, type Plan, planWords, runBytes, shardRuns, sweepReport } from '../../experiments/index.ts';
import { ensureKernels } from '../../tooling/build.ts';
import { inFolder } from '../../tooling/folderLock.ts';
import { writeWhole } from '../../tooling/wholeFile.ts';
import { emitCluster } from '../cluster/emit.ts';
import { command, EXIT, type Given } from '../command.ts';
import { mergeRuns, readResult, requireFolder } from '../experiments/folder.ts';
import { runList, runQueue } from '../experiments/queue.ts';
import { quoted } from '../train/flags.ts';
import { freeBytesOf } from '../train/runFolder.ts';
import { typedPath } from '../typedPath.ts';
import { findBase } from './base.ts';
import { askedPlan, SWEEP_FLAGS, sweepPlace } from './flags.ts';
import { otherPlanIn, planIn, settledPlan, writePlanIn } from './planFolder.ts';

const ABOUT = `Varies any settings over seeds and tells which value is better, with intervals: from a released model, a run or a preset.

  npm run sweep -- --base qwen-mini@heads --vary policy_drift_coef=0,0.01,0.1 --seeds 11..20 --out runs/drift
  npm run sweep -- --base quick --vary loss_type=cpgd,grpo --vary beta=0,0.2 --jobs 2 --out runs/loss
  npm run sweep -- --out runs/drift                        # goes on
  npm run sweep -- --out runs/drift --add-seeds 21..25     # more seeds; the verdicts are corrected for the second look
  npm run sweep -- --plan runs/drift/plan.json --shard 2/4 --out runs/part2
  npm run sweep -- --out runs/all --merge runs/part1 runs/part2 runs/part3 runs/part4

Any setting is a flag too, for all runs (--stage1-steps 20; npm run train -- --list prints them). Started again, it goes on: finished
runs are passed over, a stopped or killed one is resumed, with the code that the plan began with. Several commands may share one
--out. A run that fails is named and does not stop the others; one that the guard stopped has collapsed, which is a result.
Written into --out: plan.json, report.md, results.json, results.csv, figures/.
Exit code: 0 every run has a result, 1 one has failed or is missing, 2 the command was not understood, 130 stopped by Ctrl-C.`;

export const main = command({
  line: 'npm run sweep',
  about: ABOUT,
  flags: SWEEP_FLAGS,
  words: '[DIR ...]',
  run: async (values) => {
    const { out, merge, words, addSeeds, dryRun, reportOnly, emit } = values;
    for (const folder of merge === null ? [] : [merge, ...words]) requireFolder(typedPath(folder));
    // Parts know their plan.
    const asked = (await askedPlan(values)) ?? (merge === null ? null : planIn(merge));
    const settled = () => settledPlan(out, asked, addSeeds);
    const sweep = await sweepOf(settled(), values);
    const { plan, runs, place } = sweep;
    if (dryRun) {
      console.log(dryText(sweep, out));
      return undefined;
    }
    if (reportOnly) return writeReport(sweep);
    // Of two commands that begin at once the second one finds the plan of the first.
    await inFolder(out, console.log, () => {
      settled();
      writePlanIn(out, plan);
    });
    if (emit !== null) {
      // Many tasks that begin at once would build them at once.
      await ensureKernels();
      const { image, claim } = values;
      const named = { image: image ?? 'cosmo-playground', claim: claim ?? 'cosmo' };
      console.log(emitCluster({ cluster: emit, title: plan.name, runs, outFolder: out, ...named }));
      return undefined;
    }
    if (place.mergeFolders === null)
      return runQueue({ ...sweep, ...place, runs: shardRuns(runs, place.shard) }, () => writeReport(sweep));
    mergeParts(place.mergeFolders, sweep);
    return writeReport(sweep);
  },
});

type Sweep = Awaited<ReturnType<typeof sweepOf>>;

/** A plan with its base found, its runs, and how they are trained. */
async function sweepOf(plan: Plan, values: Given<typeof SWEEP_FLAGS>) {
  const { base, origin } = await findBase(plan.base);
  const { cells, runs } = expand(plan, base);
  const place = sweepPlace(values, runs[0].settings);
  const threads = { wasm_threads: place.threads };
  return {
    ...{ plan, cells, origin, place, preset: base.preset },
    runs: runs.map((run) => ({ ...run, settings: { ...run.settings, ...threads } })),
  };
}

function dryText({ runs, place }: Sweep, out: string): string {
  const bytes = runs.map((run) => runBytes(run));
  const known = bytes.filter((each) => each !== null);
  const room =
    known.length < runs.length ? 'not known' : formatBytes(known.reduce((sum, each) => sum + each, 0));
  let folder = resolve(out);
  while (!existsSync(folder)) folder = dirname(folder);
  return `${runList(runs, place.jobs)}\nRoom: about ${room}; ${formatBytes(freeBytesOf(folder))} are free in ${out}.`;
}

/** Folders with the results of another plan are named and left out. */
function mergeParts(folders: readonly string[], { plan, runs, place }: Sweep): void {
  const others = folders.map((folder) => otherPlanIn(folder, plan));
  others.forEach((other, i) => {
    if (other !== null) console.log(`Not merged: ${folders[i]}, for ${other}.`);
  });
  const parts = folders.filter((_, i) => others[i] === null);
  const { copied, left } = mergeRuns(parts, place.outFolder, runs);
  for (const line of left) console.log(`Not copied: ${line}.`);
  console.log(`Copied ${copied} runs into ${place.outFolder}.`);
}

/** Gives the exit code: a run without a result is no success. */
function writeReport({ plan, cells, runs, place }: Sweep): number {
  const { outFolder } = place;
  const results = runs.map((run) => readResult(outFolder, run));
  const count = (status: string) => results.filter((run) => run.status === status).length;
  console.log(
    `${count('done')} runs done, ${count('collapsed')} collapsed, ${count('failed')} failed, ${count('missing')} missing.`,
  );
  const words = [...planWords(plan, join(outFolder, 'plan.json')), '--out', outFolder].map(quoted);
  const files = sweepReport({ plan, cells, command: ['npm run sweep --', ...words].join(' '), results });
  for (const [path, text] of Object.entries(files)) writeWhole(join(outFolder, path), text);
  const figures = join(outFolder, 'figures');
  for (const name of existsSync(figures) ? readdirSync(figures) : []) {
    // A figure of before must not stand beside numbers of now.
    if (name.endsWith('.svg') && !(`figures/${name}` in files)) rmSync(join(figures, name));
  }
  console.log(`Wrote ${join(outFolder, 'report.md')}, results.json, results.csv and figures/.`);
  return count('failed') + count('missing') > 0 ? EXIT.failed : EXIT.done;
}
