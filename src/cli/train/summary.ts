// summary.json of a run's folder: how it ended, for programs.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { codeSchema, engineSchema, withOrigin } from '../../storage/index.ts';
import { writeResult } from './runFolder.ts';

const SUMMARY_FILE = 'summary.json';

const currentSchema = v.object({
  name: v.string(),
  /** Command that gives this run again. */
  command: v.string(),
  status: v.string(),
  /** Of a run that failed, e.g. `diverged`; else null. */
  errorCode: v.nullable(v.string()),
  message: v.string(),
  preset: v.string(),
  settings: v.record(v.string(), v.unknown()),
  engine: engineSchema,
  code: codeSchema,
  digest: v.string(),
  /** Wall time of the stages that the last command saw. */
  stageTimes: v.array(v.object({ stage: v.string(), wallMs: v.number() })),
});

/** Summaries of before 0.2.0 hold `device` and `codeVersion`, both text, in the place of `engine` and `code`. */
const summarySchema = v.pipe(v.unknown(), v.transform(withOrigin), currentSchema);

export type RunSummaryFile = v.InferOutput<typeof summarySchema>;

/** What is written: `settings` are those of the run, whole. */
export type RunSummaryInput = Omit<RunSummaryFile, 'settings' | 'stageTimes'> & {
  settings: object;
  stageTimes: readonly { stage: string; wallMs: number }[];
};

export function writeSummary(outFolder: string, summary: RunSummaryInput): void {
  writeResult(outFolder, SUMMARY_FILE, `${JSON.stringify(summary, null, 2)}\n`);
}

/** The summary in a folder, or null where there is none that can be read. */
export function readSummary(outFolder: string): RunSummaryFile | null {
  const path = join(outFolder, SUMMARY_FILE);
  if (!existsSync(path)) return null;
  try {
    return v.parse(summarySchema, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}
