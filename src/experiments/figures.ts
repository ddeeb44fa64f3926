// The figures of the report: the story, and one for each group of claims whose runs are there.

import { type DotSeries, dotFigure } from '../figures/dots.ts';
import { SCORES } from '../terms/scores.ts';
import { CLAIM_GROUPS, type Claim } from './claims.ts';
import { cellsOfGroup, findCell, GROUPS } from './grid.ts';
import { estimateOf, type MeasureName, type Moment, measureOf, type RunResult } from './results.ts';
import { storyFigure } from './storyFigure.ts';

export type Figure = { file: string; alt: string; svg: string };

const KEY_MEASURES: readonly MeasureName[] = SCORES.filter(
  (name) => name !== 'format' && name !== 'filtered',
);
const FEW_MEASURES = [
  'safe',
  'declined',
  'helped',
  'attack-seen',
  'reasoning',
  'instruction',
  'mean',
] as const;

const titleOf = (measure: MeasureName) => {
  const { title, better } = measureOf(measure);
  return `${title} (${better === 'higher' ? 'up' : 'down'})`;
};

type Drawing = { rows: readonly string[]; series: readonly DotSeries[] };

/** Rows are measures, colours are moments of one cell. */
function byStage(results: readonly RunResult[]): Drawing {
  const moments = { sft: 'SFT', stage1: 'stage 1', final: 'stage 2' } as const;
  // Runs of before 0.3.0 lack `helped`.
  const measured = KEY_MEASURES.filter((measure) => estimateOf(results, 'joint', measure, 'sft'));
  const series = (Object.keys(moments) as Moment[]).map((moment) => ({
    name: moments[moment],
    values: measured.map((measure) => estimateOf(results, 'joint', measure, moment)),
  }));
  return { rows: measured.map(titleOf), series };
}

/** Rows are measures, colours are cells. */
function byMeasure(results: readonly RunResult[], cells: readonly string[]): Drawing {
  const measured = FEW_MEASURES.filter((measure) => cells.some((cell) => estimateOf(results, cell, measure)));
  const series = cells.map((cell) => ({
    name: findCell(cell).title,
    values: measured.map((measure) => estimateOf(results, cell, measure)),
  }));
  return { rows: measured.map(titleOf), series };
}

/** Rows are cells, colours are measures. Cells without a result are left out. */
function byCell(
  results: readonly RunResult[],
  cells: readonly string[],
  ...measures: MeasureName[]
): Drawing {
  const found = cells.filter((cell) => measures.some((measure) => estimateOf(results, cell, measure)));
  // The default alone compares nothing.
  const there = found.length < 2 ? [] : found;
  const series = measures.map((measure) => ({
    name: titleOf(measure),
    values: there.map((cell) => estimateOf(results, cell, measure)),
  }));
  return { rows: there.map((cell) => findCell(cell).title), series };
}

/** The story and the figures of some groups, as far as the results allow them, in the order of the report. */
export function figures(results: readonly RunResult[], groups: readonly number[]): Figure[] {
  const drawings: { readonly [group in Claim['group']]: Drawing } = {
    1: byStage(results),
    2: byMeasure(results, cellsOfGroup(2)),
    3: byCell(results, cellsOfGroup(3), 'mean'),
    4: byCell(results, cellsOfGroup(4), 'mean', 'declined', 'attack-seen'),
    5: byMeasure(results, cellsOfGroup(5)),
    6: byCell(results, cellsOfGroup(6), 'safe', 'attack-heldout', 'mean'),
  };
  const story = storyFigure(results);
  const shown = GROUPS.filter((group) => groups.includes(group)).flatMap((group): Figure[] => {
    const { rows, series } = drawings[group];
    const single = series.length === 1 ? `${series[0].name}, ` : '';
    const axis = `${single}%, mean over seeds with its 95 % t interval`;
    const svg = dotFigure({ title: CLAIM_GROUPS[group], axis, rows, series });
    return svg === null ? [] : [{ file: `claim-${group}.svg`, alt: CLAIM_GROUPS[group], svg }];
  });
  if (story === null) return shown;
  return [{ file: 'story.svg', alt: 'Safety and helpfulness by stage', svg: story }, ...shown];
}
