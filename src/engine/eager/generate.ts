// Sampling with a key-value cache of fixed size: one prefill, then one decode step per token; tokens are drawn on the host.

import type { ModelSpec } from '../../model/graph.ts';
import { Draws } from '../draws.ts';
import type { GenerateRequest, Generation } from '../types.ts';
import { type EagerBackend, take } from './backends.ts';
import { runFull, runGraph, type Weights } from './forward.ts';
import { decodeMask, decodeSlots, makeInputs, ropeTables } from './inputs.ts';
import { attentionWeights, joinHeads, splitHeads } from './operations.ts';
import type { Tensor2D, Tensor4D, Tf } from './tf.ts';

/** Keys and values of one layer, [slots, heads, capacity, size] each. */
type LayerCache = { keys: Tensor4D; values: Tensor4D };

/** Draws `groupSize` samples per prompt; the same numbers as every other engine, as far as the logits agree. */
export async function generate(
  backend: EagerBackend,
  spec: ModelSpec,
  weights: Weights,
  request: GenerateRequest,
): Promise<Generation> {
  const { prompts, groupSize, maxNewTokens } = request;
  const { decode, imageTokens: prefix } = spec;
  if (!decode || decode.logits === null) throw new Error('this model cannot generate text');
  const slots = prompts.batch * groupSize;
  const capacity = prefix + prompts.time + maxNewTokens;
  const vocabulary = decode.tensors[decode.logits].cols;
  const draws = new Draws(request, slots, vocabulary);
  const cache: LayerCache[] = [];
  try {
    const promptLogits = await prefill(backend, spec, weights, request, capacity, cache);
    const promptOf = (s: number) => Math.floor(s / groupSize);
    const starts = Int32Array.from({ length: slots }, (_, s) => (prompts.hasImage[promptOf(s)] ? 0 : prefix));
    const alive = Array.from(starts, (_, s) => draws.draw(s, promptLogits, promptOf(s) * vocabulary));
    while (alive.some(Boolean)) {
      // Finished samples stay in their rows and repeat their last step, so that all shapes stay the same.
      const last = draws.last.slice();
      const positions = draws.counts.map((count, s) => prefix + prompts.lengths[promptOf(s)] + count - 1);
      const logits = await decodeStep(backend, spec, weights, cache, last, positions, starts, capacity);
      for (let s = 0; s < slots; s++) if (alive[s]) alive[s] = draws.draw(s, logits, s * vocabulary);
    }
  } finally {
    for (const layer of cache) backend.tf.dispose([layer.keys, layer.values]);
  }
  return draws.generation();
}

/** Runs the prompts, fills the cache, and gives the logits after each prompt [prompts, vocabulary]. */
async function prefill(
  backend: EagerBackend,
  spec: ModelSpec,
  weights: Weights,
  { prompts, groupSize }: GenerateRequest,
  capacity: number,
  cache: LayerCache[],
): Promise<Float32Array> {
  backend.enter();
  const { tf } = backend;
  const rows = Int32Array.from(prompts.lengths, (length, b) => b * prompts.time + length - 1);
  const inputs = makeInputs(tf, spec, prompts, rows);
  const logits = tf.tidy(() => {
    const outputs = runFull(tf, spec.full, weights, inputs, spec.imageTokens, {
      keysAndValues: (layer, keys, values) => {
        cache[layer] = {
          keys: tf.keep(spread(tf, keys, groupSize, capacity)),
          values: tf.keep(spread(tf, values, groupSize, capacity)),
        };
      },
    });
    if (!outputs.logits) throw new Error('this model cannot generate text');
    return outputs.logits;
  });
  inputs.dispose();
  return take(backend, logits);
}

/** Repeats each item `count` times and pads the time axis to `capacity`. */
function spread(tf: Tf, x: Tensor4D, count: number, capacity: number): Tensor4D {
  const [items, heads, time, size] = x.shape;
  return tf.tidy(() => {
    const flat = tf.reshape(x, [items, 1, heads * time * size]);
    const repeated = tf.reshape(tf.tile(flat, [1, count, 1]), [items * count, heads, time, size]);
    const room = tf.zeros([items * count, heads, capacity - time, size]);
    return tf.concat([repeated, room], 2) as Tensor4D;
  });
}

/** One token for every slot; gives the next logits [slots, vocabulary] and moves the cache on. */
async function decodeStep(
  backend: EagerBackend,
  spec: ModelSpec,
  weights: Weights,
  cache: LayerCache[],
  tokens: Int32Array,
  positions: Int32Array,
  starts: Int32Array,
  capacity: number,
): Promise<Float32Array> {
  backend.enter();
  const { tf } = backend;
  const slots = tokens.length;
  const logits = tf.tidy(() => {
    const hot = decodeSlots(tf, positions, capacity);
    const others = tf.sub(1, hot);
    const mask = decodeMask(tf, starts, positions, capacity);
    const store = (old: Tensor4D, fresh: Tensor4D): Tensor4D => {
      const next: Tensor4D = tf.keep(tf.add(tf.mul(old, others), tf.mul(fresh, hot)));
      old.dispose();
      return next;
    };
    const outputs = runGraph(tf, spec.decode!, weights, {
      tokens: tf.tensor1d(tokens, 'int32'),
      patches: null,
      rope: ropeTables(tf, spec, positions, [slots, 1]),
      sequence: 1,
      positions: (table) => ({
        rows: tf.gather(table, tf.tensor1d(positions, 'int32')) as Tensor2D,
        shape: [slots, table.shape[1]],
      }),
      attend: ({ layer, heads }, x) => {
        const [q, k, v] = splitHeads(tf, x, 1, heads);
        const entry = cache[layer];
        entry.keys = store(entry.keys, k);
        entry.values = store(entry.values, v);
        return joinHeads(tf, tf.matMul(attentionWeights(tf, q, entry.keys, mask), entry.values));
      },
      pick: (x) => x,
      join: (_, text) => text,
    });
    return outputs.logits!;
  });
  return take(backend, logits);
}
