// The language-model head: log-probs and entropy of rows of logits, forward and backward (AssemblyScript).

import { at, exp1, exp4, sum4 } from './lanes';

/**
 * Log-probability of targets, entropy and log-sum-exp per row of logits[rows, vocabulary], at inverse temperature `beta`.
 * Entropy H = lse - sum p z.
 */
export function headForward(
  logits: usize,
  targets: usize,
  rows: i32,
  vocabulary: i32,
  beta: f32,
  logProbs: usize,
  entropy: usize,
  logSumExp: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const row = at(logits, r * vocabulary);
    let top: f32 = -Infinity;
    for (let j = 0; j < vocabulary; j++) top = max(top, load<f32>(at(row, j)));
    let total: f64 = 0;
    let mean: f64 = 0;
    let j = 0;
    const shift = f32x4.splat(top);
    const factor = f32x4.splat(beta);
    for (; j + 4 <= vocabulary; j += 4) {
      const z = f32x4.mul(f32x4.sub(v128.load(at(row, j)), shift), factor);
      const e = exp4(z);
      total += <f64>sum4(e);
      mean += <f64>sum4(f32x4.mul(e, z));
    }
    for (; j < vocabulary; j++) {
      const z: f32 = (load<f32>(at(row, j)) - top) * beta;
      const e = exp1(z);
      total += <f64>e;
      mean += <f64>(e * z);
    }
    const lse = Math.log(total);
    const z = (<f64>load<f32>(at(row, load<i32>(at(targets, r)))) - <f64>top) * <f64>beta;
    store<f32>(at(logProbs, r), <f32>(z - lse));
    store<f32>(at(entropy, r), <f32>(lse - mean / total));
    store<f32>(at(logSumExp, r), <f32>(lse + <f64>top * <f64>beta));
  }
}

/**
 * A token per row of logits[rows, vocabulary] and its log-prob, by inverting the cumulative distribution at the inverse temperature
 * options[0] at uniforms[row]; at options[0] = 0 the largest logit, with its log-prob at temperature 1. scratch: 4 vocabulary bytes.
 */
export function sampleRows(
  logits: usize,
  uniforms: usize,
  options: usize,
  rows: i32,
  vocabulary: i32,
  tokens: usize,
  logProbs: usize,
  scratch: usize,
): void {
  const asked = load<f32>(options);
  const beta: f32 = asked > 0 ? asked : 1;
  for (let r = 0; r < rows; r++) {
    const row = at(logits, r * vocabulary);
    let best: i32 = 0;
    let top = load<f32>(row);
    for (let j = 1; j < vocabulary; j++) {
      const z = load<f32>(at(row, j));
      if (z > top) {
        top = z;
        best = j;
      }
    }
    const shift = f32x4.splat(top);
    const factor = f32x4.splat(beta);
    let total: f64 = 0;
    let j = 0;
    for (; j + 4 <= vocabulary; j += 4) {
      const weight = exp4(f32x4.mul(f32x4.sub(v128.load(at(row, j)), shift), factor));
      v128.store(at(scratch, j), weight);
      total += <f64>sum4(weight);
    }
    for (; j < vocabulary; j++) {
      const weight = exp1((load<f32>(at(row, j)) - top) * beta);
      store<f32>(at(scratch, j), weight);
      total += <f64>weight;
    }
    let token = best;
    if (asked > 0) {
      let target = <f64>load<f32>(at(uniforms, r)) * total;
      for (j = 0; j < vocabulary; j++) {
        const weight = load<f32>(at(scratch, j));
        if (weight == 0) continue;
        token = j;
        target -= <f64>weight;
        if (target < 0) break;
      }
    }
    store<i32>(at(tokens, r), token);
    const z = (<f64>load<f32>(at(row, token)) - <f64>top) * <f64>beta;
    store<f32>(at(logProbs, r), <f32>(z - Math.log(total)));
  }
}

/** dLogits = beta (w (onehot - p) - e p (log p + H)), w and e per row: gradients with respect to log-prob and entropy. */
export function headBackward(
  logits: usize,
  targets: usize,
  logSumExp: usize,
  entropy: usize,
  weights: usize,
  entropyWeights: usize,
  rows: i32,
  vocabulary: i32,
  beta: f32,
  dLogits: usize,
): void {
  for (let r = 0; r < rows; r++) {
    const row = at(logits, r * vocabulary);
    const out = at(dLogits, r * vocabulary);
    const lse = load<f32>(at(logSumExp, r));
    const w: f32 = load<f32>(at(weights, r)) * beta;
    const e: f32 = load<f32>(at(entropyWeights, r)) * beta;
    const h = load<f32>(at(entropy, r));
    let j = 0;
    for (; j + 4 <= vocabulary; j += 4) {
      const logp = f32x4.sub(f32x4.mul(v128.load(at(row, j)), f32x4.splat(beta)), f32x4.splat(lse));
      const gradient = f32x4.add(
        f32x4.splat(w),
        f32x4.mul(f32x4.splat(e), f32x4.add(logp, f32x4.splat(h))),
      );
      v128.store(at(out, j), f32x4.neg(f32x4.mul(exp4(logp), gradient)));
    }
    for (; j < vocabulary; j++) {
      const logp: f32 = load<f32>(at(row, j)) * beta - lse;
      store<f32>(at(out, j), -exp1(logp) * (w + e * (logp + h)));
    }
    const target = at(out, load<i32>(at(targets, r)));
    store<f32>(target, load<f32>(target) + w);
  }
}
