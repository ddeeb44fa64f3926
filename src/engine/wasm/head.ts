// The head kernels of the fused engine on given logits: what training runs, without a model around it.

import { loadKernels } from './kernels.ts';
import { LinearMemory, type Region } from './memory.ts';

/** The fused head on its own memory; results are the caller's copies. Rows x vocabulary logits at temperature 1. */
export type FusedHead = {
  logProbs(
    logits: Float32Array,
    targets: Int32Array,
    vocabulary: number,
  ): { logp: Float32Array; entropy: Float32Array };
  /** d(sum logpWeights logp + entropyWeights entropy) / dlogits. */
  gradient(
    logits: Float32Array,
    targets: Int32Array,
    logpWeights: Float32Array,
    entropyWeights: Float32Array,
    vocabulary: number,
  ): Float32Array;
};

/** Loads the kernels. */
export async function createFusedHead(): Promise<FusedHead> {
  const memory = new LinearMemory();
  const kernels = await loadKernels(memory.memory);
  memory.reserve(kernels.heapBase());
  const upload = (values: Float32Array): Region => {
    const region = memory.allocate(values.length);
    memory.f32(region).set(values);
    return region;
  };
  /** Runs the forward kernel; `after` may use the regions before they are released. */
  const forward = <T>(
    logits: Float32Array,
    targets: Int32Array,
    vocabulary: number,
    after: (regions: { [name in 'z' | 'index' | 'logp' | 'entropy' | 'lse']: Region }) => T,
  ): T => {
    const rows = targets.length;
    const index = memory.allocate(rows);
    memory.i32(index).set(targets);
    const [logp, entropy, lse] = [0, 1, 2].map(() => memory.allocate(rows));
    const regions = { z: upload(logits), index, logp, entropy, lse };
    kernels.headForward(
      regions.z.pointer,
      index.pointer,
      rows,
      vocabulary,
      1,
      logp.pointer,
      entropy.pointer,
      lse.pointer,
    );
    const result = after(regions);
    for (const region of Object.values(regions)) memory.release(region);
    return result;
  };
  return {
    logProbs: (logits, targets, vocabulary) =>
      forward(logits, targets, vocabulary, ({ logp, entropy }) => ({
        logp: memory.f32(logp).slice(),
        entropy: memory.f32(entropy).slice(),
      })),
    gradient: (logits, targets, logpWeights, entropyWeights, vocabulary) =>
      forward(logits, targets, vocabulary, ({ z, index, entropy, lse }) => {
        const [w, e, out] = [upload(logpWeights), upload(entropyWeights), memory.allocate(logits.length)];
        kernels.headBackward(
          z.pointer,
          index.pointer,
          lse.pointer,
          entropy.pointer,
          w.pointer,
          e.pointer,
          targets.length,
          vocabulary,
          1,
          out.pointer,
        );
        const result = memory.f32(out).slice();
        for (const region of [w, e, out]) memory.release(region);
        return result;
      }),
  };
}
