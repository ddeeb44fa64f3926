// What every fused engine must hold of packed batches: shared prefixes change no result, nor does the room of its plans.

import { expect } from 'vitest';
import type { Engine, SequenceBatch } from '../../src/engine/types.ts';
import type { ModelSpec } from '../../src/model/graph.ts';
import {
  maxDifference,
  NO_STEP,
  predictedRows,
  relativeDistance,
  STEP,
  testBatch,
  testSpec,
  testWeights,
} from './support.ts';

/** The batch with every item twice more, the copies differing from the fourth token on. */
function threefold(batch: SequenceBatch, known: boolean): SequenceBatch {
  const { time, tokens, lengths, patches, hasImage } = batch;
  const count = batch.batch * 3;
  const from = (b: number) => Math.floor(b / 3);
  const size = (patches?.length ?? 0) / batch.batch;
  return {
    batch: count,
    time,
    tokens: Int32Array.from({ length: count * time }, (_, i) => {
      const [b, t] = [Math.floor(i / time), i % time];
      const token = tokens[from(b) * time + t];
      return t < 3 ? token : (token + (b % 3)) % 23;
    }),
    lengths: Int32Array.from({ length: count }, (_, b) => lengths[from(b)] - (b % 3)),
    patches:
      patches &&
      Float32Array.from(
        { length: count * size },
        (_, i) => patches[from(Math.floor(i / size)) * size + (i % size)],
      ),
    hasImage: Uint8Array.from({ length: count }, (_, b) => hasImage[from(b)]),
    shared: known ? Int32Array.from({ length: count }, (_, b) => (b % 3 === 0 ? 0 : 3)) : undefined,
  };
}

/** A batch of groups, told as such and not: outputs, gradients and attention on the picture are the same to 1e-5. */
export async function expectSharedAsAlone(engine: Engine, spec: ModelSpec): Promise<void> {
  const batch = testBatch(spec, 4, 9);
  const [shared, alone] = [threefold(batch, true), threefold(batch, false)];
  const { rows, targets } = predictedRows(alone, 2);
  const results = [];
  for (const given of [shared, alone]) {
    const model = await engine.createModel(spec, 3);
    const outputs = await model.tokenOutputs(given, rows, targets, 0.9);
    const attention = await model.imageAttention(given, rows);
    await model.updateTokens(given, rows, targets, 0.9, () => testWeights(rows.length), NO_STEP);
    results.push({ outputs, attention, gradients: await model.getGradients() });
    model.dispose();
  }
  const [a, b] = results;
  expect(maxDifference(a.outputs.logp, b.outputs.logp)).toBeLessThan(1e-5);
  expect(maxDifference(a.outputs.entropy, b.outputs.entropy)).toBeLessThan(1e-5);
  expect(maxDifference(a.attention, b.attention)).toBeLessThan(1e-5);
  expect(relativeDistance(a.gradients, b.gradients)).toBeLessThan(1e-5);
}

/** An update gives the same bits in a plan of its own size and in one that a larger batch left: a resumed run has other plans. */
export async function expectSameInAnyRoom(engine: Engine): Promise<void> {
  const spec = testSpec('qwen-mini');
  const batch = testBatch(spec, 3, 6);
  const { rows, targets } = predictedRows(batch);
  const parameters = [];
  for (const larger of [false, true]) {
    const model = await engine.createModel(spec, 1);
    if (larger) {
      const other = testBatch(spec, 9, 20, 'all', 6);
      await model.updateTokens(other, rows, targets, 1, () => testWeights(rows.length), NO_STEP);
      const zeros = () => new Float32Array(spec.layout.size);
      await model.setOptimizer({ first: zeros(), second: zeros(), step: 0 });
    }
    await model.updateTokens(batch, rows, targets, 1, () => testWeights(rows.length), STEP);
    parameters.push(await model.getParameters());
    model.dispose();
  }
  expect(parameters[1]).toEqual(parameters[0]);
}
