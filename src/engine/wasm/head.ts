// The head kernels of the fused engine on given logits: what training runs, without a model around it.

import { loadKernels } from './kernels.ts';
import { LinearMemory } from './memory.ts';

/** Loads the fused head on its own memory; results are the caller's copies. Rows x vocabulary logits at temperature 1. */
export async function createFusedHead() {
  const memory = new LinearMemory();
  const kernels = await loadKernels(memory.memory);
  const upload = (values: ArrayLike<number>): number => {
    const region = memory.allocate(values.length);
    memory.f32(region).set(values);
    return region.pointer;
  };
  /** Runs the forward kernel; the regions are good until the next call. */
  const forward = (logits: ArrayLike<number>, targets: Int32Array, vocabulary: number) => {
    memory.reserve(kernels.heapBase());
    const rows = targets.length;
    const [index, logp, entropy, lse] = [0, 1, 2, 3].map(() => memory.allocate(rows));
    memory.i32(index).set(targets);
    const [at, z] = [index.pointer, upload(logits)];
    kernels.headForward(z, at, rows, vocabulary, 1, logp.pointer, entropy.pointer, lse.pointer);
    return { z, at, rows, logp, entropy, lse: lse.pointer };
  };
  return {
    logProbs(logits: ArrayLike<number>, targets: Int32Array, vocabulary: number) {
      const { logp, entropy } = forward(logits, targets, vocabulary);
      return { logp: memory.f32(logp).slice(), entropy: memory.f32(entropy).slice() };
    },
    /** d(sum logpWeights logp + entropyWeights entropy) / dlogits. */
    gradient(
      logits: ArrayLike<number>,
      targets: Int32Array,
      logpWeights: ArrayLike<number>,
      entropyWeights: ArrayLike<number>,
      vocabulary: number,
    ): Float32Array {
      const { z, at, rows, lse, entropy } = forward(logits, targets, vocabulary);
      const [w, e, out] = [upload(logpWeights), upload(entropyWeights), memory.allocate(logits.length)];
      kernels.headBackward(z, at, lse, entropy.pointer, w, e, rows, vocabulary, 1, out.pointer);
      return memory.f32(out).slice();
    },
  };
}
