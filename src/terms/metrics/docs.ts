// The reference of all metrics as Markdown, made from the table (`npm run docs`).

import { markdown } from '../../base/textTable.ts';
import { METRIC_GROUPS, type MetricChart } from './index.ts';
import { type Metric, type Range, UNITS } from './metric.ts';

const REFERENCE_WORDS = {
  chance: 'guessing',
  start: 'before RL',
  best: 'the oracle’s best answers',
} as const;
const STAGE_WORDS = { sft: 'SFT', heads: 'heads', rl: 'RL' } as const;

function rangeText([low, high]: Range): string {
  if (low === null) return high === null ? 'any' : `up to ${high}`;
  return high === null ? `from ${low}` : `${low} to ${high}`;
}

function cells({
  name,
  title,
  about,
  unit,
  better,
  references = [],
  stages = ['rl'],
  source,
  range = UNITS[unit],
}: Metric) {
  return [
    `\`${name}\``,
    title,
    about,
    unit === 'size' ? 'number' : unit,
    rangeText(range),
    better ?? '–',
    references.map((kind) => REFERENCE_WORDS[kind]).join(', ') || '–',
    stages.map((kind) => STAGE_WORDS[kind]).join(', '),
    source ?? '–',
  ];
}

const HEAD = ['name', 'line', 'what it is', 'unit', 'range', 'better', 'compared with', 'stages', 'also in'];

function chartMarkdown({ title, hint, lines }: MetricChart): string {
  const table = markdown({ header: HEAD, rows: lines.map(cells) }, HEAD.length);
  return [`### ${title}`, '', hint, '', table, ''].join('\n');
}

/** The whole text of docs/METRICS.md. */
export function metricsMarkdown(): string {
  const parts = [
    '# Metrics',
    '',
    'Made from the table in `src/terms/metrics/` by `npm run docs`: edit the table, not this file.',
    'A row per metric, under the name by which it is stored and exported (`metrics.csv`), in the charts of the page.',
    '“also in” names TRL where name and formula are those of TRL, and the same number in verl.',
    'A `score` is a reward term before its weight, a `reward` the weighted sum of the terms.',
    '',
  ];
  for (const { title, about, charts } of METRIC_GROUPS) {
    parts.push(`## ${title}`, '', about, '');
    for (const chart of charts) parts.push(chartMarkdown(chart));
  }
  return `${parts.join('\n').trimEnd()}\n`;
}
