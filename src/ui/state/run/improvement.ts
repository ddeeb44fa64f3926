// Whether a figure gets better while one watches: the mean of its first values against that of its newest.

import { extent, mean } from '../../../base/numbers.ts';

export type Improvement = {
  /** Mean of the first `WINDOW` values; null while the newest ones would be among them. */
  first: number | null;
  latest: number;
  /** Values that `latest` is the mean of. */
  window: number;
  /** All values so far, for a small curve. */
  values: readonly number[];
};

const WINDOW = 8;

/** Null before there is a value. Few values of a few prompts each are noise: they are not held against each other. */
export function improvementOf(column: readonly (number | null)[]): Improvement | null {
  const values = column.filter((value): value is number => value !== null);
  if (values.length === 0) return null;
  const window = Math.min(WINDOW, values.length);
  return {
    first: values.length >= 2 * WINDOW ? mean(values.slice(0, WINDOW)) : null,
    latest: mean(values.slice(-window)),
    window,
    values,
  };
}

/** Says what a figure is: what it rose or fell from, or what it is the mean of while that is not known. */
export function improvementText(
  { first, window, values }: Improvement,
  format: (value: number) => string,
): string {
  // Not every iteration measures it: a small batch may hold no such prompt.
  if (first !== null) return `from ${format(first)} in the first ${WINDOW} measurements`;
  if (values.length > window) return `mean of the newest ${window} measurements`;
  return window === 1 ? 'one measurement so far' : `mean of ${window} measurements so far`;
}

/**
 * Points of a small curve in a box of `width` x `height`, top left first; a flat line lies in the middle. `range`: values of the lower
 * and the upper end, by default the least and the greatest.
 */
export function sparkline(
  values: readonly number[],
  width: number,
  height: number,
  range: readonly [number, number] = extent(values),
): string {
  const [low, high] = range;
  const x = (i: number) => (values.length > 1 ? (i / (values.length - 1)) * width : 0);
  const y = (value: number) => (high > low ? height - ((value - low) / (high - low)) * height : height / 2);
  return values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
}
