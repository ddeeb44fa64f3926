// The policy and reward model in plain tfjs, as its tutorials would write a transformer: composed operations, nothing fused.

import * as tf from '@tensorflow/tfjs-core';
import type { ModelSpec } from '../../model/graph.ts';
import { attentionMask, ropeTables } from '../task.ts';

type Weights = { readonly [name: string]: tf.Variable };

export class TfjsModel {
  readonly weights: Weights;
  private readonly constants = new Map<string, tf.Tensor>();

  /** `parameters` is the flat buffer of the layout. */
  constructor(
    private readonly spec: ModelSpec,
    parameters: Float32Array,
    /** The wasm backend has no gradient for gather. */
    private readonly embedByProduct: boolean,
  ) {
    const weights: { [name: string]: tf.Variable } = {};
    for (const { name, offset, size, shape } of spec.layout.slices) {
      const values = tf.tensor(parameters.slice(offset, offset + size), [...shape]);
      weights[name] = tf.variable(values);
      values.dispose();
    }
    this.weights = weights;
  }

  assign(parameters: Float32Array): void {
    for (const { name, offset, size, shape } of this.spec.layout.slices) {
      tf.tidy(() =>
        this.weights[name].assign(tf.tensor(parameters.slice(offset, offset + size), [...shape])),
      );
    }
  }

  dispose(): void {
    tf.dispose(Object.values(this.weights));
    tf.dispose([...this.constants.values()]);
  }

  /** Logits of the text rows from .. to of each item, [batch, to - from, vocabulary]. Call inside tidy. */
  logits(tokens: tf.Tensor2D, patches: tf.Tensor3D, from: number, to: number): tf.Tensor3D {
    const x = this.hidden(tokens, patches);
    const [batch, , width] = x.shape;
    const rows = tf.slice(x, [0, this.spec.imageTokens + from, 0], [batch, to - from, width]);
    const normed = tf.reshape(this.norm(rows, 'text.norm'), [-1, width]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(normed, this.weights['text.embedding'] as tf.Tensor2D, false, true), [
      batch,
      to - from,
      -1,
    ]);
  }

  /** Class logits of the last row of each item, [batch, classes]. */
  classes(tokens: tf.Tensor2D, patches: tf.Tensor3D): tf.Tensor2D {
    const x = this.hidden(tokens, patches);
    const [batch, time, width] = x.shape;
    const last = tf.slice(x, [0, time - 1, 0], [batch, 1, width]);
    return tf.reshape(this.linear(this.norm(last, 'text.norm'), 'output.classes'), [batch, -1]);
  }

  /** [batch, image tokens + time, width] */
  private hidden(tokens: tf.Tensor2D, patches: tf.Tensor3D): tf.Tensor3D {
    const { layers, visionLayers } = this.spec.dimensions;
    let image = tf.add<tf.Tensor3D>(this.linear(patches, 'vision.patch'), this.weights['vision.position']);
    for (let layer = 0; layer < visionLayers; layer++) image = this.block(image, `vision.${layer}`, false);
    image = this.linear(this.norm(image, 'vision.norm'), 'vision.projector1');
    image = this.linear(gelu(image), 'vision.projector2');
    let x: tf.Tensor3D = tf.concat([image, this.embed(tokens)], 1);
    for (let layer = 0; layer < layers; layer++) x = this.block(x, `text.${layer}`, true);
    return x;
  }

  private embed(tokens: tf.Tensor2D): tf.Tensor3D {
    const table = this.weights['text.embedding'] as tf.Tensor2D;
    if (!this.embedByProduct) return tf.gather<tf.Tensor3D>(table as tf.Tensor as tf.Tensor3D, tokens);
    // A float one-hot of the wasm backend holds integer bits, hence the cast.
    const hot = tf.cast(
      tf.oneHot(tf.reshape(tokens, [-1]), table.shape[0], 1, 0, 'int32'),
      'float32',
    ) as tf.Tensor2D;
    return tf.reshape<tf.Rank.R3>(tf.matMul(hot, table), [...tokens.shape, table.shape[1]]);
  }

  private block(x: tf.Tensor3D, name: string, causal: boolean): tf.Tensor3D {
    const attended = tf.add<tf.Tensor3D>(x, this.attention(this.norm(x, `${name}.norm1`), name, causal));
    const [gate, up] = tf.split(this.linear(this.norm(attended, `${name}.norm2`), `${name}.gateUp`), 2, 2);
    const hidden = tf.mul<tf.Tensor3D>(tf.mul(gate, tf.sigmoid(gate)), up);
    return tf.add(attended, this.linear(hidden, `${name}.down`));
  }

  private attention(x: tf.Tensor3D, name: string, causal: boolean): tf.Tensor3D {
    const { width, heads } = this.spec.dimensions;
    const size = width / heads;
    const [batch, time] = x.shape;
    let [q, k, v] = tf
      .split(this.linear(x, `${name}.qkv`), 3, 2)
      .map((part) => tf.transpose(tf.reshape(part, [batch, time, heads, size]) as tf.Tensor4D, [0, 2, 1, 3]));
    if (causal) [q, k] = [this.rope(q), this.rope(k)];
    let scores = tf.mul<tf.Tensor4D>(tf.matMul(q, k, false, true), 1 / Math.sqrt(size));
    if (causal) scores = tf.add(scores, this.mask(time));
    const mixed = tf.matMul(tf.softmax(scores), v);
    return this.linear(
      tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, time, width]),
      `${name}.attention`,
    );
  }

  /** Rotary positions on [batch, heads, time, size], pairs (i, i + half). */
  private rope(x: tf.Tensor4D): tf.Tensor4D {
    const [, , time, size] = x.shape;
    const cos = this.constant(`cos${time}`, [time, size / 2], () => ropeTables(time, size).cos);
    const sin = this.constant(`sin${time}`, [time, size / 2], () => ropeTables(time, size).sin);
    const [a, b] = tf.split(x, 2, 3);
    return tf.concat(
      [tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(b, cos), tf.mul(a, sin))],
      3,
    ) as tf.Tensor4D;
  }

  private mask(time: number): tf.Tensor {
    return this.constant(`mask${time}`, [time, time], () => attentionMask(this.spec.imageTokens, time));
  }

  private constant(name: string, shape: number[], make: () => Float32Array): tf.Tensor {
    const known = this.constants.get(name);
    if (known) return known;
    const made = tf.keep(tf.tensor(make(), shape));
    this.constants.set(name, made);
    return made;
  }

  private norm(x: tf.Tensor3D, name: string): tf.Tensor3D {
    const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5));
    return tf.mul(tf.mul(x, scale), this.weights[`${name}.gain`]);
  }

  /** x W + b over the last axis; two-dimensional, for the gradient of a batched product with a matrix has the wrong shape. */
  private linear(x: tf.Tensor3D, name: string): tf.Tensor3D {
    const [batch, time, cols] = x.shape;
    const weight = this.weights[`${name}.weight`] as tf.Tensor2D;
    const flat = tf.matMul(tf.reshape(x, [-1, cols]) as tf.Tensor2D, weight);
    const bias = this.weights[`${name}.bias`];
    return tf.reshape(bias ? tf.add(flat, bias) : flat, [batch, time, weight.shape[1]]);
  }
}

/** GELU, tanh form. */
function gelu(x: tf.Tensor3D): tf.Tensor3D {
  const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3))));
  return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
}
