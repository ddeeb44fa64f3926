// The evaluation as a table: a row per score, a column per stage; as text for the terminal or Markdown.

import { countText, percent } from '../base/format.ts';
import { fixedWidth, type Grid, markdown } from '../base/textTable.ts';
import { DECODING_TABLE, DECODINGS, decoded, isMeasured } from '../terms/decodings.ts';
import { changeOf, findScore, isFiltered, isShown, shownScores } from '../terms/scores.ts';
import type { StageEvaluation, SuiteScore } from '../terms/suites.ts';

const LAYOUTS = { text: fixedWidth, markdown } as const;
type TableFormat = keyof typeof LAYOUTS;

const LEFT_COLUMNS = 2;
const NOT_MEASURED = 'not measured';

const signed = (points: number) => `${points >= 0 ? '+' : ''}${points.toFixed(1)}`;
const arrow = (better: SuiteScore['better']) => (better === 'higher' ? '(up)' : '(down)');

/** `62.5 [53.6, 70.6]`: percent with its 95 % interval. */
export function formatScoreCell(score: Pick<SuiteScore, 'value' | 'low' | 'high'>): string {
  return `${percent(score.value)} [${percent(score.low)}, ${percent(score.high)}]`;
}

/** A stage name, with its place where the plan repeats a stage, and whether a filter stood in front of the policy. */
export function stageTitles(stages: readonly StageEvaluation[]): string[] {
  return stages.map((each, i) => {
    const { stage } = each;
    const place = stages.slice(0, i + 1).filter((other) => other.stage === stage).length;
    const repeated = stages.filter((other) => other.stage === stage).length > 1;
    return `${stage}${repeated ? `#${place}` : ''}${isFiltered(each) ? ' (filtered)' : ''}`;
  });
}

function evaluationGrid(stages: readonly StageEvaluation[]): Grid {
  return {
    header: ['suite', 'metric', 'n (effective)', ...stageTitles(stages)],
    rows: shownScores(stages).map(({ suite, metric, better, ...counts }) => [
      suite,
      `${metric} ${arrow(better)}`,
      countText(counts),
      ...stages.map(({ scores }) => {
        const score = findScore(scores, suite, metric);
        return score ? formatScoreCell(score) : NOT_MEASURED;
      }),
    ]),
  };
}

/** Evaluations per stage: percent with the 95 % interval; `(up)` and `(down)` say which way is better. */
export function evaluationTable(stages: readonly StageEvaluation[], format: TableFormat): string {
  return LAYOUTS[format](evaluationGrid(stages), LEFT_COLUMNS);
}

/** What `render` makes of the stages in each decoding, under a line that names it. */
export function byDecoding(
  stages: readonly StageEvaluation[],
  render: (stages: readonly StageEvaluation[]) => string,
): string {
  const parts = DECODINGS.map((decoding) => {
    const { title, help } = DECODING_TABLE[decoding];
    if (!isMeasured(stages, decoding)) return `${title} (${help}): not measured.`;
    return `${title} (${help}):\n\n${render(stages.map((each) => decoded(each, decoding)))}`;
  });
  return parts.join('\n\n');
}

/** `evaluationTable` in each decoding. */
export function evaluationTables(stages: readonly StageEvaluation[], format: TableFormat): string {
  return byDecoding(stages, (each) => evaluationTable(each, format));
}

/** Markdown: two stages side by side with the difference in points, its 95 % interval (Newcombe), and whether that is an improvement. */
export function comparisonTable(before: StageEvaluation, after: StageEvaluation): string {
  const header = ['suite', 'metric', ...stageTitles([before, after]), 'points', '95 %', 'change'];
  const rows = after.scores.filter(isShown).flatMap((score) => {
    const { suite, metric, better } = score;
    const earlier = findScore(before.scores, suite, metric);
    const change = changeOf(before.scores, after.scores, score);
    if (!earlier || !change) return [];
    const { value, low, high, verdict } = change;
    const [points, lowPoints, highPoints] = [value, low, high].map((share) => signed(100 * share));
    return [
      [
        suite,
        `${metric} ${arrow(better)}`,
        percent(earlier.value),
        percent(score.value),
        points,
        `[${lowPoints}, ${highPoints}]`,
        verdict,
      ],
    ];
  });
  return markdown({ header, rows }, LEFT_COLUMNS);
}
