// The folder of a plan's runs: a folder per run with the usual results, failures/ beside them; what is done and what it gave.

import { cpSync, existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf, UsageError } from '../../base/errors.ts';
import { type SettingKey, type Settings, trainedSettings, validateSettings } from '../../config/index.ts';
import type { StageEvaluation } from '../../evaluation/index.ts';
import {
  missingRun,
  otherSetting,
  type PlannedRun,
  type RunResult,
  trainingFigures,
} from '../../experiments/index.ts';
import { metricsFromCsv } from '../../storage/index.ts';
import { type CodeIdentity, codeText, correctionNote, sameCode } from '../../terms/origin.ts';
import { ownerOf } from '../../tooling/folderLock.ts';
import { replaceFolder, writeWhole } from '../../tooling/wholeFile.ts';
import { otherFoundation } from '../train/fork.ts';
import { readSummary } from '../train/summary.ts';
import type { Runtime } from '../train/trainer.ts';

/** What a run's folder holds: `done` and `collapsed` have a result; `begun` can be resumed. */
export type FolderState = 'done' | 'collapsed' | 'begun' | 'fresh';

/** Of the code that all runs of a plan are trained with: the page, or for runs in Node its identity alone. */
export function codeFolder(outFolder: string, runtime: Runtime): string {
  return join(outFolder, runtime === 'node' ? '.code' : '.page');
}

export function runFolder(outFolder: string, id: string): string {
  return join(outFolder, id);
}

const failureFile = (outFolder: string, id: string) => join(outFolder, 'failures', `${id}.txt`);

/** The first setting in which a finished run differs from the planned one, in words, or null. */
export function otherSettings(outFolder: string, run: PlannedRun): string | null {
  const summary = readSummary(runFolder(outFolder, run.id));
  return summary && otherThanPlanned(() => validateSettings(trainedSettings(summary.settings)), run);
}

/** Of a foundation only what SFT and heads read counts: its cells change the rest. */
export function otherThanPlanned(
  read: () => Settings,
  { kind, settings }: PlannedRun,
  free: readonly SettingKey[] = [],
): string | null {
  return kind === 'foundation' ? otherFoundation(read, settings) : otherSetting(read, settings, free);
}

/** Why the run in a planned one's place is another one, in words, or null: it has other settings, or was made with other code. */
export function otherRun(outFolder: string, run: PlannedRun, code: CodeIdentity): string | null {
  const settings = otherSettings(outFolder, run);
  if (settings !== null) return settings;
  const there = readSummary(runFolder(outFolder, run.id))?.code;
  if (there === undefined || sameCode(there, code)) return null;
  return `it was made with version ${codeText(there)}, and this plan is of ${codeText(code)}`;
}

export function hasResult(outFolder: string, run: PlannedRun): boolean {
  return ['done', 'collapsed'].includes(folderState(outFolder, run));
}

export function folderState(outFolder: string, run: PlannedRun): FolderState {
  const folder = runFolder(outFolder, run.id);
  const summary = readSummary(folder);
  if (summary?.status === 'done') return 'done';
  if (summary?.status === 'failed' && summary.errorCode === 'diverged') return 'collapsed';
  return existsSync(join(folder, 'run.json')) ? 'begun' : 'fresh';
}

export function recordFailure(outFolder: string, id: string, message: string): void {
  writeWhole(failureFile(outFolder, id), `${message}\n`);
}

export function forgetFailure(outFolder: string, id: string): void {
  rmSync(failureFile(outFolder, id), { force: true });
}

/** The results of a run as the report reads them; `missing` or `failed` where there are none. */
export function readResult(outFolder: string, run: PlannedRun): RunResult {
  const { id } = run;
  const folder = runFolder(outFolder, id);
  const nothing = missingRun(run);
  const other = otherSettings(outFolder, run);
  if (other !== null)
    return { ...nothing, status: 'failed', message: `another run is in its place: ${other}` };
  const state = folderState(outFolder, run);
  const summary = readSummary(folder);
  if (!summary || state === 'begun' || state === 'fresh') {
    const file = failureFile(outFolder, id);
    if (!existsSync(file)) return nothing;
    return { ...nothing, status: 'failed', message: readFileSync(file, 'utf8').trim() };
  }
  try {
    return {
      ...nothing,
      status: state,
      message: state === 'collapsed' ? summary.message : '',
      stages: JSON.parse(readFileSync(join(folder, 'evaluation.json'), 'utf8')) as StageEvaluation[],
      figures: trainingFigures(
        metricsFromCsv(readFileSync(join(folder, 'metrics.csv'), 'utf8')),
        correctionNote([summary.code]) === null ? run.settings : null,
      ),
      engine: summary.engine,
      code: summary.code,
      digest: summary.digest,
    };
  } catch (error) {
    return { ...nothing, status: 'failed', message: `its results cannot be read: ${messageOf(error)}` };
  }
}

export type Merged = {
  copied: number;
  /** Finished runs that were left where they are, each with why. */
  left: readonly string[];
};

/**
 * Copies finished runs of the plan, without what belongs to their browsers; what is finished here already stays.
 * @throws UsageError where one of the folders is not there: nothing is copied then.
 */
export function mergeRuns(
  folders: readonly string[],
  outFolder: string,
  runs: readonly PlannedRun[],
): Merged {
  for (const folder of folders) requireFolder(folder);
  const left: string[] = [];
  let copied = 0;
  for (const run of runs) {
    if (hasResult(outFolder, run)) continue;
    const source = folders.find((folder) => {
      if (!hasResult(folder, run)) return false;
      const other = otherSettings(folder, run);
      if (other !== null) left.push(`${runFolder(folder, run.id)} is another run: ${other}`);
      return other === null;
    });
    if (source === undefined) continue;
    const target = runFolder(outFolder, run.id);
    const owner = ownerOf(target);
    if (owner !== null) {
      left.push(`${runFolder(source, run.id)}, for process ${owner.pid} on ${owner.host} works in ${target}`);
      continue;
    }
    replaceFolder(target, (part) =>
      cpSync(runFolder(source, run.id), part, {
        recursive: true,
        filter: (path) => !basename(path).startsWith('.'),
      }),
    );
    forgetFailure(outFolder, run.id);
    copied++;
  }
  return { copied, left };
}

/** @throws UsageError where there is no such folder. */
export function requireFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new UsageError(`There is no folder ${path}.`, 'Name a folder that the same command has written.');
}
