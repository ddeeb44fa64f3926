// Plain tfjs for the benchmark: stock backend and stock Adam.

import * as tf from '@tensorflow/tfjs-core';
import type { ModelSpec } from '../../model/graph.ts';
import { ADAM, type BenchSize } from '../task.ts';
import type { Contestant } from './contestant.ts';
import { type Forward, type Library, LibraryContestant, type Trained, weightsOf } from './library.ts';
import type { Operations, Weights } from './transformer.ts';

/** Loads a stock backend and makes it tfjs's own. @throws Error where it does not start. */
async function startBackend(name: string): Promise<string> {
  await import('@tensorflow/tfjs-core/dist/register_all_gradients');
  if (name === 'webgpu') await import('@tensorflow/tfjs-backend-webgpu');
  else if (name === 'webgl') await import('@tensorflow/tfjs-backend-webgl');
  else if (name === 'cpu') await import('@tensorflow/tfjs-backend-cpu');
  else {
    const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
    // Left to itself it takes half of the cores.
    setThreadsCount(navigator.hardwareConcurrency);
    // The folder that the page is served with; see serve.ts.
    setWasmPaths(new URL('/tfjs-wasm/', self.location.origin).href);
  }
  if (!(await tf.setBackend(name)) || tf.getBackend() !== name)
    throw new Error(`tfjs has no backend "${name}" here`);
  await tf.ready();
  if (name !== 'wasm') return `tfjs ${tf.version_core}, ${name}`;
  const { getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  const threaded = tf.env().getBool('WASM_HAS_MULTITHREAD_SUPPORT');
  const threads = threaded ? `${getThreadsCount()} threads` : '1 thread, for the page is not isolated';
  return `tfjs ${tf.version_core}, wasm SIMD, ${threads}`;
}

export async function startTfjs(backend: string, size: BenchSize): Promise<Contestant> {
  const adapter = await startBackend(backend);
  return new LibraryContestant(library(adapter, backend === 'wasm'), size);
}

/** `embedByProduct`: the wasm backend has no gradient for gather. */
function operations(embedByProduct: boolean): Operations<tf.Tensor> {
  const constants = new Map<string, tf.Tensor>();
  return {
    keep: (x) => x,
    drop: () => undefined,
    add: tf.add,
    sub: tf.sub,
    mul: tf.mul,
    minimum: tf.minimum,
    clip: tf.clipByValue,
    exp: tf.exp,
    neg: tf.neg,
    mean: (x) => tf.mean(x),
    gelu(x) {
      const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3))));
      return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
    },
    silu: (x) => tf.mul(x, tf.sigmoid(x)),
    // Two-dimensional, for the gradient of a batched product with a matrix has the wrong shape.
    linear(x, weight, bias) {
      const [batch, time, cols] = x.shape;
      const flat = tf.matMul(tf.reshape(x, [-1, cols]), weight);
      return tf.reshape(bias ? tf.add(flat, bias) : flat, [batch, time, weight.shape[1]!]);
    },
    project(x, table) {
      const [batch, time, width] = x.shape;
      return tf.reshape(tf.matMul(tf.reshape(x, [-1, width]), table, false, true), [batch, time, -1]);
    },
    embed(table, tokens) {
      if (!embedByProduct) return tf.gather(table, tokens as tf.Tensor2D);
      return tf.reshape(tf.matMul(oneHot(tokens, table.shape[0]), table), [...tokens.shape, table.shape[1]!]);
    },
    norm(x, gain) {
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-5));
      return tf.mul(tf.mul(x, scale), gain);
    },
    split: (x, parts) => tf.split(x, parts, -1),
    concat: (a, b, axis) => tf.concat([a, b], axis),
    rows: (x, from, to) => tf.slice(x, [0, from], [-1, to - from]),
    row: (table, at) => tf.gather(table, tf.reshape(at as tf.Tensor1D, [1])),
    repeat: (x, count) =>
      tf.gather(
        x,
        Int32Array.from({ length: x.shape[0]! * count }, (_, i) => Math.floor(i / count)),
      ),
    // Keys and values grow with the text.
    room: (x) => x,
    extend: (cache, row) => tf.concat([cache, row], 2),
    seen: () => null,
    heads(x, count) {
      const [batch, time, width] = x.shape;
      return tf.transpose(tf.reshape(x, [batch, time, count, width / count]), [0, 2, 1, 3]);
    },
    attend(q, k, v, mask) {
      const [batch, heads, time, size] = q.shape;
      const scores = tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(size));
      const mixed = tf.matMul(tf.softmax(mask ? tf.add(scores, mask) : scores), v);
      return tf.reshape(tf.transpose(mixed, [0, 2, 1, 3]), [batch, time, heads * size]);
    },
    logProbs(logits, targets) {
      const vocabulary = logits.shape[2]!;
      const all = tf.reshape(tf.logSoftmax(logits), [-1, vocabulary]);
      return tf.reshape(tf.sum(tf.mul(all, oneHot(targets, vocabulary)), 1), targets.shape);
    },
    constant(name, values, shape) {
      const known = constants.get(name) ?? tf.keep(tf.tensor(values(), shape));
      constants.set(name, known);
      return known;
    },
    overHeads: (time, n) => [time, n],
  };
}

/** [tokens, classes]. A float one-hot of the wasm backend holds integer bits, hence the cast. */
function oneHot(tokens: tf.Tensor, classes: number): tf.Tensor {
  return tf.cast(tf.oneHot(tf.reshape(tokens, [-1]), classes, 1, 0, 'int32'), 'float32');
}

const array = (values: Float32Array | Int32Array, shape: readonly number[]): tf.Tensor =>
  tf.tensor(values.slice(), [...shape], values instanceof Int32Array ? 'int32' : 'float32');

function library(adapter: string, embedByProduct: boolean): Library<tf.Tensor> {
  return {
    ...operations(embedByProduct),
    adapter,
    array,
    async read(x) {
      const values = Float32Array.from(await x.data());
      x.dispose();
      return values;
    },
    compile:
      (forward) =>
      (weights, ...inputs) => {
        const result = tf.tidy(() => forward(weights, ...inputs));
        tf.dispose(inputs);
        return result;
      },
    trained: (spec) => new TfjsTrained(spec),
  };
}

class TfjsTrained implements Trained<tf.Tensor> {
  private variables: { [name: string]: tf.Variable } = {};
  private optimizer: tf.AdamOptimizer | null = null;

  constructor(private readonly spec: ModelSpec) {}

  weights(): Weights<tf.Tensor> {
    return this.variables;
  }

  reset(parameters: Float32Array): void {
    tf.dispose(this.variables);
    this.optimizer?.dispose();
    for (const [name, values] of Object.entries(weightsOf(array, this.spec, parameters))) {
      this.variables[name] = tf.variable(values);
      values.dispose();
    }
    this.optimizer = tf.train.adam(ADAM.learningRate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  }

  step(loss: Forward<tf.Tensor>): (...inputs: tf.Tensor[]) => tf.Tensor {
    return (...inputs) => {
      const value = this.optimizer!.minimize(() => loss(this.variables, ...inputs) as tf.Scalar, true)!;
      tf.dispose(inputs);
      return value;
    };
  }

  /** Backends work in order: when the last variable can be read, the step is done. */
  async settle(): Promise<void> {
    await this.variables['text.norm.gain'].data();
  }
}
