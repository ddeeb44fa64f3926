// Holds every contestant to the first one's numbers: the same loss, the same descent, the same samples.

import type { MeasureKind, RunResult } from './types.ts';

/** Largest differences from the reference; Adam's first steps amplify rounding, and one token drawn otherwise changes its sequence. */
const LIMITS = { firstLoss: 1e-3, laterLoss: 5e-3, meanLogp: 0.02, meanScore: 0.1 };

/** One per size. The first contestant that gives a number is the reference for it. */
export class Agreement {
  private readonly losses = { sft: [] as number[], heads: [] as number[] };
  private sampled: RunResult['sampled'] = null;

  /** What is wrong with a run, or null. */
  check(measure: MeasureKind, round: number, { loss, sampled }: RunResult): string | null {
    if (measure !== 'rl') return this.checkLoss(measure, round, loss ?? Number.NaN);
    // Later iterations start from weights that sampling has moved apart.
    if (round > 0) return null;
    const { meanLogp, meanScore } = sampled ?? { meanLogp: Number.NaN, meanScore: Number.NaN };
    this.sampled ??= { meanLogp, meanScore };
    return (
      apart('mean log-prob of the samples', meanLogp, this.sampled.meanLogp, LIMITS.meanLogp) ??
      apart('mean score of the samples', meanScore, this.sampled.meanScore, LIMITS.meanScore)
    );
  }

  private checkLoss(measure: 'sft' | 'heads', round: number, loss: number): string | null {
    const losses = this.losses[measure];
    losses[round] ??= loss;
    const limit = round === 0 ? LIMITS.firstLoss : LIMITS.laterLoss;
    return apart(`loss before step ${round + 1}`, loss, losses[round], limit);
  }
}

function apart(what: string, value: number, reference: number, limit: number): string | null {
  if (Math.abs(value - reference) <= limit) return null;
  return `${what} is ${value.toFixed(5)}, the reference has ${reference.toFixed(5)} (limit ${limit})`;
}
