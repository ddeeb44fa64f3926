// Samples of whole groups side by side in one padded layout, and the way between it and rows of outputs.

import type { Group } from './rollout.ts';

/** Samples of whole groups side by side, padded: arrays are [samples x time]. */
export type PaddedBatch = {
  batch: number;
  time: number;
  groupSize: number;
  mask: Float64Array;
  oldLogp: Float64Array;
  refLogp: Float64Array | null;
  oldValues: Float64Array | null;
  advantage: Float64Array;
  returns: Float64Array | null;
  /** 1 where the token's group was replayed. */
  replayed: Float64Array;
};

export function padded(groups: readonly Group[], currentStep: number): PaddedBatch {
  const samples = groups.flatMap((group) => group.samples.map((sample) => ({ group, sample })));
  const time = samples.reduce((longest, { sample }) => Math.max(longest, sample.response.length), 1);
  const size = samples.length * time;
  const result: PaddedBatch = {
    batch: samples.length,
    time,
    groupSize: groups[0].samples.length,
    mask: new Float64Array(size),
    oldLogp: new Float64Array(size),
    refLogp: null,
    oldValues: null,
    advantage: new Float64Array(size),
    returns: null,
    replayed: new Float64Array(size),
  };
  samples.forEach(({ group, sample }, b) => {
    result.mask.fill(1, b * time, b * time + sample.response.length);
    result.oldLogp.set(sample.oldLogp, b * time);
    if (group.step !== currentStep) {
      result.replayed.fill(1, b * time, b * time + sample.response.length);
    }
  });
  return result;
}

/** Spreads row values (concatenated responses) over the padded layout. */
export function spread(values: ArrayLike<number>, offsets: Int32Array, time: number): Float64Array {
  const result = new Float64Array((offsets.length - 1) * time);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let r = offsets[b]; r < offsets[b + 1]; r++) result[b * time + r - offsets[b]] = values[r];
  }
  return result;
}

export function gather(values: ArrayLike<number>, offsets: Int32Array, time: number): Float32Array {
  const result = new Float32Array(offsets[offsets.length - 1]);
  for (let b = 0; b + 1 < offsets.length; b++) {
    for (let r = offsets[b]; r < offsets[b + 1]; r++) result[r] = values[b * time + r - offsets[b]];
  }
  return result;
}

export function slicePadded(batch: PaddedBatch, members: readonly number[]): PaddedBatch {
  const { time } = batch;
  const pick = (values: Float64Array) => {
    const out = new Float64Array(members.length * time);
    members.forEach((member, i) => {
      out.set(values.subarray(member * time, (member + 1) * time), i * time);
    });
    return out;
  };
  return {
    ...batch,
    batch: members.length,
    mask: pick(batch.mask),
    oldLogp: pick(batch.oldLogp),
    refLogp: batch.refLogp && pick(batch.refLogp),
    oldValues: batch.oldValues && pick(batch.oldValues),
    advantage: pick(batch.advantage),
    returns: batch.returns && pick(batch.returns),
    replayed: pick(batch.replayed),
  };
}
