// A test-vector file: its schema, and reading it with one clear sentence where it is damaged.

import * as v from 'valibot';
import { UsageError } from '../base/errors.ts';

const positive = v.pipe(
  v.number('is not a positive whole number'),
  v.integer('is not a positive whole number'),
  v.minValue(1, 'is not a positive whole number'),
);
const number = v.pipe(v.number('is not a number'), v.finite('is not a number'));
const object = <Entries extends v.ObjectEntries>(entries: Entries) => v.object(entries, 'is missing');
const record = <Value extends v.GenericSchema>(value: Value) => v.record(v.string(), value, 'is missing');

/** B sequences in groups of G, T positions, V tokens, K reward terms. */
const sizesSchema = object({
  B: positive,
  G: positive,
  T: positive,
  V: positive,
  reward_weights: v.array(number, 'is missing'),
});

/** A nested array of finite numbers of this shape. */
function tensor<Value>(...shape: number[]): v.GenericSchema<Value> {
  return v.custom<Value>(
    (value) => hasShape(value, shape),
    `is not an array of numbers of shape [${shape.join(', ')}]`,
  );
}

function hasShape(value: unknown, [length, ...inner]: readonly number[]): boolean {
  if (length === undefined) return Number.isFinite(value);
  return Array.isArray(value) && value.length === length && value.every((item) => hasShape(item, inner));
}

/** See the README beside the vectors. */
function schemaFor({ B, G, T, V, reward_weights }: v.InferOutput<typeof sizesSchema>) {
  const perSequence = tensor<number[]>(B);
  const perToken = tensor<number[][]>(B, T);
  const perLogit = tensor<number[][][]>(B, T, V);
  return object({
    /** The command puts the file's own name here. */
    name: v.optional(v.string(), ''),
    B: v.literal(B),
    G: v.literal(G),
    T: v.literal(T),
    V: v.literal(V),
    token_ids: v.pipe(
      perToken,
      v.check(
        (rows) => rows.flat().every((token) => Number.isInteger(token) && token >= 0 && token < V),
        'has a token outside the vocabulary',
      ),
    ),
    mask: perToken,
    logits: perLogit,
    old_logits: perLogit,
    ref_logits: perLogit,
    rewards_per_func: tensor<number[][]>(B, reward_weights.length),
    reward_weights: v.array(number),
    rewards: perSequence,
    values_old: perToken,
    values_new: perToken,
    derived: v.optional(record(perToken)),
    /** One number per sequence or per token. */
    advantages: record(v.union([perSequence, perToken], `has neither the shape [${B}] nor [${B}, ${T}]`)),
    losses: record(
      object({
        config: record(v.unknown()),
        /** Key of `advantages`. */
        advantage: v.string('is missing'),
        loss: number,
        /** dLoss/dlogp and dLoss/dlogits. */
        grad_logps: perToken,
        grad_logits: perLogit,
      }),
    ),
    metrics: record(number),
    value: object({
      cliprange_value: number,
      gae_advantages_raw: perToken,
      returns: perToken,
      vf_loss: number,
      grad_values_new: perToken,
      vf_clipfrac: number,
      explained_variance: number,
    }),
    entropy_bonus: object({ mean_entropy: number, grad_logits_of_mean_entropy: perLogit }),
  });
}

export type VectorFile = v.InferOutput<ReturnType<typeof schemaFor>>;
export type VectorLoss = VectorFile['losses'][string];

/**
 * Parses and checks one file.
 * @throws UsageError naming the file, what is wrong and what to do.
 */
export function parseVectorFile(text: string, fileName: string): VectorFile {
  const damaged = (what: string) =>
    new UsageError(
      `${fileName} is damaged (${what}).`,
      'Restore it from its source, or move it out of the directory.',
    );
  const checked = <Schema extends v.GenericSchema>(schema: Schema, value: unknown) => {
    const result = v.safeParse(schema, value, { abortEarly: true });
    if (result.success) return result.output;
    const [issue] = result.issues;
    throw damaged([v.getDotPath(issue), issue.message].filter(Boolean).join(' '));
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw damaged(`not valid JSON: ${(error as Error).message}`);
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw damaged('not a JSON object');
  return checked(schemaFor(checked(sizesSchema, json)), json);
}
