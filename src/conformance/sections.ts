// The comparisons of a test-vector file, section by section: the functions that train against the expected numbers.

import {
  extent,
  maskedMean,
  mean,
  sequenceLengths,
  standardDeviation,
  sum,
  validValues,
  variance,
} from '../base/numbers.ts';
import {
  completionMetrics,
  computeLoss,
  entropyWeights,
  k3,
  meanK3,
  ratioOf,
  rewardMetrics,
  tokenLogRatios,
  valueLoss,
} from '../losses/index.ts';
import type { VectorBackend } from './backend.ts';
import type { VectorFile, VectorLoss } from './file.ts';
import { advantagesOf, byGroup, lossInput, type Prepared } from './inputs.ts';
import { mapLoss } from './nameMap.ts';

/** Relative error of each compared number or array, by name. */
export type Comparison = Record<string, number>;

/** Gradients below this are rounding noise; an error is never taken relative to less. */
const GRADIENT_FLOOR = 1e-8;

export function compareAdvantage(file: VectorFile, prepared: Prepared, key: string): Comparison {
  const result = advantagesOf(file, prepared, key);
  const expected = file.advantages[key].flat();
  const perSequence = expected.length === file.B && !Array.isArray(file.advantages[key][0]);
  const actual = perSequence ? result.sequence : result.token;
  if (actual === null) throw new Error(`'${key}' is one number a sequence in the file, but one a token here`);
  return { advantage: arrayError(actual, expected) };
}

export async function compareLoss(
  file: VectorFile,
  prepared: Prepared,
  backend: VectorBackend,
  key: string,
  entry: VectorLoss,
): Promise<Comparison> {
  const mapping = mapLoss(key, entry.config);
  if (mapping === null) throw new Error(`unknown loss '${key}': add it to src/conformance/nameMap.ts`);
  const input = lossInput(file, prepared, entry.advantage);
  const { loss, gradLogp } = computeLoss(mapping.loss, input, mapping.options);
  const { logits, tokens, rows } = prepared;
  const grad = await backend.gradLogits(logits, tokens, gradLogp, new Float64Array(rows), rows, file.V);
  const expectedGrad = entry.grad_logps.flat();
  // The loss is a sum of per-token terms: its natural scale is what moving every log-prob by one nat would change.
  const lossScale = Math.max(Math.abs(entry.loss), sum(expectedGrad.map(Math.abs)), GRADIENT_FLOOR);
  return {
    loss: Math.abs(loss - entry.loss) / lossScale,
    grad_logps: arrayError(gradLogp, expectedGrad),
    grad_logits: arrayError(grad, entry.grad_logits.flat(2)),
  };
}

export function compareMetrics(file: VectorFile, prepared: Prepared): Comparison {
  const { mask, logp, oldLogp, refLogp } = prepared;
  const input = lossInput(file, prepared, 'group_norm_eps1e_4_trl');
  const clipOf = (batch: typeof input) => computeLoss('grpo', batch, { epsilon: 0.2 }).metrics;
  const { clipLow, clipHigh, ratioMax } = clipOf(input);
  const sequences = Array.from({ length: file.B }, (_, b) => {
    const own = <Row extends Float64Array | Float32Array>(values: Row) =>
      values.subarray(b * file.T, (b + 1) * file.T) as Row;
    const { advantage } = input;
    return {
      ...{ ...input, batch: 1, groupSize: 1, logp: own(logp), oldLogp: own(oldLogp), refLogp: own(refLogp) },
      ...{ advantage: own(advantage), mask: own(mask) },
    };
  });
  const clips = sequences.map(clipOf);
  const ratios = validValues(tokenLogRatios(input).map(ratioOf), mask);
  const lengths = Array.from(sequenceLengths(mask, file.B, file.T));
  const actual: Record<string, number> = {
    ...rewardMetrics(byGroup(file.rewards, file.G)),
    // The vectors have it over all rewards, as verl.
    reward_std: standardDeviation(file.rewards),
    ...completionMetrics(lengths, []),
    entropy: maskedMean(prepared.entropy, mask),
    kl: meanK3(logp, refLogp, mask),
    'clip_ratio/low_mean': clipLow,
    'clip_ratio/high_mean': clipHigh,
    'clip_ratio/region_mean': clipLow + clipHigh,
    'clip_ratio/low_min': extent(clips.map((clip) => clip.clipLow))[0],
    'clip_ratio/high_max': extent(clips.map((clip) => clip.clipHigh))[1],
    'ratio/max': ratioMax,
    'policy_drift/k3_forward': meanK3(oldLogp, logp, mask),
    'policy_drift/exact_forward': maskedMean(prepared.klOldNew, mask),
    // No run logs these three; they hold the ratio itself.
    'actor/ppo_kl': -maskedMean(tokenLogRatios(input), mask),
    ratio_mean_of_seq_means: mean(
      sequences.map((one) => maskedMean(tokenLogRatios(one).map(ratioOf), one.mask)),
    ),
    is_ess_per_token_fraction: sum(ratios) ** 2 / (ratios.length * sum(ratios.map((r) => r * r))),
  };
  return errorsOf(file.metrics, actual, (value, expected) => numberError(value, expected));
}

export function compareValue(file: VectorFile, prepared: Prepared): Comparison {
  const { mask } = prepared;
  const expected = file.value;
  const { raw, returns } = advantagesOf(file, prepared, 'gae_verl_whitened');
  if (returns === null) throw new Error('GAE gave no returns');
  const oldValues = Float64Array.from(file.values_old.flat());
  const newValues = Float64Array.from(file.values_new.flat());
  const result = valueLoss(newValues, oldValues, returns, mask, expected.cliprange_value);
  const residuals = returns.map((target, i) => target - oldValues[i]);
  const spread = variance(validValues(returns, mask));
  const explained = spread === 0 ? 0 : 1 - variance(validValues(residuals, mask)) / spread;
  return {
    gae_advantages_raw: arrayError(raw, expected.gae_advantages_raw.flat(), mask),
    returns: arrayError(returns, expected.returns.flat(), mask),
    vf_loss: numberError(result.loss, expected.vf_loss),
    grad_values_new: arrayError(result.gradValues, expected.grad_values_new.flat()),
    vf_clipfrac: numberError(result.clipFraction, expected.vf_clipfrac),
    explained_variance: numberError(explained, expected.explained_variance),
  };
}

export async function compareEntropy(
  file: VectorFile,
  prepared: Prepared,
  backend: VectorBackend,
): Promise<Comparison> {
  const { logits, tokens, rows, mask, entropy } = prepared;
  const none = new Float64Array(rows);
  const grad = await backend.gradLogits(logits, tokens, none, entropyWeights(mask), rows, file.V);
  const expected = file.entropy_bonus;
  return {
    mean_entropy: numberError(maskedMean(entropy, mask), expected.mean_entropy),
    grad_logits_of_mean_entropy: arrayError(grad, expected.grad_logits_of_mean_entropy.flat(2)),
  };
}

export function compareDerived(file: VectorFile, prepared: Prepared): Comparison {
  const { logp, oldLogp, refLogp, mask } = prepared;
  const perToken = (of: (i: number) => number) => Array.from(logp, (_, i) => of(i));
  const actual: Record<string, ArrayLike<number>> = {
    logps: logp,
    old_logps: oldLogp,
    ref_logps: refLogp,
    entropy: prepared.entropy,
    ratio: perToken((i) => ratioOf(logp[i] - oldLogp[i])),
    k1_ref: perToken((i) => logp[i] - refLogp[i]),
    k2_ref: perToken((i) => (logp[i] - refLogp[i]) ** 2 / 2),
    k3_ref: perToken((i) => k3(logp[i], refLogp[i])),
    k3_drift_old_new: perToken((i) => k3(oldLogp[i], logp[i])),
    exact_kl_old_new: prepared.klOldNew,
    exact_kl_new_ref: prepared.klNewRef,
  };
  // Nats and ratios: numbers of order one, also where they happen to be near 0.
  return errorsOf(file.derived ?? {}, actual, (values, expected) =>
    arrayError(values, expected.flat(), mask, 1),
  );
}

/** The error of every expected entry. @throws Error naming an entry that has no counterpart here. */
function errorsOf<Actual, Expected>(
  expected: Record<string, Expected>,
  actual: Record<string, Actual>,
  errorOf: (actual: Actual, expected: Expected) => number,
): Comparison {
  const entries = Object.entries(expected).map(([name, value]) => {
    if (!(name in actual)) throw new Error(`unknown number '${name}': add it to src/conformance/sections.ts`);
    return [name, errorOf(actual[name], value)];
  });
  return Object.fromEntries(entries);
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
