// The policy and reward model in jax-js: pure functions of a tree of weights, to be traced by jit.
//
// jax-js counts references: a function owns its arguments, `x.ref` keeps x for another use.

import { nn, numpy as np } from '@jax-js/jax';
import type { ModelSpec } from '../../model/graph.ts';
import { attentionMask, ropeTables } from '../task.ts';

export type JaxWeights = { [name: string]: np.Array };

/** The flat buffer of a layout as a tree of arrays. */
export function jaxWeights(spec: ModelSpec, parameters: Float32Array): JaxWeights {
  const weights: JaxWeights = {};
  for (const { name, offset, size, shape } of spec.layout.slices) {
    weights[name] = np.array(parameters.slice(offset, offset + size), { shape: [...shape] });
  }
  return weights;
}

/** Logits of the text rows from .. to of each item, [batch, to - from, vocabulary]. tokens [batch, time], patches [batch, P, values]. */
export function jaxLogits(
  spec: ModelSpec,
  weights: JaxWeights,
  tokens: np.Array,
  patches: np.Array,
  from: number,
  to: number,
): np.Array {
  const prefix = spec.imageTokens;
  const table = weights['text.embedding'].ref;
  const x = hidden(spec, weights, tokens, patches).slice([], [prefix + from, prefix + to], []);
  return np.matmul(norm(x, weights['text.norm.gain']), table.transpose());
}

/** Logits of one text row of each item, [batch, vocabulary]; `row` is an int32 scalar that may change without a new trace. */
export function jaxRowLogits(
  spec: ModelSpec,
  weights: JaxWeights,
  tokens: np.Array,
  patches: np.Array,
  row: np.Array,
): np.Array {
  const table = weights['text.embedding'].ref;
  const x = hidden(spec, weights, tokens, patches).slice([], row.add(spec.imageTokens), []);
  return np.matmul(norm(x, weights['text.norm.gain']), table.transpose());
}

/** Class logits of the last row of each item, [batch, classes]. */
export function jaxClasses(
  spec: ModelSpec,
  weights: JaxWeights,
  tokens: np.Array,
  patches: np.Array,
): np.Array {
  const x = hidden(spec, weights, tokens, patches).slice([], -1, []);
  return linear(norm(x, weights['text.norm.gain']), weights, 'output.classes');
}

/** [batch, image tokens + time, width] */
function hidden(spec: ModelSpec, weights: JaxWeights, tokens: np.Array, patches: np.Array): np.Array {
  const { layers, visionLayers } = spec.dimensions;
  let image = linear(patches, weights, 'vision.patch').add(weights['vision.position']);
  for (let layer = 0; layer < visionLayers; layer++)
    image = block(spec, weights, image, `vision.${layer}`, false);
  image = linear(norm(image, weights['vision.norm.gain']), weights, 'vision.projector1');
  image = linear(nn.gelu(image, { approximate: true }), weights, 'vision.projector2');
  const text = weights['text.embedding'].slice(tokens);
  let x = np.concatenate([image, text], 1);
  for (let layer = 0; layer < layers; layer++) x = block(spec, weights, x, `text.${layer}`, true);
  return x;
}

function block(spec: ModelSpec, weights: JaxWeights, x: np.Array, name: string, causal: boolean): np.Array {
  const normed = norm(x.ref, weights[`${name}.norm1.gain`]);
  const attended = x.add(attention(spec, weights, normed, name, causal));
  const gateUp = linear(norm(attended.ref, weights[`${name}.norm2.gain`]), weights, `${name}.gateUp`);
  const [gate, up] = np.split(gateUp, 2, -1);
  return attended.add(linear(nn.silu(gate).mul(up), weights, `${name}.down`));
}

function attention(
  spec: ModelSpec,
  weights: JaxWeights,
  x: np.Array,
  name: string,
  causal: boolean,
): np.Array {
  const { width, heads } = spec.dimensions;
  const [batch, time] = x.shape;
  const parts = np.split(linear(x, weights, `${name}.qkv`), 3, -1);
  const [q, k, v] = parts.map((part) => part.reshape([batch, time, heads, width / heads]));
  const mixed = causal
    ? nn.dotProductAttention(rope(q), rope(k), v, {
        bias: np.array(attentionMask(spec.imageTokens, time), { shape: [1, 1, time, time] }),
      })
    : nn.dotProductAttention(q, k, v);
  return linear(mixed.reshape([batch, time, width]), weights, `${name}.attention`);
}

/** Rotary positions on [batch, time, heads, size], pairs (i, i + half). */
function rope(x: np.Array): np.Array {
  const [, time, , size] = x.shape;
  const { cos, sin } = ropeTables(time, size);
  const shape = [1, time, 1, size / 2];
  const [c, s] = [np.array(cos, { shape }), np.array(sin, { shape })];
  const [a, b] = np.split(x, 2, -1);
  const first = a.ref.mul(c.ref).sub(b.ref.mul(s.ref));
  return np.concatenate([first, b.mul(c).add(a.mul(s))], -1);
}

/** RMSNorm over the last axis. */
function norm(x: np.Array, gain: np.Array): np.Array {
  const meanSquare = np.mean(np.square(x.ref), -1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(meanSquare.add(1e-5)))).mul(gain);
}

function linear(x: np.Array, weights: JaxWeights, name: string): np.Array {
  const product = np.matmul(x, weights[`${name}.weight`]);
  const bias = weights[`${name}.bias`];
  return bias ? product.add(bias) : product;
}
