// The figures of the report: the story, and one for each group of claims whose runs are there.

import { type DotSeries, dotFigure } from '../figures/dots.ts';
import { SCORES } from '../terms/scores.ts';
import { CLAIM_GROUPS } from './claims.ts';
import { findCell, GROUP_CELLS } from './grid.ts';
import { type MeasureName, type Moment, measureOf, type RunResult } from './results.ts';
import { type Estimate, meanEstimate } from './statistics.ts';
import { storyFigure } from './storyFigure.ts';

export type Figure = { file: string; alt: string; svg: string };

/** A measure of a cell over its seeds. */
export function estimateOf(
  results: readonly RunResult[],
  cell: string,
  measure: MeasureName,
  moment: Moment = 'final',
): Estimate | null {
  const values = results
    .filter(({ name }) => name === cell)
    .map((run) => measureOf(measure).read(run, moment))
    .filter((value) => value !== null);
  return meanEstimate(values);
}

const KEY_MEASURES: readonly MeasureName[] = SCORES.filter((name) => name !== 'format');
const FEW_MEASURES: readonly MeasureName[] = [
  'safe',
  'declined',
  'attack-seen',
  'reasoning',
  'instruction',
  'mean',
];

const titleOf = (measure: MeasureName) => {
  const { title, better } = measureOf(measure);
  return `${title} (${better === 'higher' ? 'up' : 'down'})`;
};

/** Rows are measures, colours are moments of one cell. */
function byStage(results: readonly RunResult[]): string | null {
  const moments: readonly [Moment, string][] = [
    ['sft', 'SFT'],
    ['stage1', 'stage 1'],
    ['final', 'stage 2'],
  ];
  const series = moments.map(([moment, name]) => ({
    name,
    values: KEY_MEASURES.map((measure) => estimateOf(results, 'joint', measure, moment)),
  }));
  return figureOf(1, KEY_MEASURES.map(titleOf), series);
}

/** Rows are measures, colours are cells. */
function byMeasure(group: 2 | 5, results: readonly RunResult[], cells: readonly string[]): string | null {
  const series = cells.map((cell) => ({
    name: findCell(cell).title,
    values: FEW_MEASURES.map((measure) => estimateOf(results, cell, measure)),
  }));
  return figureOf(group, FEW_MEASURES.map(titleOf), series);
}

/** Rows are cells, colours are measures. Cells without a result are left out. */
function byCell(
  group: 3 | 4 | 6,
  results: readonly RunResult[],
  cells: readonly string[],
  measures: readonly MeasureName[],
): string | null {
  const there = cells.filter((cell) => measures.some((measure) => estimateOf(results, cell, measure)));
  // The default alone compares nothing.
  if (there.length < 2) return null;
  const series = measures.map((measure) => ({
    name: titleOf(measure),
    values: there.map((cell) => estimateOf(results, cell, measure)),
  }));
  const rows = there.map((cell) => findCell(cell).title);
  return figureOf(group, rows, series);
}

function figureOf(
  group: keyof typeof CLAIM_GROUPS,
  rows: readonly string[],
  series: readonly DotSeries[],
): string | null {
  const single = series.length === 1 ? `${series[0].name}, ` : '';
  const axis = `${single}%, mean over seeds with its 95 % t interval`;
  return dotFigure({ title: CLAIM_GROUPS[group], axis, rows, series });
}

/** The story and the figures of some groups, as far as the results allow them, in the order of the report. */
export function figures(results: readonly RunResult[], groups: readonly number[]): Figure[] {
  const drawn: [string, string, string | null][] = [
    ['story', 'Safety and helpfulness by stage', storyFigure(results)],
    ['claim-1', CLAIM_GROUPS[1], byStage(results)],
    ['claim-2', CLAIM_GROUPS[2], byMeasure(2, results, GROUP_CELLS[2])],
    ['claim-3', CLAIM_GROUPS[3], byCell(3, results, GROUP_CELLS[3], ['mean'])],
    ['claim-4', CLAIM_GROUPS[4], byCell(4, results, GROUP_CELLS[4], ['mean', 'declined', 'attack-seen'])],
    ['claim-5', CLAIM_GROUPS[5], byMeasure(5, results, GROUP_CELLS[5])],
    ['claim-6', CLAIM_GROUPS[6], byCell(6, results, GROUP_CELLS[6], ['safe', 'attack-heldout', 'mean'])],
  ];
  const wanted = ['story', ...groups.map((group) => `claim-${group}`)];
  return drawn.flatMap(([name, alt, svg]) =>
    svg === null || !wanted.includes(name) ? [] : [{ file: `${name}.svg`, alt, svg }],
  );
}
