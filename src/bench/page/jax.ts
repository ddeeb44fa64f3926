// jax-js for the benchmark: jitted functions with static shapes, weights and moments kept on the device.

import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { ModelSpec } from '../../model/graph.ts';
import { ADAM, type BenchSize } from '../task.ts';
import type { Contestant } from './contestant.ts';
import { type Forward, type Library, LibraryContestant, type Trained, weightsOf } from './library.ts';
import type { Operations } from './transformer.ts';

type JaxWeights = { [name: string]: np.Array };
type State = { weights: JaxWeights; first: JaxWeights; second: JaxWeights };

/** Starts jax-js on a device. @throws Error where it has none. */
export async function startJax(backend: string, size: BenchSize): Promise<Contestant> {
  const device = backend === 'webgpu' ? 'webgpu' : 'wasm';
  if (!(await init(device)).includes(device)) throw new Error(`jax-js has no device "${device}" here`);
  defaultDevice(device);
  const threads =
    typeof SharedArrayBuffer === 'undefined' ? '1 thread' : `${navigator.hardwareConcurrency} threads`;
  const adapter = device === 'wasm' ? `jax-js wasm, ${threads}` : 'jax-js webgpu';
  return new LibraryContestant({ ...LIBRARY, adapter }, size);
}

const OPERATIONS: Operations<np.Array> = {
  keep: (x) => x.ref,
  drop: (x) => x.dispose(),
  add: (a, b) => a.add(b),
  sub: (a, b) => a.sub(b),
  mul: (a, b) => a.mul(b),
  minimum: np.minimum,
  clip: np.clip,
  exp: np.exp,
  neg: (x) => x.neg(),
  mean: (x) => np.mean(x),
  gelu: (x) => nn.gelu(x, { approximate: true }),
  silu: nn.silu,
  linear(x, weight, bias) {
    const product = np.matmul(x, weight);
    return bias ? product.add(bias) : product;
  },
  project: (x, table) => np.matmul(x, table.transpose()),
  embed: (table, tokens) => table.slice(tokens),
  norm(x, gain) {
    const meanSquare = np.mean(np.square(x.ref), -1, { keepdims: true });
    return x.mul(np.reciprocal(np.sqrt(meanSquare.add(1e-5)))).mul(gain);
  },
  split: (x, parts) => np.split(x, parts, -1),
  concat: (a, b, axis) => np.concatenate([a, b], axis),
  rows: (x, from, to) => x.slice([], [from, to]),
  row: (table, at) => table.slice([], at, [], []).reshape([1, 1, 1, -1]),
  repeat: (x, count) => np.repeat(x, count, 0),
  // Shapes are compiled in, so that keys and values have their full room from the start.
  room(x, rows) {
    const [samples, , heads, size] = x.shape;
    return np.concatenate([x, np.zeros([samples, rows, heads, size])], 1);
  },
  extend: (cache, row, at) => np.where(np.equal(places(cache).reshape([1, -1, 1, 1]), at), row, cache),
  seen: (cache, at) =>
    np.where(np.lessEqual(places(cache), at), np.array(0), np.array(-1e9)).reshape([1, 1, 1, -1]),
  heads(x, count) {
    const [batch, time, width] = x.shape;
    return x.reshape([batch, time, count, width / count]);
  },
  attend(q, k, v, bias) {
    const [batch, time, heads, size] = q.shape;
    const mixed = nn.dotProductAttention(q, k, v, bias ? { bias } : {});
    return mixed.reshape([batch, time, heads * size]);
  },
  logProbs(logits, targets) {
    const hot = nn.oneHot(targets, logits.shape[2]);
    return nn.logSoftmax(logits).mul(hot).sum(-1);
  },
  constant: (_, values, shape) => array(values(), shape),
  overHeads: (time, n) => [1, time, 1, n],
};

const LIBRARY: Omit<Library<np.Array>, 'adapter'> = {
  ...OPERATIONS,
  array,
  read: async (x) => (await x.data()) as Float32Array,
  compile(forward) {
    const compiled = jit(forward as (weights: JaxWeights, ...inputs: unknown[]) => never);
    return (weights, ...inputs) => compiled(tree.ref(weights as JaxWeights), ...inputs);
  },
  trained: (spec) => new JaxTrained(spec),
};

/** Numbers of the rows of keys or values. */
const places = (cache: np.Array): np.Array => np.arange(0, cache.shape[1], 1, { dtype: np.int32 });

function array(values: Float32Array | Int32Array, shape: readonly number[]): np.Array {
  const dtype = values instanceof Int32Array ? np.int32 : np.float32;
  return np.array(values.slice(), { shape: [...shape], dtype });
}

class JaxTrained implements Trained<np.Array> {
  private state: State = { weights: {}, first: {}, second: {} };
  private steps = 0;

  constructor(private readonly spec: ModelSpec) {}

  weights(): JaxWeights {
    return this.state.weights;
  }

  reset(parameters: Float32Array): void {
    tree.dispose(this.state);
    const zeros = () => weightsOf(array, this.spec, new Float32Array(parameters.length));
    this.state = { weights: weightsOf(array, this.spec, parameters), first: zeros(), second: zeros() };
    this.steps = 0;
  }

  /** Loss, gradient and Adam in one, as one jit fuses best. */
  step(loss: Forward<np.Array>): (...inputs: np.Array[]) => np.Array {
    const compiled = jit((state: State, rates: np.Array, ...inputs: np.Array[]) => {
      const lossOf = (weights: JaxWeights) => loss(weights, ...inputs);
      const [value, gradient] = valueAndGrad(lossOf)(tree.ref(state.weights));
      return { value, state: adam(state, gradient as JaxWeights, rates) };
    });
    return (...inputs) => {
      const { value, state } = compiled(this.state, this.rates(), ...inputs);
      this.state = state;
      return value;
    };
  }

  async settle(): Promise<void> {
    await blockUntilReady(this.state.weights);
  }

  /** Learning rate and the bias corrections of Adam as data, so that no step is compiled twice. */
  private rates(): np.Array {
    this.steps++;
    const { learningRate, beta1, beta2 } = ADAM;
    return np.array(Float32Array.of(learningRate, 1 - beta1 ** this.steps, 1 - beta2 ** this.steps));
  }
}

/** Adam (Kingma, Ba 2015) on each array; `rates` holds the learning rate and both bias corrections. */
function adam(state: State, gradient: JaxWeights, rates: np.Array): State {
  const { beta1, beta2, epsilon } = ADAM;
  const next: State = { weights: {}, first: {}, second: {} };
  for (const name of Object.keys(state.weights)) {
    const g = gradient[name];
    const first = state.first[name].mul(beta1).add(g.ref.mul(1 - beta1));
    const second = state.second[name].mul(beta2).add(np.square(g).mul(1 - beta2));
    const [rate, correction1, correction2] = [0, 1, 2].map((i) => rates.ref.slice(i));
    const root = np.sqrt(np.trueDivide(second.ref, correction2)).add(epsilon);
    const change = np.trueDivide(np.trueDivide(first.ref, correction1), root);
    next.weights[name] = state.weights[name].sub(change.mul(rate));
    next.first[name] = first;
    next.second[name] = second;
  }
  rates.dispose();
  return next;
}
