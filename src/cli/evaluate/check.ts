// Holds measured figures to those of the list of released models. Pure.

import type { StageEvaluation } from '../../evaluation/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import type { HeadReport } from '../../terms/heads.ts';
import type { SuiteScore } from '../../terms/suites.ts';

type Figure = { value: number; n: number };

/**
 * One line per figure that is not the released one to the last digit, or that only one side has, in the stages that were measured.
 * `heads`: null where they were not measured.
 */
export function differences(
  release: ReleasedModel,
  stages: readonly StageEvaluation[],
  heads: readonly HeadReport[] | null,
): string[] {
  const lines = stages.flatMap(({ stage, scores }) => {
    const known = release.stages.find((each) => each.stage === stage)?.scores ?? [];
    return compared(stage, figures(known), figures(scores));
  });
  return heads ? [...lines, ...compared('heads', ofHeads(release.heads.reports), ofHeads(heads))] : lines;
}

const figures = (scores: readonly SuiteScore[]) =>
  new Map(
    scores.map(({ suite, metric, value, n }): [string, Figure] => [`${suite} ${metric}`, { value, n }]),
  );

const ofHeads = (reports: readonly HeadReport[]) =>
  new Map(
    reports.flatMap(({ head, accuracy, ece, n }): [string, Figure][] => [
      [`${head} accuracy`, { value: accuracy, n }],
      [`${head} calibration error`, { value: ece, n }],
    ]),
  );

function compared(
  stage: string,
  known: ReadonlyMap<string, Figure>,
  found: ReadonlyMap<string, Figure>,
): string[] {
  return [...new Set([...known.keys(), ...found.keys()])].flatMap((name) => {
    const [released, measured] = [known.get(name), found.get(name)];
    if (released && measured && released.value === measured.value && released.n === measured.n) return [];
    const text = (figure?: Figure) => (figure ? `${figure.value} of ${figure.n}` : 'none');
    return [`${stage} ${name}: ${text(measured)}, released ${text(released)}`];
  });
}

export type Change = {
  /** Percentage points of the figure that moved most, and its name. */
  points: number;
  what: string;
  /** Figures outside of the interval that they had before. */
  outside: readonly string[];
};

/** What became of the figures from one form of the weights to another. */
export function largestChange(
  before: { stages: readonly StageEvaluation[]; heads: readonly HeadReport[] },
  after: { stages: readonly StageEvaluation[]; heads: readonly HeadReport[] },
): Change {
  const pairs = [
    ...before.stages.flatMap(({ stage, scores }) =>
      scores.map((score) => ({
        what: `${score.suite} ${score.metric} after ${stage}`,
        score,
        now: after.stages
          .find((each) => each.stage === stage)
          ?.scores.find(({ suite, metric }) => suite === score.suite && metric === score.metric)?.value,
      })),
    ),
    ...before.heads.map((report) => ({
      what: `accuracy of the head ${report.head}`,
      score: { value: report.accuracy, low: report.low, high: report.high },
      now: after.heads.find(({ head }) => head === report.head)?.accuracy,
    })),
  ];
  let most: Change = { points: 0, what: 'none', outside: [] };
  const outside: string[] = [];
  for (const { what, score, now } of pairs) {
    if (now === undefined) throw new Error(`${what} was measured before and not after`);
    const points = 100 * Math.abs(now - score.value);
    if (points > most.points) most = { points, what, outside };
    if (now < score.low || now > score.high) outside.push(what);
  }
  return { ...most, outside };
}
