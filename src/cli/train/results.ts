// What a run leaves in its folder and on the terminal when it has ended, however it did.

import { settingsOf } from '../../config/index.ts';
import {
  attackerFigures,
  claimTexts,
  collapseText,
  evaluationTables,
  headsText,
  reportMarkdown,
  type StageEvaluation,
} from '../../evaluation/index.ts';
import { decodeHeadReports, decodeScores } from '../../protocol/decode.ts';
import { type BundleContents, metricsToCsv, readBundle } from '../../storage/index.ts';
import { metricsDigest } from '../../storage/metricsDigest.ts';
import { breachCount } from '../../terms/collapse.ts';
import { correctionNote } from '../../terms/origin.ts';
import type { StatusLine } from '../progress.ts';
import type { RunCommand } from './flags.ts';
import type { ForkSource } from './fork.ts';
import { type RunFile, writeResult } from './runFolder.ts';
import type { RunLog } from './runLog.ts';
import { writeSummary } from './summary.ts';
import type { Runtime, Trainer } from './trainer.ts';

export type Job = {
  /** Where the run begins, if not at the beginning. */
  source: ForkSource | null;
  command: RunCommand;
  runtime: Runtime;
  trainer: Trainer;
  log: RunLog;
  screen: StatusLine;
};

/** Everything into the folder, and the tables onto the terminal; a run that failed has results too. */
export async function writeResults({ command, trainer, log, screen }: Job, file: RunFile): Promise<void> {
  const { outFolder } = command;
  const bytes = await trainer.exportBundle(file.runId);
  const bundle = readBundle(bytes);
  const digest = metricsDigest(bundle.metrics);
  const heads = bundle.heads ? decodeHeadReports(bundle.heads.report) : [];
  const evaluations = stageEvaluations(bundle);
  const settings = settingsOf(bundle.run);
  const { preset, engine, code, message } = bundle.run;
  const facts = {
    name: file.name,
    command: file.command,
    status: log.phase,
    message: log.phase === 'failed' ? log.failure : message,
    settings,
    preset,
    engine,
    code,
    stageTimes: log.stageTimes,
    digest,
  };
  const timesTitle = command.kind === 'resume' ? 'Wall time since the run was resumed' : 'Wall time';
  writeResult(outFolder, 'bundle.zip', bytes);
  writeResult(outFolder, 'metrics.csv', metricsToCsv(bundle.metrics));
  writeResult(outFolder, 'evaluation.json', `${JSON.stringify(evaluations, null, 2)}\n`);
  const breaches = correctionNote([code]) === null ? breachCount(bundle.metrics, settings) : null;
  const figures = attackerFigures(evaluations);
  for (const { file: name, svg } of figures) writeResult(outFolder, name, svg);
  const report = reportMarkdown({ ...facts, timesTitle, breaches, heads, evaluations, figures });
  writeResult(outFolder, 'report.md', report);
  // Last: where it is there, everything is.
  const errorCode = log.phase === 'failed' ? (log.error?.code ?? 'internal') : null;
  writeSummary(outFolder, { ...facts, errorCode });
  if (breaches) screen.say(`\nCollapse: ${collapseText(breaches, settings)}`);
  if (heads.length > 0) screen.say(`\nReward heads, accuracy % on held-out answers:\n${headsText(heads)}`);
  if (evaluations.length > 0) screen.say(`\nEvaluation, %:\n${evaluationTables(evaluations, 'text')}`);
  if (evaluations.length > 1)
    screen.say(
      `\nWhat the paper claims:\n${claimTexts(evaluations)
        .map((text) => `  ${text}`)
        .join('\n')}`,
    );
  screen.say(`\nmetrics digest ${digest}`);
  screen.say(`Results are in ${outFolder}: bundle.zip metrics.csv evaluation.json report.md summary.json`);
}

function stageEvaluations(bundle: BundleContents): StageEvaluation[] {
  return bundle.evaluations
    .map(({ stage, step, report }) => ({ stage, step, ...decodeScores(report) }))
    .sort((a, b) => a.step - b.step);
}
