// How long texts may be, and where the rows of a padded batch stand in the joined sequence of image and text.

import { MAX_TEXT } from '../../terms/model.ts';

/** @throws RangeError where a text is longer than the position tables. */
export function checkLength(time: number): void {
  if (time > MAX_TEXT) throw new RangeError(`a sequence of ${time} text tokens is longer than ${MAX_TEXT}`);
}

/** Row of the joined sequence for a flat text row b * from + t, in a plan of text length `to`. */
export function sequenceRow(row: number, from: number, to: number, prefix: number): number {
  const t = row % from;
  return ((row - t) / from) * (prefix + to) + prefix + t;
}

/** @throws RangeError on an output row outside the batch. */
export function checkRow(row: number, { batch, time }: { batch: number; time: number }): void {
  if (!(row >= 0 && row < batch * time)) throw new RangeError(`output row ${row} is outside the batch`);
}

/** @throws RangeError where flat buffers of a model have another length than its parameters. */
export function checkSize(what: string, size: number, ...buffers: readonly Float32Array[]): void {
  for (const { length } of buffers) {
    if (length !== size) throw new RangeError(`${what} ${length} values, the model ${size}`);
  }
}
