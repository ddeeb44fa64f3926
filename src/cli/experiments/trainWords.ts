// The words of `npm run train` that begin a run of a plan, or go on with it.

import { toFlags } from '../../config/index.ts';
import type { PlannedRun } from '../../experiments/index.ts';
import type { CodeIdentity } from '../../terms/origin.ts';
import type { ChromiumAdapter } from '../../tooling/chromium.ts';
import { forkWords } from '../train/flags.ts';
import type { ForkBase } from '../train/fork.ts';
import { folderState, runFolder } from './folder.ts';

/** What trains: the code, and the folder of the page that is built of it; null in Node. */
export type Program = { page: string | null; code: CodeIdentity };

/** How and where all runs of a plan are trained. */
export type TrainOptions = {
  outFolder: string;
  preset: string;
  /** What runs begin from that none of the plan has trained. */
  origin?: ForkBase | null;
  adapter: ChromiumAdapter;
  program: Program;
};

export function trainWords(run: PlannedRun, options: TrainOptions): string[] {
  const { outFolder, preset, adapter, program, origin } = options;
  const folder = runFolder(outFolder, run.id);
  const browser = adapter === 'none' ? [] : ['--adapter', adapter];
  const place = program.page === null ? ['node'] : ['browser', ...browser, '--page', program.page];
  const runtime = ['--runtime', ...place];
  if (folderState(outFolder, run) === 'begun') return ['--resume', folder, ...runtime];
  const { from, settings } = run;
  const words = from?.id === null && origin ? forkWords(origin, settings) : toFlags(settings, preset);
  const before = from?.id ? ['--from', runFolder(outFolder, from.id), '--at', from.stage] : [];
  return [...before, ...words, '--out', folder, ...runtime];
}
