// The policy and reward model as a tutorial would write a transformer, over the operations of one library: nothing fused by hand.

import type { ModelSpec } from '../../model/graph.ts';
import {
  attentionMask,
  KL_WEIGHT,
  PROMPT_TOKENS,
  RATIO_CLIP,
  RESPONSE_TOKENS,
  ropeTables,
  TEXT_TOKENS,
} from '../task.ts';

/** An array of a library. */
export type Value = { readonly shape: number[]; dispose(): void };

export type Weights<T> = { readonly [name: string]: T };

/** Operations on a library's arrays T. jax-js counts references: an operation owns its arguments, and `keep` gives x for another use. */
export interface Operations<T> {
  keep(x: T): T;
  add(a: T, b: T): T;
  sub(a: T, b: T | number): T;
  mul(a: T, b: T | number): T;
  minimum(a: T, b: T): T;
  clip(x: T, low: number, high: number): T;
  exp(x: T): T;
  neg(x: T): T;
  /** Over all elements. */
  mean(x: T): T;
  /** GELU, tanh form. */
  gelu(x: T): T;
  silu(x: T): T;
  /** x W + b over the last axis. */
  linear(x: T, weight: T, bias: T | undefined): T;
  /** x of the table's rows, transposed: [batch, time, rows of the table]. */
  project(x: T, table: T): T;
  /** Rows of the table by tokens, [batch, time, width]. */
  embed(table: T, tokens: T): T;
  /** RMSNorm over the last axis. */
  norm(x: T, gain: T): T;
  /** Equal parts of the last axis. */
  split(x: T, parts: number): T[];
  concat(a: T, b: T, axis: number): T;
  /** from .. to along axis 1. */
  rows(x: T, from: number, to: number): T;
  /** One row along axis 1; `at` is an int32 scalar. */
  row(x: T, at: T): T;
  /** [batch, time, width] as heads, in the layout that the library attends in. */
  heads(x: T, count: number): T;
  /** Attention over heads, [batch, time, width]; `mask` is added to the scores. */
  attend(q: T, k: T, v: T, mask: T | null): T;
  /** Log-probs of the targets [batch, time] under logits [batch, time, vocabulary]. */
  logProbs(logits: T, targets: T): T;
  /** A table that the model needs again and again. */
  constant(name: string, values: () => Float32Array, shape: number[]): T;
  /** The shape of [time, n] that broadcasts over heads. */
  overHeads(time: number, n: number): number[];
}

export class Transformer<T extends Value> {
  constructor(
    private readonly ops: Operations<T>,
    readonly spec: ModelSpec,
  ) {}

  /** Logits of the rows that `rows` takes from [batch, image tokens + time, width]. tokens [batch, time], patches [batch, P, values]. */
  logits(weights: Weights<T>, tokens: T, patches: T, rows: (x: T) => T): T {
    const table = this.ops.keep(weights['text.embedding']);
    const x = rows(this.hidden(weights, tokens, patches));
    return this.ops.project(this.ops.norm(x, weights['text.norm.gain']), table);
  }

  /** Class logits of the last row of each item, [batch, 1, classes]. */
  classes(weights: Weights<T>, tokens: T, patches: T): T {
    const x = this.hidden(weights, tokens, patches);
    const last = this.ops.rows(x, x.shape[1] - 1, x.shape[1]);
    return this.linear(this.ops.norm(last, weights['text.norm.gain']), weights, 'output.classes');
  }

  /** Log-probs of the response tokens, [batch, RESPONSE_TOKENS]. */
  logp(weights: Weights<T>, tokens: T, patches: T): T {
    const targets = this.ops.rows(this.ops.keep(tokens), PROMPT_TOKENS, TEXT_TOKENS);
    const from = this.spec.imageTokens + PROMPT_TOKENS - 1;
    const logits = this.logits(weights, tokens, patches, (x) =>
      this.ops.rows(x, from, from + RESPONSE_TOKENS),
    );
    return this.ops.logProbs(logits, targets);
  }

  /** Mean -log pi of the responses. */
  sftLoss(weights: Weights<T>, tokens: T, patches: T): T {
    return this.ops.neg(this.ops.mean(this.logp(weights, tokens, patches)));
  }

  /** Mean of -min(r A, clip(r) A) + KL_WEIGHT (e^d - d - 1); see policyGradient. advantage [batch, 1]. */
  policyLoss(weights: Weights<T>, tokens: T, patches: T, oldLogp: T, referenceLogp: T, advantage: T): T {
    const { keep, sub, mul, exp, mean, clip, minimum } = this.ops;
    const now = this.logp(weights, tokens, patches);
    const ratio = exp(sub(keep(now), oldLogp));
    const clipped = clip(keep(ratio), 1 - RATIO_CLIP, 1 + RATIO_CLIP);
    const surrogate = minimum(mul(ratio, keep(advantage)), mul(clipped, advantage));
    const apart = sub(referenceLogp, now);
    const kl = sub(sub(exp(keep(apart)), apart), 1);
    return mean(sub(mul(kl, KL_WEIGHT), surrogate));
  }

  /** [batch, image tokens + time, width] */
  private hidden(weights: Weights<T>, tokens: T, patches: T): T {
    const { ops, spec } = this;
    const { layers, visionLayers } = spec.dimensions;
    let image = ops.add(this.linear(patches, weights, 'vision.patch'), weights['vision.position']);
    for (let layer = 0; layer < visionLayers; layer++)
      image = this.block(image, weights, `vision.${layer}`, false);
    image = this.linear(ops.norm(image, weights['vision.norm.gain']), weights, 'vision.projector1');
    image = this.linear(ops.gelu(image), weights, 'vision.projector2');
    let x = ops.concat(image, ops.embed(weights['text.embedding'], tokens), 1);
    for (let layer = 0; layer < layers; layer++) x = this.block(x, weights, `text.${layer}`, true);
    return x;
  }

  private block(x: T, weights: Weights<T>, name: string, causal: boolean): T {
    const { ops } = this;
    const normed = ops.norm(ops.keep(x), weights[`${name}.norm1.gain`]);
    const attended = ops.add(x, this.attention(normed, weights, name, causal));
    const inner = ops.norm(ops.keep(attended), weights[`${name}.norm2.gain`]);
    const [gate, up] = ops.split(this.linear(inner, weights, `${name}.gateUp`), 2);
    return ops.add(attended, this.linear(ops.mul(ops.silu(gate), up), weights, `${name}.down`));
  }

  private attention(x: T, weights: Weights<T>, name: string, causal: boolean): T {
    const { ops, spec } = this;
    const { width, heads } = spec.dimensions;
    const time = x.shape[1];
    const parts = ops.split(this.linear(x, weights, `${name}.qkv`), 3);
    let [q, k, v] = parts.map((part) => ops.heads(part, heads));
    if (causal) [q, k] = [q, k].map((part) => this.rope(part, time, width / heads));
    const mask = () => attentionMask(spec.imageTokens, time);
    const bias = causal ? ops.constant(`mask${time}`, mask, [1, 1, time, time]) : null;
    return this.linear(ops.attend(q, k, v, bias), weights, `${name}.attention`);
  }

  /** Rotary positions, pairs (i, i + half). */
  private rope(x: T, time: number, size: number): T {
    const { keep, sub, add, mul, split, concat, constant, overHeads } = this.ops;
    const shape = overHeads(time, size / 2);
    const cos = constant(`cos${time}`, () => ropeTables(time, size).cos, shape);
    const sin = constant(`sin${time}`, () => ropeTables(time, size).sin, shape);
    const [a, b] = split(x, 2);
    const first = sub(mul(keep(a), keep(cos)), mul(keep(b), keep(sin)));
    return concat(first, add(mul(b, cos), mul(a, sin)), 3);
  }

  private linear(x: T, weights: Weights<T>, name: string): T {
    return this.ops.linear(x, weights[`${name}.weight`], weights[`${name}.bias`]);
  }
}
