// How good a reward head is: accuracy, confusion and expected calibration error against the oracle.

import { effectiveCount, wilsonInterval } from '../base/intervals.ts';
import { argmax, clamp } from '../base/numbers.ts';
import type { HeadReport } from '../terms/heads.ts';

export type CalibrationBin = { confidence: number; accuracy: number; n: number };

/**
 * Expected calibration error over equal-width bins of the greatest probability:
 * sum over bins of (n_b / n) |accuracy_b - confidence_b| (Guo et al. 2017, "On Calibration of Modern Neural Networks", eq. 3).
 * Empty bins carry the middle of their range as confidence.
 * @param probabilities one distribution per example; @param labels true class indices.
 */
export function calibration(
  probabilities: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  binCount = 10,
): { ece: number; bins: CalibrationBin[] } {
  const sums = Array.from({ length: binCount }, () => ({ confidence: 0, right: 0, n: 0 }));
  probabilities.forEach((distribution, i) => {
    const predicted = argmax(distribution);
    const confidence = distribution[predicted];
    const bin = sums[clamp(Math.floor(confidence * binCount), 0, binCount - 1)];
    bin.confidence += confidence;
    bin.right += predicted === labels[i] ? 1 : 0;
    bin.n++;
  });
  const bins = sums.map(({ confidence, right, n }, i) =>
    n === 0
      ? { confidence: (i + 0.5) / binCount, accuracy: 0, n }
      : { confidence: confidence / n, accuracy: right / n, n },
  );
  const total = Math.max(1, probabilities.length);
  const ece = bins.reduce(
    (sum, { confidence, accuracy, n }) => sum + (n / total) * Math.abs(accuracy - confidence),
    0,
  );
  return { ece, bins };
}

/** confusion[true][predicted], by argmax. @throws RangeError on a label that is no class. */
export function confusionMatrix(
  classCount: number,
  probabilities: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
): number[][] {
  const confusion = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  probabilities.forEach((distribution, i) => {
    if (!(labels[i] in confusion))
      throw new RangeError(`Label ${labels[i]} is none of ${classCount} classes.`);
    confusion[labels[i]][argmax(distribution)]++;
  });
  return confusion;
}

/**
 * The report of one head on held-out examples.
 * @param keys what each example is, equal for those that repeat one another.
 * @throws RangeError if sizes do not match.
 */
export function headReport(
  name: string,
  classes: readonly string[],
  probabilities: readonly ArrayLike<number>[],
  labels: ArrayLike<number>,
  keys: readonly string[],
): HeadReport {
  if (probabilities.length !== labels.length || labels.length !== keys.length) {
    throw new RangeError(`${probabilities.length} outputs of the ${name} head, but ${labels.length} labels.`);
  }
  if (probabilities.some((distribution) => distribution.length !== classes.length)) {
    throw new RangeError(`The ${name} head has ${classes.length} classes, but not all outputs have.`);
  }
  const confusion = confusionMatrix(classes.length, probabilities, labels);
  const right = confusion.reduce((sum, row, i) => sum + row[i], 0);
  const effectiveN = effectiveCount(keys.map((key) => ({ of: 1, key })));
  const { value, low, high } = wilsonInterval(right, probabilities.length, effectiveN);
  const { ece, bins } = calibration(probabilities, labels);
  return {
    head: name,
    classes: classes.slice(),
    accuracy: value,
    low,
    high,
    n: probabilities.length,
    effectiveN,
    confusion,
    ece,
    bins,
  };
}
