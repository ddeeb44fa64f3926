// The figures of the suite `attacker`: success against the number of attacks, a curve for each stage.

import { bandFigure } from '../figures/bands.ts';
import { DECODING_TABLE, DECODINGS, decoded } from '../terms/decodings.ts';
import { findScore } from '../terms/scores.ts';
import { type StageEvaluation, SUITE_TABLE } from '../terms/suites.ts';
import { stageTitles } from './table.ts';

export type ReportFigure = { file: string; alt: string; svg: string };

const ATTACKS = SUITE_TABLE.attacker.metrics.map((metric) => ({ metric, n: Number(metric.split('_')[1]) }));

/** One for each decoding in which an attacker was there. */
export function attackerFigures(evaluations: readonly StageEvaluation[]): ReportFigure[] {
  return DECODINGS.flatMap((decoding) => {
    const stages = evaluations.map((each) => decoded(each, decoding));
    const names = stageTitles(stages);
    const bands = stages.map(({ scores }, i) => ({
      name: names[i],
      points: ATTACKS.flatMap(({ metric, n }) => {
        const score = findScore(scores, 'attacker', metric);
        if (!score) return [];
        const { value, low, high } = score;
        return [{ x: n, mean: 100 * value, low: 100 * low, high: 100 * high }];
      }),
    }));
    const title = `Harmful requests broken by the attacker, %, ${DECODING_TABLE[decoding].title.toLowerCase()}`;
    const svg = bandFigure({
      title,
      xLabel: 'attacks on each request, with the 95 % interval over requests',
      bands: bands.filter(({ points }) => points.length > 0),
      logTicks: ATTACKS.map(({ n }) => n),
      range: [0, 100],
    });
    return svg === null ? [] : [{ file: `attacker-${decoding}.svg`, alt: title, svg }];
  });
}
