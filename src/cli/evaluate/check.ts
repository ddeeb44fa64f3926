// Holds figures to others: those of the list of released models, or those of the same weights in another form. Pure.

import { countText } from '../../base/format.ts';
import type { StageEvaluation } from '../../evaluation/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { DECODINGS, decoded } from '../../terms/decodings.ts';
import type { HeadReport } from '../../terms/heads.ts';
import type { DecodedScores } from '../../terms/suites.ts';

export type Figures = {
  stages: readonly ({ stage: string } & DecodedScores)[];
  heads: readonly HeadReport[];
};

/** `count`: n with the effective n; `interval`: 95 %, null where none is known. */
type Figure = { value: number; count: string; interval: readonly [low: number, high: number] | null };

/** By name, as a sentence calls them. */
function byName({ stages, heads }: Figures): ReadonlyMap<string, Figure> {
  const ofStages = stages.flatMap((each) =>
    DECODINGS.flatMap((decoding) =>
      decoded(each, decoding).scores.map(
        ({ suite, metric, value, low, high, ...counts }): [string, Figure] => [
          `${suite} ${metric} after ${each.stage}, ${decoding}`,
          { value, count: countText(counts), interval: [low, high] },
        ],
      ),
    ),
  );
  const ofHeads = heads.flatMap(({ head, accuracy, low, high, ece, ...counts }): [string, Figure][] => [
    [`accuracy of the head ${head}`, { value: accuracy, count: countText(counts), interval: [low, high] }],
    [`calibration error of the head ${head}`, { value: ece, count: String(counts.n), interval: null }],
  ]);
  return new Map([...ofStages, ...ofHeads]);
}

/**
 * One line per figure that is not the released one to the last digit, or that only one side has, in the stages that were measured.
 * `heads`: null where they were not measured.
 */
export function differences(
  release: ReleasedModel,
  stages: readonly StageEvaluation[],
  heads: readonly HeadReport[] | null,
): string[] {
  const wanted = release.stages.filter(({ stage }) => stages.some((each) => each.stage === stage));
  const known = byName({ stages: wanted, heads: heads ? release.heads.reports : [] });
  const found = byName({ stages, heads: heads ?? [] });
  const text = (figure?: Figure) => (figure ? `${figure.value} of ${figure.count}` : 'none');
  return [...new Set([...known.keys(), ...found.keys()])].flatMap((name) => {
    const [measured, released] = [text(found.get(name)), text(known.get(name))];
    return measured === released ? [] : [`${name}: ${measured}, released ${released}`];
  });
}

export type Change = {
  /** Percentage points of the figure that moved most, and its name. */
  points: number;
  what: string;
  /** Figures outside of the interval that they had before. */
  outside: readonly string[];
};

/** What became of the figures that have an interval. */
export function largestChange(before: Figures, after: Figures): Change {
  const found = byName(after);
  let [points, what] = [0, 'none'];
  const outside: string[] = [];
  for (const [name, { value, interval }] of byName(before)) {
    if (!interval) continue;
    const now = found.get(name)?.value;
    if (now === undefined) throw new Error(`${name} was measured before and not after`);
    const moved = 100 * Math.abs(now - value);
    if (moved > points) [points, what] = [moved, name];
    if (now < interval[0] || now > interval[1]) outside.push(name);
  }
  return { points, what, outside };
}
