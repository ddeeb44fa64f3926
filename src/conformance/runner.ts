// The runner of test vectors: recomputes a file through our own code and a backend, and compares.

import { aggregateTerms } from '../advantages/aggregateTerms.ts';
import { computeAdvantages } from '../advantages/table.ts';
import type { AdvantageInput, AdvantageResult } from '../advantages/types.ts';
import { maskedMean } from '../base/numbers.ts';
import { entropyWeights } from '../losses/entropy.ts';
import {
  completionMetrics,
  exactKlRows,
  klEstimators,
  policyMetrics,
  referenceKlMean,
  rewardMetrics,
} from '../losses/metrics.ts';
import { ratioOf } from '../losses/ratio.ts';
import { computeLoss } from '../losses/table.ts';
import type { Floats, TokenLossInput } from '../losses/types.ts';
import { explainedVariance, valueLoss } from '../losses/valueLoss.ts';
import type { VectorBackend } from './backend.ts';
import type { VectorFile, VectorLoss } from './file.ts';
import { mapAdvantage, mapLoss, SKIPPED_LOSSES } from './nameMap.ts';

/** The outcome of one comparison. */
export type VectorLine = {
  file: string;
  name: string;
  status: 'pass' | 'fail' | 'skip';
  /** Worst relative error; null where nothing was computed. */
  error: number | null;
  /** Which number was worst, or why it failed or was skipped. */
  note: string;
};

/** Gradients below this are rounding noise; an error is never taken relative to less. */
const GRADIENT_FLOOR = 1e-8;

/** What the backend gives for a file, shared by all comparisons. B*T rows. */
type Prepared = {
  rows: number;
  tokens: Int32Array;
  mask: Float64Array;
  logits: Float64Array;
  logp: Floats;
  oldLogp: Floats;
  refLogp: Floats;
  entropy: Floats;
  /** Exact KL per row, [B*T], nats. */
  klOldNew: Float64Array;
  klNewRef: Float64Array;
};

/** Runs every section of a file. Nothing is thrown for a wrong number: that is a line with status `fail`. */
export async function runVectorFile(file: VectorFile, backend: VectorBackend): Promise<VectorLine[]> {
  const prepared = await prepare(file, backend);
  const lines: VectorLine[] = [];
  const report = async (name: string, compute: () => Promise<Comparison> | Comparison): Promise<void> => {
    lines.push(await lineOf(file.name, name, backend.tolerance, compute));
  };
  for (const key of Object.keys(file.advantages)) {
    await report(`advantages/${key}`, () => compareAdvantage(file, prepared, key));
  }
  for (const [key, entry] of Object.entries(file.losses)) {
    if (SKIPPED_LOSSES.has(key)) {
      lines.push({ file: file.name, name: key, status: 'skip', error: null, note: 'not offered here' });
    } else await report(key, () => compareLoss(file, prepared, backend, key, entry));
  }
  await report('metrics', () => compareMetrics(file, prepared));
  await report('value', () => compareValue(file, prepared));
  await report('entropy_bonus', () => compareEntropy(file, prepared, backend));
  if (file.derived) await report('derived', () => compareDerived(file, prepared));
  return lines;
}

/** Relative error of each compared number or array, by name. */
type Comparison = Record<string, number>;

async function lineOf(
  file: string,
  name: string,
  tolerance: number,
  compute: () => Promise<Comparison> | Comparison,
): Promise<VectorLine> {
  try {
    const errors = Object.entries(await compute());
    // NaN counts as the worst of all, so that it cannot hide behind a comparison.
    const [worst, error] = errors.reduce((a, b) => (Number.isNaN(b[1]) || b[1] > a[1] ? b : a), ['', 0]);
    return { file, name, status: error <= tolerance ? 'pass' : 'fail', error, note: worst };
  } catch (error) {
    return { file, name, status: 'fail', error: null, note: (error as Error).message };
  }
}

async function prepare(file: VectorFile, backend: VectorBackend): Promise<Prepared> {
  const rows = file.B * file.T;
  const tokens = Int32Array.from(file.token_ids.flat());
  const logits = flat3(file.logits);
  const oldLogits = flat3(file.old_logits);
  const refLogits = flat3(file.ref_logits);
  const { logp, entropy } = await backend.logProbs(logits, tokens, rows, file.V);
  const { logp: oldLogp } = await backend.logProbs(oldLogits, tokens, rows, file.V);
  const { logp: refLogp } = await backend.logProbs(refLogits, tokens, rows, file.V);
  const newRows = await fullLogProbs(backend, logits, rows, file.V);
  const oldRows = await fullLogProbs(backend, oldLogits, rows, file.V);
  const refRows = await fullLogProbs(backend, refLogits, rows, file.V);
  return {
    rows,
    tokens,
    mask: Float64Array.from(file.mask.flat()),
    logits,
    logp,
    oldLogp,
    refLogp,
    entropy,
    klOldNew: exactKlRows(oldRows, newRows, file.V),
    klNewRef: exactKlRows(newRows, refRows, file.V),
  };
}

/** Every row's log-probs over the vocabulary, [rows*V], asked of the backend token by token. */
async function fullLogProbs(backend: VectorBackend, logits: Floats, rows: number, vocab: number) {
  const out = new Float64Array(rows * vocab);
  for (let v = 0; v < vocab; v += 1) {
    const { logp } = await backend.logProbs(logits, new Int32Array(rows).fill(v), rows, vocab);
    for (let r = 0; r < rows; r += 1) out[r * vocab + v] = logp[r];
  }
  return out;
}

/** Our own advantages for a key of the vectors; all rewards come from the terms and their weights. */
function advantagesOf(file: VectorFile, prepared: Prepared, key: string): AdvantageResult {
  const configs = Object.values(file.losses)
    .filter((loss) => loss.advantage === key)
    .map((loss) => loss.config);
  const mapping = mapAdvantage(key, configs);
  if (mapping === null) {
    throw new Error(`unknown advantage '${key}': add it to src/conformance/nameMap.ts`);
  }
  const terms = file.reward_weights.map((_, k) => file.rewards_per_func.map((row) => row[k]));
  const input: AdvantageInput = {
    batch: file.B,
    time: file.T,
    groupSize: file.G,
    rewards: aggregateTerms(
      terms,
      file.reward_weights,
      file.G,
      mapping.normalizeTerms ? 'normalize_then_sum' : 'sum_then_normalize',
    ),
    mask: prepared.mask,
    oldLogp: prepared.oldLogp,
    refLogp: prepared.refLogp,
    values: Float64Array.from(file.values_old.flat()),
  };
  return computeAdvantages(mapping.advantage, input, mapping.options);
}

function compareAdvantage(file: VectorFile, prepared: Prepared, key: string): Comparison {
  const result = advantagesOf(file, prepared, key);
  const expected = file.advantages[key].flat();
  const perSequence = expected.length === file.B && !Array.isArray(file.advantages[key][0]);
  const actual = perSequence ? result.sequence : result.token;
  if (actual === null) throw new Error(`'${key}' is one number a sequence in the file, but one a token here`);
  return { advantage: arrayError(actual, expected) };
}

async function compareLoss(
  file: VectorFile,
  prepared: Prepared,
  backend: VectorBackend,
  key: string,
  entry: VectorLoss,
): Promise<Comparison> {
  const mapping = mapLoss(key, entry.config);
  if (mapping === null) throw new Error(`unknown loss '${key}': add it to src/conformance/nameMap.ts`);
  const input: TokenLossInput = {
    batch: file.B,
    time: file.T,
    groupSize: file.G,
    logp: prepared.logp,
    oldLogp: prepared.oldLogp,
    refLogp: prepared.refLogp,
    advantage: advantagesOf(file, prepared, entry.advantage).token,
    mask: prepared.mask,
  };
  const { loss, gradLogp } = computeLoss(mapping.loss, input, mapping.options);
  const { logits, tokens, rows } = prepared;
  const grad = await backend.gradLogits(logits, tokens, gradLogp, new Float64Array(rows), rows, file.V);
  const expectedGrad = entry.grad_logps.flat();
  // The loss is a sum of per-token terms: its natural scale is what moving every log-prob by one nat would change.
  const lossScale = Math.max(
    Math.abs(entry.loss),
    expectedGrad.reduce((total, g) => total + Math.abs(g), 0),
    GRADIENT_FLOOR,
  );
  return {
    loss: Math.abs(loss - entry.loss) / lossScale,
    grad_logps: arrayError(gradLogp, expectedGrad),
    grad_logits: arrayError(grad, flat3(entry.grad_logits)),
  };
}

function compareMetrics(file: VectorFile, prepared: Prepared): Comparison {
  const { mask, logp, oldLogp, refLogp } = prepared;
  const { token: advantage } = advantagesOf(file, prepared, 'group_norm_eps1e_4_trl');
  const actual: Record<string, number> = {
    ...rewardMetrics(file.rewards, file.G),
    ...completionMetrics(mask, file.B, file.T),
    ...policyMetrics({ batch: file.B, time: file.T, logp, oldLogp, advantage, mask, epsilon: 0.2 }),
    entropy: maskedMean(prepared.entropy, mask),
    kl: referenceKlMean(logp, refLogp, mask),
    'policy_drift/exact_forward': maskedMean(prepared.klOldNew, mask),
  };
  const errors: Comparison = {};
  for (const [name, expected] of Object.entries(file.metrics)) {
    if (!(name in actual)) throw new Error(`unknown metric '${name}': add it to src/losses/metrics.ts`);
    errors[name] = numberError(actual[name], expected);
  }
  return errors;
}

function compareValue(file: VectorFile, prepared: Prepared): Comparison {
  const { mask } = prepared;
  const expected = file.value;
  const { raw, returns } = advantagesOf(file, prepared, 'gae_verl_whitened');
  if (raw === null || returns === null) throw new Error('GAE gave no returns');
  const oldValues = Float64Array.from(file.values_old.flat());
  const newValues = Float64Array.from(file.values_new.flat());
  const result = valueLoss(newValues, oldValues, returns, mask, expected.cliprange_value);
  return {
    gae_advantages_raw: arrayError(raw, expected.gae_advantages_raw.flat(), mask),
    returns: arrayError(returns, expected.returns.flat(), mask),
    vf_loss: numberError(result.loss, expected.vf_loss),
    grad_values_new: arrayError(result.gradValues, expected.grad_values_new.flat()),
    vf_clipfrac: numberError(result.clipFraction, expected.vf_clipfrac),
    explained_variance: numberError(explainedVariance(oldValues, returns, mask), expected.explained_variance),
  };
}

async function compareEntropy(
  file: VectorFile,
  prepared: Prepared,
  backend: VectorBackend,
): Promise<Comparison> {
  const { logits, tokens, rows, mask, entropy } = prepared;
  const none = new Float64Array(rows);
  const grad = await backend.gradLogits(logits, tokens, none, entropyWeights(mask), rows, file.V);
  return {
    mean_entropy: numberError(maskedMean(entropy, mask), file.entropy_bonus.mean_entropy),
    grad_logits_of_mean_entropy: arrayError(grad, flat3(file.entropy_bonus.grad_logits_of_mean_entropy)),
  };
}

function compareDerived(file: VectorFile, prepared: Prepared): Comparison {
  const { logp, oldLogp, refLogp, mask } = prepared;
  const toRef = Array.from(logp, (value, i) => klEstimators(value, refLogp[i]));
  const actual: Record<string, ArrayLike<number>> = {
    logps: logp,
    old_logps: oldLogp,
    ref_logps: refLogp,
    entropy: prepared.entropy,
    ratio: Array.from(logp, (value, i) => ratioOf(value - oldLogp[i])),
    k1_ref: toRef.map(({ k1 }) => k1),
    k2_ref: toRef.map(({ k2 }) => k2),
    k3_ref: toRef.map(({ k3 }) => k3),
    k3_drift_old_new: Array.from(oldLogp, (value, i) => klEstimators(value, logp[i]).k3),
    exact_kl_old_new: prepared.klOldNew,
    exact_kl_new_ref: prepared.klNewRef,
  };
  const errors: Comparison = {};
  for (const [name, expected] of Object.entries(file.derived ?? {})) {
    if (!(name in actual))
      throw new Error(`unknown derived quantity '${name}': add it to src/conformance/runner.ts`);
    // Nats and ratios: numbers of order one, also where they happen to be near 0.
    errors[name] = arrayError(actual[name], expected.flat(), mask, 1);
  }
  return errors;
}

/** Largest difference at valid positions, relative to the largest expected magnitude, but at least `floor`. */
function arrayError(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  mask: ArrayLike<number> | null = null,
  floor = GRADIENT_FLOOR,
): number {
  if (actual.length !== expected.length) return Number.NaN;
  let worst = 0;
  let scale = floor;
  for (let i = 0; i < expected.length; i += 1) {
    if (mask !== null && mask[i] === 0) continue;
    const difference = Math.abs(actual[i] - expected[i]);
    if (Number.isNaN(difference)) return Number.NaN;
    worst = Math.max(worst, difference);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return worst / scale;
}

/** Difference of two means of quantities of order one, relative where they are larger. */
function numberError(actual: number, expected: number): number {
  return Math.abs(actual - expected) / Math.max(Math.abs(expected), 1);
}

function flat3(values: number[][][]): Float64Array {
  return Float64Array.from(values.flat(2));
}
