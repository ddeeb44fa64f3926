// The evaluation as a table: a row per score, a column per stage; as text for the terminal, Markdown and JSON.

import { percent } from '../base/format.ts';
import { fixedWidth, type Grid, markdown } from '../base/textTable.ts';
import { findScore, isShown, shownScores } from '../terms/scores.ts';
import type { StageEvaluation, SuiteScore } from '../terms/suites.ts';
import { compareStages } from './compare.ts';

export type TableFormat = 'text' | 'markdown' | 'json';

const LEFT_COLUMNS = 2;
const NOT_MEASURED = '-';

const signed = (points: number) => `${points >= 0 ? '+' : ''}${points.toFixed(1)}`;
const arrow = (better: SuiteScore['better']) => (better === 'higher' ? '(up)' : '(down)');

/** `62.5 [53.6, 70.6]`: percent with its 95 % interval. */
export function formatScoreCell(score: Pick<SuiteScore, 'value' | 'low' | 'high'>): string {
  return `${percent(score.value)} [${percent(score.low)}, ${percent(score.high)}]`;
}

/** A stage name, with its place where the plan repeats a stage. */
function stageTitles(stages: readonly StageEvaluation[]): string[] {
  return stages.map(({ stage }, i) => {
    const same = stages.filter((other) => other.stage === stage);
    if (same.length === 1) return stage;
    return `${stage}#${stages.slice(0, i + 1).filter((other) => other.stage === stage).length}`;
  });
}

function evaluationGrid(stages: readonly StageEvaluation[]): Grid {
  return {
    header: ['suite', 'metric', 'n', ...stageTitles(stages)],
    rows: shownScores(stages).map(({ suite, metric, better, n }) => [
      suite,
      `${metric} ${arrow(better)}`,
      String(n),
      ...stages.map(({ scores }) => {
        const score = findScore(scores, suite, metric);
        return score ? formatScoreCell(score) : NOT_MEASURED;
      }),
    ]),
  };
}

function render(grid: Grid, format: 'text' | 'markdown'): string {
  return format === 'text' ? fixedWidth(grid, LEFT_COLUMNS) : markdown(grid, LEFT_COLUMNS);
}

/** Evaluations per stage: percent with the 95 % interval; `(up)` and `(down)` say which way is better. */
export function evaluationTable(stages: readonly StageEvaluation[], format: TableFormat): string {
  return format === 'json' ? JSON.stringify(stages, null, 2) : render(evaluationGrid(stages), format);
}

/** Two stages side by side with the difference in points, its 95 % interval, and whether that is an improvement. */
export function comparisonTable(
  before: StageEvaluation,
  after: StageEvaluation,
  format: TableFormat,
): string {
  const differences = compareStages(before, after);
  if (format === 'json') return JSON.stringify(differences, null, 2);
  const [beforeTitle, afterTitle] = stageTitles([before, after]);
  return render(
    {
      header: ['suite', 'metric', beforeTitle, afterTitle, 'points', '95 %', 'change'],
      rows: differences
        .filter(({ after: score }) => isShown(score))
        .map((difference) => [
          difference.suite,
          `${difference.metric} ${arrow(difference.better)}`,
          percent(difference.before.value),
          percent(difference.after.value),
          signed(difference.points),
          `[${signed(difference.lowPoints)}, ${signed(difference.highPoints)}]`,
          difference.change,
        ]),
    },
    format,
  );
}
