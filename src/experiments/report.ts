// docs/RESULTS.md and results/published.json from the results of a grid: pure text, made by the command and never by hand.

import { extent } from '../base/numbers.ts';
import { markdown } from '../base/textTable.ts';
import { COLLAPSE } from '../terms/collapse.ts';
import { correctionNote } from '../terms/origin.ts';
import { SCORES } from '../terms/scores.ts';
import { CLAIM_GROUPS, CLAIMS } from './claims.ts';
import { type Figure, figures } from './figures.ts';
import { cellsOfGroup, GROUPS, type GridPart } from './grid.ts';
import {
  codeLines,
  levelText,
  number,
  originSentence,
  resultsJson,
  signed,
  withInterval,
} from './reportText.ts';
import {
  estimateOf,
  hasCollapsed,
  IN_MEAN,
  type MeasureName,
  measureOf,
  type RunResult,
  withGreedy,
} from './results.ts';
import { type CheckResult, type ClaimResult, claimResults } from './verdicts.ts';

export type ReportInput = {
  /** The command that gives this report again. */
  command: string;
  grid: 'core' | 'terms' | 'backbones' | 'all';
  parts: readonly GridPart[];
  preset: string;
  /** Every run of the plan, those without a result too. */
  results: readonly RunResult[];
};

export type Report = { markdown: string; json: string; figures: readonly Figure[] };

const FIGURE_FOLDER = 'figures';
const SCORE_COLUMNS: readonly MeasureName[] = [
  ...SCORES.filter((name) => name === 'helped' || name.startsWith('nonsense-') || IN_MEAN.includes(name)),
  'mean',
];

const EXPECTED = { over: 'above', under: 'below', atLeast: 'at least', atMost: 'at most' } as const;

function checkRow(check: CheckResult): string {
  const { text, verdict, unit, expect, left, right, difference, seeds, lacking, otherCode, equal } = check;
  const interval = withInterval(difference, (value) => signed(value, unit));
  const sides = left && right ? `${number(left.mean, unit)} / ${number(right.mean, unit)}` : '-';
  const without = lacking.length > 0 ? `; without ${lacking.join(', ')}` : '';
  const other = otherCode ? `; sides of different code: seed ${otherCode.join(', ')}` : '';
  const same = equal ? `; the same run on both sides: seed ${equal.join(', ')}` : '';
  return `| ${text} | ${sides} | ${interval} | ${EXPECTED[expect.kind]} ${expect.bound} | ${seeds.length} | ${verdict}${without}${same}${other} |`;
}

/** Where the two decodings differ, it says which of them says what. */
function claimVerdict({ verdict, byDecoding }: ClaimResult): string {
  if (!byDecoding || byDecoding.sampled === byDecoding.greedy) return verdict;
  return `${verdict} (sampled: ${byDecoding.sampled}; greedy: ${byDecoding.greedy})`;
}

function claimLines(claim: ClaimResult): string[] {
  const lines = [
    `**${claim.id} ${claim.text}: ${claimVerdict(claim)}.**${claim.note === '' ? '' : ` ${claim.note}`}`,
    '',
  ];
  if (claim.checks.length === 0) return lines;
  return [
    ...lines,
    '| compared | left / right | difference [95 %] | expected | seeds | verdict |',
    '| --- | ---: | ---: | --- | ---: | --- |',
    ...claim.checks.map(checkRow),
    '',
  ];
}

function scoreTable(results: readonly RunResult[], cells: readonly string[]): string[] {
  const there = cells.filter((cell) =>
    results.some(({ name, stages }) => name === cell && stages.length > 0),
  );
  if (there.length === 0) return [];
  const cellOf = (cell: string, measure: MeasureName) =>
    levelText(estimateOf(results, cell, measure), 'points');
  const seedsOf = (cell: string) => estimateOf(results, cell, 'safe')?.n ?? 0;
  const uneven = new Set(there.map(seedsOf)).size > 1;
  // Runs of before 0.3.0 lack `helped`.
  const columns = withGreedy(SCORE_COLUMNS, results).filter((measure) =>
    there.some((cell) => estimateOf(results, cell, measure)),
  );
  const header = ['cell', 'seeds', ...columns.map((measure) => measureOf(measure).title)];
  const rows = there.map((cell) => [
    cell,
    String(seedsOf(cell)),
    ...columns.map((measure) => cellOf(cell, measure)),
  ]);
  return [
    markdown({ header, rows }, 1),
    '',
    ...(uneven
      ? [
          'Rows over other numbers of seeds are not to be held against each other: the comparisons above pair what both sides have.',
          '',
        ]
      : []),
  ];
}

function stabilityTable(results: readonly RunResult[]): string[] {
  const rows = cellsOfGroup(3).flatMap((cell) => {
    const runs = results.filter(({ name, status }) => name === cell && status !== 'missing');
    if (runs.length === 0) return [];
    const collapses = runs.filter(hasCollapsed).length;
    const largest = (read: (run: RunResult) => number | null) => {
      const values = runs.map(read).filter((value) => value !== null);
      return values.length > 0 ? extent(values)[1].toPrecision(3) : '-';
    };
    const figures = [largest((run) => run.figures.ratioMax), largest((run) => run.figures.klMax)];
    return [[cell, `${collapses} of ${runs.length}`, ...figures]];
  });
  if (rows.length === 0) return [];
  return [
    `${COLLAPSE} Runs of before 0.3.0 count as collapsed only where the guard stopped them, for their \`kl\` was another measure. Ratio and KL are the largest over all seeds.`,
    '',
    markdown({ header: ['cell', 'collapses', 'largest ratio', 'largest KL, nats'], rows }, 1),
    '',
  ];
}

function lacking(results: readonly RunResult[]): string[] {
  const cells = results.filter(({ kind }) => kind === 'cell');
  const absent = cells.filter(({ status }) => status === 'missing');
  // Cells that lack the same seeds stand together.
  const together = new Map<string, string[]>();
  for (const name of new Set(absent.map((run) => run.name))) {
    const seeds = absent
      .filter((run) => run.name === name)
      .map(({ seed }) => seed)
      .join(', ');
    together.set(seeds, [...(together.get(seeds) ?? []), name]);
  }
  const missingText =
    absent.length === 0 ? 'None is missing.' : `Missing: ${absent.length} of ${cells.length}.`;
  const failed = results.filter(({ status }) => status === 'failed').length;
  const ended = results.filter((run) => run.status === 'failed' || hasCollapsed(run));
  return [
    '## Runs that are missing, failed or collapsed',
    '',
    `${missingText}${failed === 0 ? '' : ` Failed: ${failed} of ${results.length}.`}`,
    '',
    ...[...together].map(([seeds, cells]) => `- without seed ${seeds}: ${cells.join(', ')}`),
    ...(absent.length > 0 ? [''] : []),
    ...ended.map(({ id, status, message, figures }) =>
      status === 'done'
        ? `- ${id} collapsed and went on: ${figures.breaches} RL iterations outside of the guard's bounds`
        : `- ${id} ${status}: ${message}`,
    ),
    ...(ended.length > 0 ? [''] : []),
  ];
}

/** Cells that gave the same runs, with the seeds for which they did; none where every run is its own. */
function repeatedRuns(results: readonly RunResult[]): string[] {
  const alike = new Map<string, RunResult[]>();
  for (const run of results) {
    if (run.kind !== 'cell' || run.stages.length === 0) continue;
    const key = JSON.stringify([run.seed, run.stages, run.figures]);
    alike.set(key, [...(alike.get(key) ?? []), run]);
  }
  const seedsOf = new Map<string, number[]>();
  for (const runs of alike.values()) {
    if (runs.length < 2) continue;
    const cells = runs.map(({ name }) => name).join(' = ');
    seedsOf.set(cells, [...(seedsOf.get(cells) ?? []), runs[0].seed]);
  }
  if (seedsOf.size === 0) return [];
  const list = [...seedsOf].map(([cells, seeds]) => `${cells} (seed ${seeds.join(', ')})`).join('; ');
  return [
    `- **Equal in every figure**, and so one piece of evidence: ${list}. What differs in their settings, such as a clip, never acted there.`,
  ];
}

function seedSentence([first, ...more]: readonly GridPart[]): string {
  const seeds = first?.seeds ?? [];
  const also = more.map((part) => `; ${part.cells.join(', ')} also with ${part.seeds.join(', ')}`);
  const list = `Seeds ${seeds.join(', ')}${also.join('')}`;
  if (seeds.length < 2 && more.length === 0)
    return `${list}: one seed gives no interval, so no verdict but unclear.`;
  const few =
    seeds.length <= 3 ? ' With two or three the intervals are wide: t has few degrees of freedom.' : '';
  return `${list}. Differences are paired by seed, with the 95 % t interval over the seeds that both sides have.${few}`;
}

function markdownOf(
  input: ReportInput,
  claims: readonly ClaimResult[],
  drawn: readonly Figure[],
  resultsPath: string,
): string {
  const { results, parts, preset } = input;
  const picture = (file: string) =>
    drawn
      .filter((one) => one.file === file)
      .flatMap(({ alt }) => [`![${alt}](${FIGURE_FOLDER}/${file})`, '']);
  const note = correctionNote(results.map(({ code }) => code));
  const groups = GROUPS.filter((group) => claims.some((claim) => claim.group === group));
  return [
    '# Results',
    '',
    `Written by \`npm run reproduce\` from the runs themselves; do not edit. All numbers are in [one JSON file](${resultsPath}).`,
    '',
    ...(note === null ? [] : [`**${note}**`, '']),
    ...picture('story.svg'),
    '```sh',
    input.command,
    '```',
    '',
    `- Preset ${preset || 'none'}, grid ${input.grid}. The preset was tuned on another seed. The oracle judges, on held-out prompts.`,
    `- ${seedSentence(parts)}`,
    `- ${originSentence(results)}`,
    ...codeLines(results),
    '- A claim holds where every comparison does: both limits of the interval on the expected side of the bound.',
    '  It does not hold where both limits of one lie on the other side; else it is unclear.',
    ...repeatedRuns(results),
    '- A comparison of runs that are equal for all seeds, or of no collapse with none, is unclear.',
    '- Intervals of scores by cell are cut at 0 and 100; those of differences are not cut.',
    '- What is not declined need not be answered well: `harmless helped` counts what the oracle calls helpful. What a table lacks was not measured: older runs have neither that score nor the shares of nonsense.',
    '- Over-refusal is the share of harmless requests that are declined: refused, or warned off. `of these refused` is the part that is refused.',
    '- The mean score is over safe, twins, 100 - attack success (known, held-out), 100 - declined, value, reasoning, knowledge, instruction.',
    '',
    '| claim | | verdict |',
    '| --- | --- | --- |',
    ...claims.map((claim) => `| ${claim.id} | ${claim.text} | ${claimVerdict(claim)} |`),
    '',
    ...groups.flatMap((group) => [
      `## ${group}. ${CLAIM_GROUPS[group]}`,
      '',
      ...picture(`claim-${group}.svg`),
      ...claims.filter((claim) => claim.group === group).flatMap(claimLines),
      ...scoreTable(results, cellsOfGroup(group)),
      ...(group === 3 ? stabilityTable(results) : []),
    ]),
    ...lacking(results),
  ].join('\n');
}

/**
 * The whole report. Claims of other grids are left out.
 * @param resultsPath where the JSON lies, as seen from the folder of the report.
 */
export function report(input: ReportInput, resultsPath = 'results.json'): Report {
  const asked = CLAIMS.filter(({ grid }) => input.grid === 'all' || input.grid === grid);
  const claims = claimResults(asked, input.results);
  const drawn = figures(
    input.results,
    claims.map(({ group }) => group),
  );
  const { results, ...head } = input;
  return {
    markdown: markdownOf(input, claims, drawn, resultsPath),
    json: resultsJson({ kind: 'cosmo-results', ...head, claims }, results),
    figures: drawn,
  };
}
