// What computes the model's head in a run of test vectors: an interface, and the plain reference that other engines are held to.

import { type Floats, logSoftmaxRows } from '../losses/index.ts';

/** The part of the training path that an engine owns: logits to log-probs, and gradients back to logits. */
export type VectorBackend = {
  name: string;
  /** Largest error allowed, relative to the largest gradient. */
  tolerance: number;
  /** Log-prob of each row's token and the row's entropy, both [rows], nats; `logits` is [rows*vocab]. */
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

/** Entropy -sum p log p of one row of log-probs, nats; a token with p = 0 adds nothing. */
function entropyOfRow(logProbs: Floats): number {
  let entropy = 0;
  for (const logProb of logProbs)
    if (logProb > Number.NEGATIVE_INFINITY) entropy -= Math.exp(logProb) * logProb;
  return entropy;
}

/** The reference head, whose every input and output is rounded to `Rounded`. */
function cpuBackend(
  name: string,
  tolerance: number,
  Rounded: typeof Float32Array | typeof Float64Array,
): VectorBackend {
  return {
    name,
    tolerance,
    logProbs: async (logits, tokens, rows, vocab) => {
      const given = Rounded.from(logits);
      const logp = new Rounded(rows);
      const entropy = new Rounded(rows);
      const all = logSoftmaxRows(given, rows, vocab);
      for (let r = 0; r < rows; r += 1) {
        const row = all.subarray(r * vocab, (r + 1) * vocab);
        logp[r] = row[tokens[r]];
        entropy[r] = entropyOfRow(row);
      }
      return { logp, entropy };
    },
    // dlogp/dlogits = onehot - p; dH/dlogits = -p (log p + H).
    gradLogits: async (logits, tokens, tokenWeights, entropyWeights, rows, vocab) => {
      const given = Rounded.from(logits);
      const [ofToken, ofEntropy] = [Rounded.from(tokenWeights), Rounded.from(entropyWeights)];
      const grad = new Rounded(rows * vocab);
      const all = logSoftmaxRows(given, rows, vocab);
      for (let r = 0; r < rows; r += 1) {
        if (ofToken[r] === 0 && ofEntropy[r] === 0) continue;
        const row = all.subarray(r * vocab, (r + 1) * vocab);
        const entropy = entropyOfRow(row);
        for (let v = 0; v < vocab; v += 1) {
          const p = Math.exp(row[v]);
          const towards = p > 0 ? p * (row[v] + entropy) : 0;
          grad[r * vocab + v] = ofToken[r] * ((v === tokens[r] ? 1 : 0) - p) - ofEntropy[r] * towards;
        }
      }
      return grad;
    },
  };
}

/** Float32 storage, as in training; tolerance 1e-5. */
export const CPU_BACKEND = cpuBackend('cpu', 1e-5, Float32Array);

/** Float64 throughout: checks the formulas themselves; tolerance 1e-9. */
export const CPU64_BACKEND = cpuBackend('cpu64', 1e-9, Float64Array);
