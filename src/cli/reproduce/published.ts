// A results file as a source of results: its runs stand for those that are in no folder any more.

import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';
import { UsageError } from '../../base/errors.ts';
import {
  CORRECTED_SETTINGS,
  missingRun,
  type PlannedRun,
  type RunResult,
  settingsOfChanges,
} from '../../experiments/index.ts';
import { codeSchema, engineSchema, withOrigin } from '../../storage/index.ts';
import { correctionNote } from '../../terms/origin.ts';
import { scoreSchema } from '../../terms/reports.ts';
import { otherThanPlanned } from '../experiments/folder.ts';

const figure = v.nullable(v.number());

const fileSchema = v.object({
  kind: v.literal('cosmo-results'),
  runs: v.array(
    v.pipe(
      v.unknown(),
      v.transform(withOrigin),
      v.object({
        id: v.string(),
        name: v.string(),
        seed: v.number(),
        kind: v.picklist(['foundation', 'cell']),
        status: v.picklist(['done', 'collapsed', 'failed', 'missing']),
        message: v.string(),
        stages: v.array(
          v.object({
            stage: v.string(),
            step: v.number(),
            scores: v.array(scoreSchema),
          }),
        ),
        figures: v.object({
          ratioMax: figure,
          klMax: figure,
          rewardGap: figure,
          breaches: v.optional(v.number()),
        }),
        engine: v.nullable(engineSchema),
        code: v.nullable(codeSchema),
        settings: v.record(v.string(), v.string()),
        digest: v.optional(v.string()),
      }),
    ),
  ),
});

/** The runs of a results file by id. @throws UsageError where there is no such file, or another one. */
export function readPublishedRuns(path: string): ReadonlyMap<string, RunResult> {
  if (!existsSync(path))
    throw new UsageError(`There is no file ${path}.`, 'Name a results file of npm run reproduce.');
  try {
    const { runs } = v.parse(fileSchema, JSON.parse(readFileSync(path, 'utf8')));
    return new Map(runs.map((run) => [run.id, run]));
  } catch (error) {
    const why =
      error instanceof v.ValiError ? `: ${v.getDotPath(error.issues[0]) ?? ''} ${error.message}` : '';
    throw new UsageError(
      `${path} is no results file of npm run reproduce${why}.`,
      'Name one that this version has written.',
    );
  }
}

/** What the folders say of a run; where they hold nothing of it, what is published, if it was made with the planned settings. */
export function orPublished(
  found: RunResult,
  run: PlannedRun,
  published: ReadonlyMap<string, RunResult>,
): RunResult {
  const entry = published.get(run.id);
  if (found.status !== 'missing' || !entry || entry.status === 'missing') return found;
  const free = correctionNote([entry.code]) === null ? [] : CORRECTED_SETTINGS;
  const other = otherThanPlanned(() => settingsOfChanges(entry.settings), run, free);
  if (other === null) return entry;
  const message = `the published run is another one: ${other}`;
  return { ...missingRun(run), status: 'failed', message };
}
