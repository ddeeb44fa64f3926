// The policy and reward model as a tutorial would write a transformer, over the operations of one library: nothing fused by hand.

import type { ModelSpec } from '../../model/graph.ts';
import {
  attentionMask,
  GROUP_SIZE,
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
  /** Of a value that is used no more. */
  drop(x: T): void;
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
  /** Row `at`, an int32 scalar, of a table as `overHeads` shapes it. */
  row(table: T, at: T): T;
  /** Each item `count` times, one after the other. */
  repeat(x: T, count: number): T;
  /** Keys or values over heads with room for `rows` more, where room is made beforehand. */
  room(x: T, rows: number): T;
  /** Keys or values with those of row `at` added. */
  extend(cache: T, row: T, at: T): T;
  /** What is added to the scores of a row at `at` over a cache, which stays as it is; null where it holds no row behind it. */
  seen(cache: T, at: T): T | null;
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

/** Logits of the next token, and the keys and values so far, two for each layer. */
export type Decoded<T> = { logits: T; caches: T[] };

/** How a block mixes its rows: of queries, keys and values over heads. */
type Mix<T> = (q: T, k: T, v: T, layer: number) => T;

export class Transformer<T extends Value> {
  constructor(
    private readonly ops: Operations<T>,
    readonly spec: ModelSpec,
  ) {}

  /** Logits of the rows that `rows` takes from [batch, image tokens + time, width]. tokens [batch, time], patches [batch, P, values]. */
  private logits(
    weights: Weights<T>,
    tokens: T,
    patches: T,
    rows: (x: T) => T,
    hear?: (keys: T, values: T) => void,
  ): T {
    const table = this.ops.keep(weights['text.embedding']);
    const x = rows(this.hidden(weights, tokens, patches, hear));
    return this.ops.project(this.ops.norm(x, weights['text.norm.gain']), table);
  }

  /** Logits [prompts, 1, vocabulary] behind the prompts, with a cache for each sample of a group. */
  prefill(weights: Weights<T>, tokens: T, patches: T): Decoded<T> {
    const { ops } = this;
    const caches: T[] = [];
    const time = this.spec.imageTokens + tokens.shape[1];
    const logits = this.logits(
      weights,
      tokens,
      patches,
      (x) => ops.rows(x, time - 1, time),
      (...parts) => {
        for (const part of parts) caches.push(ops.room(ops.repeat(part, GROUP_SIZE), RESPONSE_TOKENS));
      },
    );
    return { logits, caches };
  }

  /** Logits [samples, 1, vocabulary] behind one more token, whose place is `at`. */
  next(weights: Weights<T>, caches: T[], token: T, at: T): Decoded<T> {
    const { ops, spec } = this;
    const { width, heads, layers } = spec.dimensions;
    const table = ops.keep(weights['text.embedding']);
    const places = spec.imageTokens + TEXT_TOKENS;
    const angles = this.angles(places, width / heads);
    const [cos, sin] = angles.map((all) => ops.row(all, ops.keep(at)));
    const next: T[] = [];
    const mix: Mix<T> = (q, k, v, layer) => {
      const turned = this.turn(k, ops.keep(cos), ops.keep(sin));
      const keys = ops.extend(caches[2 * layer], turned, ops.keep(at));
      const values = ops.extend(caches[2 * layer + 1], v, ops.keep(at));
      next.push(ops.keep(keys), ops.keep(values));
      const bias = ops.seen(keys, ops.keep(at));
      return ops.attend(this.turn(q, ops.keep(cos), ops.keep(sin)), keys, values, bias);
    };
    let x = ops.embed(weights['text.embedding'], token);
    for (let layer = 0; layer < layers; layer++) x = this.block(x, weights, `text.${layer}`, layer, mix);
    const logits = ops.project(ops.norm(x, weights['text.norm.gain']), table);
    for (const part of [cos, sin, at]) ops.drop(part);
    return { logits, caches: next };
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

  /** [batch, image tokens + time, width]; `hear` gets the keys and values of each layer of the text. */
  private hidden(weights: Weights<T>, tokens: T, patches: T, hear?: (keys: T, values: T) => void): T {
    const { ops, spec } = this;
    const { layers, visionLayers, width, heads } = spec.dimensions;
    let image = ops.add(this.linear(patches, weights, 'vision.patch'), weights['vision.position']);
    const all: Mix<T> = (q, k, v) => ops.attend(q, k, v, null);
    for (let layer = 0; layer < visionLayers; layer++)
      image = this.block(image, weights, `vision.${layer}`, layer, all);
    image = this.linear(ops.norm(image, weights['vision.norm.gain']), weights, 'vision.projector1');
    image = this.linear(ops.gelu(image), weights, 'vision.projector2');
    let x = ops.concat(image, ops.embed(weights['text.embedding'], tokens), 1);
    const time = x.shape[1];
    const mask = () => attentionMask(spec.imageTokens, time);
    const causal: Mix<T> = (q, k, v) => {
      const [turnedQ, turnedK] = [q, k].map((part) => {
        const [cos, sin] = this.angles(time, width / heads);
        return this.turn(part, cos, sin);
      });
      hear?.(ops.keep(turnedK), ops.keep(v));
      return ops.attend(turnedQ, turnedK, v, ops.constant(`mask${time}`, mask, [1, 1, time, time]));
    };
    for (let layer = 0; layer < layers; layer++) x = this.block(x, weights, `text.${layer}`, layer, causal);
    return x;
  }

  private block(x: T, weights: Weights<T>, name: string, layer: number, mix: Mix<T>): T {
    const { ops } = this;
    const normed = ops.norm(ops.keep(x), weights[`${name}.norm1.gain`]);
    const parts = ops.split(this.linear(normed, weights, `${name}.qkv`), 3);
    const [q, k, v] = parts.map((part) => ops.heads(part, this.spec.dimensions.heads));
    const attended = ops.add(x, this.linear(mix(q, k, v, layer), weights, `${name}.attention`));
    const inner = ops.norm(ops.keep(attended), weights[`${name}.norm2.gain`]);
    const [gate, up] = ops.split(this.linear(inner, weights, `${name}.gateUp`), 2);
    return ops.add(attended, this.linear(ops.mul(ops.silu(gate), up), weights, `${name}.down`));
  }

  /** Cosines and sines of the places before `time`, as they broadcast over heads. */
  private angles(time: number, size: number): T[] {
    const { constant, overHeads } = this.ops;
    const shape = overHeads(time, size / 2);
    return [
      constant(`cos${time}`, () => ropeTables(time, size).cos, shape),
      constant(`sin${time}`, () => ropeTables(time, size).sin, shape),
    ];
  }

  /** Rotary positions, pairs (i, i + half). */
  private turn(x: T, cos: T, sin: T): T {
    const { keep, sub, add, mul, split, concat } = this.ops;
    const [a, b] = split(x, 2);
    const first = sub(mul(keep(a), keep(cos)), mul(keep(b), keep(sin)));
    return concat(first, add(mul(b, cos), mul(a, sin)), 3);
  }

  private linear(x: T, weights: Weights<T>, name: string): T {
    return this.ops.linear(x, weights[`${name}.weight`], weights[`${name}.bias`]);
  }
}
