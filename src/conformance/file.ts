// A test-vector file: its shape, and reading it with one clear sentence where it is damaged.

/** Thrown for a directory or file that cannot be run; the message names it and the way on. */
export class VectorFileError extends Error {
  override name = 'VectorFileError';
}

/** One loss: its expected value and gradients. B, T, V are the file's sizes. */
export type VectorLoss = {
  config: Record<string, unknown>;
  /** Key of `advantages`. */
  advantage: string;
  loss: number;
  /** dLoss/dlogp, [B][T]. */
  grad_logps: number[][];
  /** dLoss/dlogits, [B][T][V]. */
  grad_logits: number[][][];
};

/** See the README beside the vectors: B sequences in groups of G, T positions, V tokens. */
export type VectorFile = {
  name: string;
  B: number;
  G: number;
  T: number;
  V: number;
  token_ids: number[][];
  mask: number[][];
  logits: number[][][];
  old_logits: number[][][];
  ref_logits: number[][][];
  /** [B][terms]. */
  rewards_per_func: number[][];
  reward_weights: number[];
  rewards: number[];
  values_old: number[][];
  values_new: number[][];
  derived?: Record<string, number[][]>;
  advantages: Record<string, number[] | number[][]>;
  losses: Record<string, VectorLoss>;
  metrics: Record<string, number>;
  value: {
    cliprange_value: number;
    gae_advantages_raw: number[][];
    returns: number[][];
    vf_loss: number;
    grad_values_new: number[][];
    vf_clipfrac: number;
    explained_variance: number;
  };
  entropy_bonus: { mean_entropy: number; grad_logits_of_mean_entropy: number[][][] };
};

/** Sizes that each array must have; letters are the file's own sizes, K the number of reward terms. */
const ARRAYS: Record<string, string> = {
  token_ids: 'BT',
  mask: 'BT',
  logits: 'BTV',
  old_logits: 'BTV',
  ref_logits: 'BTV',
  rewards_per_func: 'BK',
  reward_weights: 'K',
  rewards: 'B',
  values_old: 'BT',
  values_new: 'BT',
  'value.gae_advantages_raw': 'BT',
  'value.returns': 'BT',
  'value.grad_values_new': 'BT',
  'entropy_bonus.grad_logits_of_mean_entropy': 'BTV',
};

const NUMBERS = [
  'value.cliprange_value',
  'value.vf_loss',
  'value.vf_clipfrac',
  'value.explained_variance',
  'entropy_bonus.mean_entropy',
] as const;

/**
 * Parses and checks one file.
 * @throws VectorFileError naming the file, what is wrong and what to do.
 */
export function parseVectorFile(text: string, fileName: string): VectorFile {
  const damaged = (what: string) =>
    new VectorFileError(
      `${fileName} is damaged (${what}): restore it from its source, or move it out of the directory.`,
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(`not valid JSON: ${(error as Error).message}`);
  }
  if (!isRecord(json)) throw damaged('not a JSON object');
  const sizes: Record<string, number> = {};
  for (const size of ['B', 'G', 'T', 'V']) {
    const value = json[size];
    if (!Number.isInteger(value) || (value as number) < 1)
      throw damaged(`${size} is not a positive whole number`);
    sizes[size] = value as number;
  }
  const weights = json.reward_weights;
  sizes.K = Array.isArray(weights) ? weights.length : 0;
  const check = (path: string, value: unknown, letters: string): void => {
    const shape = [...letters].map((letter) => sizes[letter]);
    if (!hasShape(value, shape))
      throw damaged(`${path} is not an array of numbers of shape [${shape.join(', ')}]`);
  };
  for (const [path, letters] of Object.entries(ARRAYS)) check(path, at(json, path), letters);
  for (const path of NUMBERS) if (!hasShape(at(json, path), [])) throw damaged(`${path} is not a number`);
  const tokens = (json.token_ids as number[][]).flat();
  if (!tokens.every((token) => Number.isInteger(token) && token >= 0 && token < sizes.V)) {
    throw damaged('token_ids has a token outside the vocabulary');
  }
  for (const section of ['advantages', 'losses', 'metrics']) {
    if (!isRecord(json[section])) throw damaged(`${section} is missing`);
  }
  for (const [key, value] of Object.entries(json.advantages as object)) {
    if (!hasShape(value, [sizes.B])) check(`advantages.${key}`, value, 'BT');
  }
  for (const [key, value] of Object.entries(json.metrics as object)) {
    if (!hasShape(value, [])) throw damaged(`metrics.${key} is not a number`);
  }
  for (const [key, loss] of Object.entries(json.losses as object)) {
    if (
      !isRecord(loss) ||
      !isRecord(loss.config) ||
      typeof loss.advantage !== 'string' ||
      !hasShape(loss.loss, [])
    ) {
      throw damaged(`losses.${key} lacks its config, advantage or loss`);
    }
    check(`losses.${key}.grad_logps`, loss.grad_logps, 'BT');
    check(`losses.${key}.grad_logits`, loss.grad_logits, 'BTV');
  }
  if (json.derived !== undefined) {
    if (!isRecord(json.derived)) throw damaged('derived is not an object');
    for (const [key, value] of Object.entries(json.derived)) check(`derived.${key}`, value, 'BT');
  }
  return json as VectorFile;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value at a path of one or two names. */
function at(json: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), json);
}

/** True where `value` is a nested array of finite numbers of this shape; [] is one number. */
function hasShape(value: unknown, shape: readonly number[]): boolean {
  if (shape.length === 0) return typeof value === 'number' && Number.isFinite(value);
  if (!Array.isArray(value) || value.length !== shape[0]) return false;
  return value.every((item) => hasShape(item, shape.slice(1)));
}
