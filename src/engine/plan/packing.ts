// The rows of a batch as engines compute them: one after the other, without padding, without absent pictures, and with what items
// have in common computed once.
//
// Items that begin alike (the responses to one prompt) form a group: its prefix (picture and common tokens) stands once, then the
// rest of each item. A segment is a run of rows that attends to itself and to the rows of its context, the prefix.

import type { OutputRows, SequenceBatch } from '../types.ts';
import { checkLength } from './lengths.ts';
import type { PlanShape } from './planShape.ts';

/** int32 words of a segment: first row and number of the context's rows, of its own, and how many of its first keys are a picture's. */
export const SEGMENT_WORDS = 5;

/** Where a packed batch is written; lengths are at least what the counts say. */
export type PackedInputs = {
  /** [texts] */
  tokens: Int32Array;
  /** [sequences]: text row, or the complement (~) of the image row, that a sequence row comes from. */
  source: Int32Array;
  /** [sequences]: place inside the item, pictures first; without a picture, text stands where it would behind one. */
  positions: Int32Array;
  /** [pictures, image tokens]: place inside the picture. */
  imagePositions: Int32Array;
  /** [segments, SEGMENT_WORDS] */
  segments: Int32Array;
  /** [pictures, SEGMENT_WORDS]: each picture by itself. */
  imageSegments: Int32Array;
  /** [pictures, image tokens, patch values]; null without vision. */
  patches: Float32Array | null;
};

// Plain loops in this file: subarrays and iterators would be garbage in every step.

/** Lays batches out; its arrays are used again for the next batch. */
export class Packing {
  /** What of the batch decides the size of a plan; `outputs` is the caller's to set. */
  readonly counts: PlanShape = { pictures: 0, texts: 0, sequences: 0, segments: 0, keys: 0, outputs: 0 };
  /** Per item: tokens that it has in common with its group, the row of its first token, and the row of the first that is its own. */
  private common = new Int32Array(16);
  private first = new Int32Array(16);
  private own = new Int32Array(16);

  constructor(private readonly imageTokens: number) {}

  /** Finds the rows of every item. @throws RangeError on an item that is too long, or shorter than what it is said to share. */
  measure(batch: SequenceBatch): void {
    if (this.common.length < batch.batch) {
      for (const name of ['common', 'first', 'own'] as const) this[name] = new Int32Array(2 * batch.batch);
    }
    const { counts } = this;
    counts.pictures = 0;
    counts.segments = 0;
    counts.keys = 0;
    let row = 0;
    for (let b = 0; b < batch.batch; ) {
      const end = groupEnd(batch, b);
      const common = commonTokens(batch, b, end);
      const image = batch.hasImage[b] ? this.imageTokens : 0;
      if (image > 0) counts.pictures++;
      const first = row + image;
      row = first + common;
      if (common > 0) counts.segments++;
      for (let item = b; item < end; item++) {
        const length = batch.lengths[item];
        checkLength(length);
        if (length < common)
          throw new RangeError(`item ${item} is shorter than the ${common} tokens it shares`);
        this.common[item] = common;
        this.first[item] = first;
        this.own[item] = row;
        counts.segments++;
        counts.keys = Math.max(counts.keys, image + length);
        row += length - common;
      }
      b = end;
    }
    counts.sequences = row;
    counts.texts = row - counts.pictures * this.imageTokens;
  }

  /** Row of token t of item b. @throws RangeError outside the item. */
  row(batch: SequenceBatch, b: number, t: number): number {
    if (!(b >= 0 && b < batch.batch && t >= 0 && t < batch.lengths[b])) {
      throw new RangeError(`output row ${b * batch.time + t} is outside the batch`);
    }
    const common = this.common[b];
    return t < common ? this.first[b] + t : this.own[b] + t - common;
  }

  /** Where the output rows (b * time + t) of the batch stand. @throws RangeError on a row outside its item. */
  writeRows(batch: SequenceBatch, rows: OutputRows, into: Int32Array): void {
    for (let r = 0; r < rows.length; r++) {
      const t = rows[r] % batch.time;
      into[r] = this.row(batch, (rows[r] - t) / batch.time, t);
    }
  }

  /** Writes the batch that was measured last. */
  write(batch: SequenceBatch, into: PackedInputs): void {
    const { imageTokens } = this;
    let picture = 0;
    let segment = 0;
    let row = 0;
    for (let b = 0; b < batch.batch; ) {
      const end = groupEnd(batch, b);
      const start = row;
      const common = this.common[b];
      const image = batch.hasImage[b] ? imageTokens : 0;
      if (image > 0) {
        writePicture(batch, b, picture, imageTokens, start, into);
        setSegment(into.imageSegments, picture, 0, 0, picture * imageTokens, image, image);
        picture++;
      }
      row += image;
      if (common > 0) {
        row = this.writeTokens(batch, b, 0, common, row, picture, into);
        setSegment(into.segments, segment++, 0, 0, start, row - start, image);
      }
      const context = common > 0 ? start : 0;
      const contextRows = common > 0 ? row - start : 0;
      for (let item = b; item < end; item++) {
        const from = common > 0 ? row : start;
        row = this.writeTokens(batch, item, common, batch.lengths[item], row, picture, into);
        setSegment(into.segments, segment++, context, contextRows, from, row - from, image);
      }
      b = end;
    }
  }

  /** Tokens `from` to `to` of an item at a row and the next ones; `pictures` stand before them. Returns the row behind. */
  private writeTokens(
    batch: SequenceBatch,
    item: number,
    from: number,
    to: number,
    row: number,
    pictures: number,
    into: PackedInputs,
  ): number {
    const images = pictures * this.imageTokens;
    for (let t = from; t < to; t++, row++) {
      into.tokens[row - images] = batch.tokens[item * batch.time + t];
      into.source[row] = row - images;
      into.positions[row] = this.imageTokens + t;
    }
    return row;
  }
}

/** First item after b that does not share its beginning with it. */
function groupEnd({ shared, batch }: SequenceBatch, b: number): number {
  let end = b + 1;
  if (!shared) return end;
  while (end < batch && shared[end] > 0 && shared[end] === shared[b + 1]) end++;
  return end;
}

function commonTokens({ shared }: SequenceBatch, b: number, end: number): number {
  return shared && end > b + 1 ? shared[b + 1] : 0;
}

/** Writes the words of a segment. */
export function setSegment(
  segments: Int32Array,
  index: number,
  contextStart: number,
  contextRows: number,
  start: number,
  rows: number,
  image: number,
): void {
  const at = index * SEGMENT_WORDS;
  segments[at] = contextStart;
  segments[at + 1] = contextRows;
  segments[at + 2] = start;
  segments[at + 3] = rows;
  segments[at + 4] = image;
}

/** The picture of item b: its rows in the sequence from `start` on, its places and its patches. */
function writePicture(
  batch: SequenceBatch,
  b: number,
  picture: number,
  imageTokens: number,
  start: number,
  { source, positions, imagePositions, patches }: PackedInputs,
): void {
  for (let p = 0; p < imageTokens; p++) {
    source[start + p] = ~(picture * imageTokens + p);
    positions[start + p] = p;
    imagePositions[picture * imageTokens + p] = p;
  }
  if (!patches || !batch.patches) return;
  const size = batch.patches.length / batch.batch;
  for (let i = 0; i < size; i++) patches[picture * size + i] = batch.patches[b * size + i];
}
