// The report of a run: what was asked, on what it ran, how long it took, what came out. Pure text.

import { clock, countText } from '../base/format.ts';
import { extent } from '../base/numbers.ts';
import { markdown } from '../base/textTable.ts';
import { changedKeys, DEFAULTS, formatSetting, type Settings } from '../config/index.ts';
import type { GuardBounds } from '../terms/collapse.ts';
import type { HeadReport } from '../terms/heads.ts';
import { codeText, engineText } from '../terms/origin.ts';
import type { RunRecord } from '../terms/run.ts';
import { isFiltered } from '../terms/scores.ts';
import { EFFECTIVE_N, type StageEvaluation } from '../terms/suites.ts';
import { claimTexts } from './claims.ts';
import { byDecoding, comparisonTable, evaluationTables, formatScoreCell } from './table.ts';

export type StageTime = { stage: string; wallMs: number };

export type ReportInput = Pick<RunRecord, 'name' | 'message' | 'preset' | 'engine' | 'code'> & {
  /** The command that gives this run again. */
  command: string;
  status: string;
  settings: Settings;
  stageTimes: readonly StageTime[];
  /** What the times are, as a heading, e.g. `Wall time`. */
  timesTitle: string;
  /** RL iterations outside of the guard's bounds; null where the run is of before 0.3.0, whose `kl` was another measure. */
  breaches: number | null;
  heads: readonly HeadReport[];
  evaluations: readonly StageEvaluation[];
  /** Pictures beside the report. */
  figures: readonly { file: string; alt: string }[];
  digest: string;
};

export function reportMarkdown(input: ReportInput): string {
  const { settings, evaluations } = input;
  const lines = [
    `# ${input.name}`,
    '',
    `Status: **${input.status}**${input.message === '' ? '' : ` (${input.message})`}`,
    '',
    '```sh',
    input.command,
    '```',
    '',
    `- preset: ${input.preset || 'none'}, seed ${settings.seed}`,
    `- device: ${engineText(input.engine)}`,
    `- code: ${codeText(input.code)}`,
    `- metrics digest: \`${input.digest}\``,
    `- collapse: ${collapseText(input.breaches, settings)}`,
    '',
    '## Settings that differ from the defaults',
    '',
    changedSettings(settings) || 'None.',
    '',
    `## ${input.timesTitle}`,
    '',
    timesTable(input.stageTimes),
    '',
    '## Reward heads, on held-out answers',
    '',
    headsTable(input.heads),
    '',
    '## Evaluation',
    '',
    ...evaluationLines(evaluations, input.figures),
    '',
  ];
  return lines.join('\n');
}

/** What is known of a collapse, with its bounds. */
export function collapseText(breaches: number | null, bounds: GuardBounds): string {
  const { guard_max_kl, guard_min_entropy } = bounds;
  const limits = `(\`kl\` at most ${guard_max_kl}, entropy at least ${guard_min_entropy})`;
  if (breaches === null) return 'not known, for `kl` was another measure before 0.3.0';
  return breaches === 0
    ? `none: every RL iteration lay inside the bounds of the guard ${limits}`
    : `yes: ${breaches} RL iterations lay outside of the bounds of the guard ${limits}`;
}

/** A table of the settings that differ from the defaults; empty where none does. */
export function changedSettings(settings: Settings, title = 'setting'): string {
  const rows = changedKeys(settings, DEFAULTS).map((key) => {
    const [value, standard] = [settings, DEFAULTS].map((one) => `\`${formatSetting(key, one[key])}\``);
    return [`\`${key}\``, value, standard];
  });
  return rows.length === 0 ? '' : markdown({ header: [title, 'value', 'default'], rows }, 3);
}

function timesTable(times: readonly StageTime[]): string {
  if (times.length === 0) return 'Not measured.';
  const all = { stage: 'all', wallMs: times.reduce((sum, time) => sum + time.wallMs, 0) };
  const rows = [...times, all].map(({ stage, wallMs }) => [stage, clock(wallMs)]);
  return markdown({ header: ['stage', 'time'], rows }, 1);
}

export function headsTable(heads: readonly HeadReport[]): string {
  if (heads.length === 0) return 'No heads were trained.';
  const rows = heads.map((head) => [head.head, accuracyText(head), head.ece.toFixed(3), countText(head)]);
  return markdown({ header: ['head', 'accuracy % [95 %]', 'calibration error', 'n (effective)'], rows }, 1);
}

const accuracyText = ({ accuracy, low, high }: HeadReport) => formatScoreCell({ value: accuracy, low, high });

const FILTER_NOTE =
  '**filtered**: a filter stood in front of the policy (`eval_filter`). What the Safety head called unsafe was replaced by a refusal before the oracle judged, so these scores and the claims on them are those of policy and filter together.';

function evaluationLines(evaluations: readonly StageEvaluation[], figures: ReportInput['figures']): string[] {
  const first = evaluations[0];
  const last = evaluations.at(-1);
  if (!first || !last) return ['The run was not evaluated.'];
  const lines = [
    `Percent with the 95 % Wilson interval; the oracle judges, on held-out prompts. ${EFFECTIVE_N}`,
    '',
    ...(evaluations.some(isFiltered) ? [FILTER_NOTE, ''] : []),
    evaluationTables(evaluations, 'markdown'),
    ...figures.flatMap(({ file, alt }) => ['', `![${alt}](${file})`]),
  ];
  if (first !== last) {
    lines.push('', `### From ${first.stage} to ${last.stage}`, '', changeTables(first, last));
  }
  const claims = claimTexts(evaluations).map((text) => `- ${text}`);
  return [...lines, '', '## What the paper claims', '', ...claims];
}

/** `comparisonTable` in each decoding. */
export function changeTables(first: StageEvaluation, last: StageEvaluation): string {
  return byDecoding([first, last], ([before, after]) => comparisonTable(before, after));
}

/** The heads for the terminal. */
export function headsText(heads: readonly HeadReport[]): string {
  const width = extent(heads.map((head) => head.head.length))[1];
  return heads
    .map(
      (head) =>
        `  ${head.head.padEnd(width)}  ${accuracyText(head).padStart(20)}  ece ${head.ece.toFixed(3)}  n ${countText(head)}`,
    )
    .join('\n');
}
