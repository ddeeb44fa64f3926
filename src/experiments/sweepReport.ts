// The report on a plan: report.md, results.json, results.csv and figures as text, from the results of its runs.

import { markdown } from '../base/textTable.ts';
import { bootstrapEstimate } from '../statistics/bootstrap.ts';
import type { PlanCell } from './cells.ts';
import { type Comparison, comparisons, planLevel } from './compare.ts';
import type { Expansion } from './expand.ts';
import { allSeeds, baseText, looksOf, type Plan } from './planFile.ts';
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
  MEASURES,
  type MeasureName,
  measureOf,
  type RunResult,
  withGreedy,
} from './results.ts';
import { runsCsv } from './runsCsv.ts';
import { sweepFigures } from './sweepFigures.ts';

export type SweepInput = {
  plan: Plan;
  cells: Expansion['cells'];
  /** The command that gives this again. */
  command: string;
  /** Every run of the plan, those without a result too. */
  results: readonly RunResult[];
};

/** By path below the folder of the report. */
export type SweepReport = { readonly [path: string]: string };

const percent = (share: number) => `${Number((100 * share).toPrecision(3))} %`;

/** A verdict with what it rests on, in words. */
export function verdictText(comparison: Comparison, equal: number): string {
  const { verdict, difference, smallest, needed, metric, seeds } = comparison;
  const { unit } = measureOf(metric);
  switch (verdict) {
    case 'better':
    case 'worse':
      return `**${verdict}** by ${number(Math.abs(difference?.mean ?? 0), unit)}`;
    case 'equal':
      return `equal within ${equal} ${equal === 1 ? 'point' : 'points'}`;
    case 'same':
      return 'the same runs: what differs never acted';
    case 'not measured':
      return `not measured: ${seeds.length === 0 ? 'no seed has' : 'one seed alone has'} both`;
    case 'unclear': {
      const told = `no difference larger than ${number(smallest ?? 0, unit)} could be told`;
      if (needed === null) return told;
      const seedsText = Number.isFinite(needed) && needed < 10_000 ? String(needed) : 'more than 10000';
      return `${told}; ${seedsText} seeds would tell one of ${number(Math.abs(difference?.mean ?? 0), unit)}`;
    }
  }
}

/** Where the cells stand to the base cell in one metric, in a sentence; empty where nothing is told yet. */
export function conclusionText(
  metric: MeasureName,
  cells: readonly PlanCell[],
  comparisons: readonly Comparison[],
): string {
  const own = comparisons.filter((one) => one.metric === metric && one.verdict !== 'not measured');
  const base = cells.find(({ name }) => !comparisons.some(({ cell }) => cell === name));
  const named = (...verdicts: Comparison['verdict'][]) =>
    own
      .filter(({ verdict }) => verdicts.includes(verdict))
      .map(({ cell }) => cells.find(({ name }) => name === cell)?.title ?? cell)
      .join(', ');
  const parts = [
    ['better', named('better')],
    ['worse', named('worse')],
    ['equal', named('equal', 'same')],
    ['not told apart', named('unclear')],
  ].flatMap(([what, names]) => (names ? [`${what}: ${names}`] : []));
  return base && parts.length > 0
    ? `${measureOf(metric).title}, against ${base.title}: ${parts.join('; ')}.`
    : '';
}

/** How the verdicts were made, in a few sentences. */
function method(plan: Plan, cells: readonly PlanCell[]): string[] {
  const looks = looksOf(plan);
  const level = planLevel(plan);
  const added = plan.addedSeeds.map((seeds) => seeds.join(', ')).join('; then ');
  const others = cells.length - 1;
  return [
    `- Differences are paired by seed. Interval and verdict are those of the paired t test at ${percent(level)}, two-sided${others > 1 ? `, corrected for ${others} cells by Holm: an interval leaves out 0 exactly where the verdict is better or worse` : ''}. Each metric is a question of its own.`,
    ...(looks > 1
      ? [
          `- **Seeds were added after a look** (${added}). The 5 % are shared by ${looks} looks, by Bonferroni: ${percent(level)} each. Whoever acted on an earlier verdict has that chance of a false alarm besides.`,
        ]
      : []),
    `- Equal: the difference lies within ±${plan.equal} points (two one-sided tests). What could be told, and how many seeds would tell it: with a chance of 80 %, from the spread of these differences.`,
  ];
}

function metricTable(input: SweepInput, metric: MeasureName, found: readonly Comparison[]): string[] {
  const { cells, results, plan } = input;
  const { title, unit, better } = measureOf(metric);
  const rows = cells.map((cell) => {
    const estimate = estimateOf(results, cell.name, metric);
    const row = found.find((one) => one.cell === cell.name && one.metric === metric);
    const collapsed = results.filter((run) => run.name === cell.name && hasCollapsed(run)).length;
    const seeds = `${estimate?.n ?? 0}${collapsed > 0 ? `, ${collapsed} collapsed` : ''}`;
    const own = [cell.title, seeds, levelText(estimate, unit)];
    if (!row) return [...own, '', '', 'base'];
    const p = row.adjustedP === null ? '-' : row.adjustedP < 0.001 ? '< 0.001' : row.adjustedP.toFixed(3);
    const interval = withInterval(row.difference, (value) => signed(value, unit));
    return [...own, interval, p, verdictText(row, plan.equal)];
  });
  const header = ['cell', 'seeds', `${title} [95 %]`, 'difference to base', 'p (Holm)', 'verdict'];
  return [
    `## ${title[0].toUpperCase()}${title.slice(1)} (${better} is better)`,
    '',
    markdown({ header, rows }, 1),
    '',
  ];
}

/** Runs without a result to compare, counted and named; a collapse is a result. */
function runLines({ results }: SweepInput): string[] {
  const runs = results.filter(({ kind }) => kind === 'cell');
  const of = (status: RunResult['status']) => runs.filter((run) => run.status === status);
  const collapsed = runs.filter(hasCollapsed);
  const lines = results.flatMap((run) => {
    if (run.status === 'failed' || run.status === 'collapsed')
      return [`- ${run.id} ${run.status}: ${run.message}`];
    if (run.status === 'missing') return [`- ${run.id} has no result yet`];
    return hasCollapsed(run)
      ? [
          `- ${run.id} collapsed and went on: ${run.figures.breaches} RL iterations outside of the guard's bounds`,
        ]
      : [];
  });
  return [
    '## Runs',
    '',
    `${of('done').length} of ${runs.length} done, ${collapsed.length} collapsed, ${of('failed').length} failed, ${of('missing').length} missing. A run that collapsed or failed has no final score: its seed is left out of the comparisons of its cell.`,
    ...(lines.length > 0 ? ['', ...lines] : []),
    '',
  ];
}

function markdownOf(input: SweepInput, found: readonly Comparison[], figures: ReadonlyMap<string, string>) {
  const { plan, cells, results, command } = input;
  const overrides = Object.entries(plan.overrides).map(([key, value]) => `${key} ${JSON.stringify(value)}`);
  const base = cells.find(({ isBase }) => isBase);
  const pictures = [...figures.keys()].map((file) => `![${file}](${file})`);
  return [
    `# ${plan.name}`,
    '',
    'Written by `npm run sweep` from the runs themselves. All numbers are in results.json, a line for each run in results.csv.',
    '',
    '```sh',
    command,
    '```',
    '',
    `- Base: ${baseText(plan.base)}${overrides.length > 0 ? ` with ${overrides.join(', ')}` : ''}. Compared with the cell ${base?.title}.`,
    `- Seeds ${allSeeds(plan).join(', ')}. The oracle judges, on held-out prompts, after the last stage.`,
    `- ${originSentence(results)}`,
    ...codeLines(results),
    ...method(plan, cells),
    '',
    ...withGreedy(plan.metrics, results).flatMap((metric) => [
      ...metricTable(input, metric, found),
      ...pictures.filter(
        (line) => line.includes(`/${metric}.svg`) || line.includes(`/${metric}-difference.svg`),
      ),
      '',
    ]),
    ...runLines(input),
  ].join('\n');
}

/** Everything that a plan's results are written as. */
export function sweepReport(input: SweepInput): SweepReport {
  const { plan, cells, results, command } = input;
  const found = comparisons(plan, cells, results);
  const figures = sweepFigures(plan, cells, results, found);
  const shown = found.map((row) => {
    const bootstrap = bootstrapEstimate(row.differences, { confidence: 1 - row.level });
    return { ...row, bootstrap };
  });
  const head = { kind: 'cosmo-sweep', version: 1, command, plan, cells, comparisons: shown };
  return {
    ...Object.fromEntries(figures),
    'results.json': resultsJson(head, results),
    'results.csv': runsCsv(plan, cells, results, Object.keys(MEASURES) as MeasureName[]),
    'report.md': markdownOf(input, found, figures),
  };
}
