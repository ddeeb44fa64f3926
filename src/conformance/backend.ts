// What computes the head in a run of test vectors: an interface, and its CPU implementations.

import { gradLogits, logProbsOfTokens } from '../losses/logSoftmax.ts';
import type { Floats } from '../losses/types.ts';

/** The part of the training path that an engine owns: logits to log-probs, and gradients back to logits. */
export type VectorBackend = {
  name: string;
  /** Largest error allowed, relative to the largest gradient. */
  tolerance: number;
  /** Log-prob of each row's token and the row's entropy, both [rows]; `logits` is [rows*vocab]. */
  logProbs: (
    logits: Floats,
    tokens: Int32Array,
    rows: number,
    vocab: number,
  ) => Promise<{ logp: Floats; entropy: Floats }>;
  /** d(sum tokenWeights logp + entropyWeights H)/dlogits, [rows*vocab]; the weights are [rows]. */
  gradLogits: (
    logits: Floats,
    tokens: Int32Array,
    tokenWeights: Floats,
    entropyWeights: Floats,
    rows: number,
    vocab: number,
  ) => Promise<Floats>;
  /** Frees what the backend holds. */
  dispose?: () => void | Promise<void>;
};

/** A CPU backend whose every input and output is rounded to `Rounded`. */
function cpuBackend(
  name: string,
  tolerance: number,
  Rounded: typeof Float32Array | typeof Float64Array,
): VectorBackend {
  const round = (values: Floats): Floats => Rounded.from(values);
  return {
    name,
    tolerance,
    logProbs: async (logits, tokens, rows, vocab) => {
      const { logp, entropy } = logProbsOfTokens(round(logits), tokens, rows, vocab);
      return { logp: round(logp), entropy: round(entropy) };
    },
    gradLogits: async (logits, tokens, tokenWeights, entropyWeights, rows, vocab) =>
      round(gradLogits(round(logits), tokens, round(tokenWeights), round(entropyWeights), rows, vocab)),
  };
}

/** Float32 storage, as in training; tolerance 1e-5. */
export const CPU_BACKEND = cpuBackend('cpu', 1e-5, Float32Array);

/** Float64 throughout: checks the formulas themselves; tolerance 1e-9. */
export const CPU64_BACKEND = cpuBackend('cpu64', 1e-9, Float64Array);
