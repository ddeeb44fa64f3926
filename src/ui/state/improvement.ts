// Whether a figure gets better while one watches: the mean of its first values against that of its newest.

export type Improvement = {
  first: number;
  latest: number;
  /** Values that each of the two means is over. */
  window: number;
  /** All values so far, for a small curve. */
  values: readonly number[];
};

const WINDOW = 8;

/** Null before there are two values. The windows never overlap, so that few values give small windows. */
export function improvementOf(column: readonly (number | null)[]): Improvement | null {
  const values = column.filter((value): value is number => value !== null);
  if (values.length < 2) return null;
  const window = Math.min(WINDOW, Math.floor(values.length / 2));
  const mean = (part: readonly number[]) => part.reduce((sum, value) => sum + value, 0) / part.length;
  return { first: mean(values.slice(0, window)), latest: mean(values.slice(-window)), window, values };
}

/** Points of a small curve in a box of `width` x `height`, top left first; a flat line lies in the middle. */
export function sparkline(values: readonly number[], width: number, height: number): string {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const x = (i: number) => (values.length > 1 ? (i / (values.length - 1)) * width : 0);
  const y = (value: number) => (high > low ? height - ((value - low) / (high - low)) * height : height / 2);
  return values.map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
}
