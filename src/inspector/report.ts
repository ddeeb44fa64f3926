// The report of a stored run: the same text that `npm run train` writes.

import { PlaygroundError } from '../base/errors.ts';
import { settingsOf, toFlags } from '../config/index.ts';
import { reportMarkdown, type StageTime } from '../evaluation/index.ts';
import { decodeEvaluation, decodeHeadReports } from '../protocol/decode.ts';
import { metricsDigest } from '../storage/metricsDigest.ts';
import type { MetricRow, RunStore } from '../storage/types.ts';
import { breachCount } from '../terms/collapse.ts';
import { correctionNote } from '../terms/origin.ts';

/** Markdown. @throws PlaygroundError `not-found`, `bad-setting` for a stored setting that is not accepted. */
export async function runReport(store: RunStore, runId: string): Promise<string> {
  const [run, rows, heads, evaluations] = await Promise.all([
    store.getRun(runId),
    store.readMetrics(runId),
    store.getHeads(runId),
    store.listEvaluations(runId),
  ]);
  if (!run) {
    throw new PlaygroundError(
      'not-found',
      'This run is no longer stored.',
      'Choose another one from the list.',
      { runId },
    );
  }
  const settings = settingsOf(run);
  const words = toFlags(settings, run.preset);
  return reportMarkdown({
    name: run.name || `${run.preset || 'own settings'}, seed ${run.seed}`,
    command: ['npm run train --', ...words.map(quoted)].join(' '),
    status: run.status,
    message: run.message,
    settings,
    preset: run.preset,
    engine: run.engine,
    code: run.code,
    stageTimes: iterationTimes(rows),
    timesTitle: 'Time in iterations',
    heads: heads ? decodeHeadReports(heads.report) : [],
    evaluations: evaluations.map((evaluation) => decodeEvaluation(runId, evaluation)),
    figures: [],
    digest: metricsDigest(rows),
    breaches: correctionNote([run.code]) === null ? breachCount(rows, settings) : null,
  });
}

/** Sum of the measured iterations of each stage; sampling before a stage and evaluations are not in it. */
function iterationTimes(rows: readonly MetricRow[]): StageTime[] {
  const times = new Map<string, number>();
  for (const { stage, values } of rows) {
    const time = values['time/iteration_ms'];
    if (time !== undefined) times.set(stage, (times.get(stage) ?? 0) + time);
  }
  return [...times].map(([stage, wallMs]) => ({ stage, wallMs }));
}

/** For a POSIX shell. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
