// Interprets a graph's operations with tfjs; the caller's tidy owns what comes out.

import type { Graph, Operation, OperationOf, TensorId } from '../../model/graph.ts';
import type { BatchInputs, RopeTables } from './inputs.ts';
import { attentionWeights, gelu, joinHeads, norm, pickRows, rope, splitHeads, swiglu } from './operations.ts';
import type { Tensor, Tensor1D, Tensor2D, Tensor4D, Tf } from './tf.ts';

/** Parameters by name, in their shapes. */
export type Weights = ReadonlyMap<string, Tensor>;

/** The heads of a graph, [rows, cols] each. */
export type GraphOutputs = { logits: Tensor2D | null; classes: Tensor2D | null; value: Tensor2D | null };

/** What differs between the full graph and the decode graph. */
export type Context = {
  tokens: Tensor1D;
  patches: Tensor2D | null;
  rope: RopeTables | null;
  /** Rows that share one turn of the rotation tables: the sequence length, or 1 when decoding. */
  sequence: number;
  /** Rows of a learned position table for the sequence's rows, to be added after a reshape to `shape`. */
  positions: (table: Tensor2D, tensor: TensorId) => { rows: Tensor2D; shape: number[] };
  attend: (operation: OperationOf<'attention'>, x: Tensor2D) => Tensor2D;
  pick: (x: Tensor2D) => Tensor2D;
  join: (image: Tensor2D, text: Tensor2D) => Tensor2D;
};

/** What an observer may take out of the attention layers of the language model. */
export type Observer = {
  keysAndValues?: (layer: number, keys: Tensor4D, values: Tensor4D) => void;
  weights?: (layer: number, weights: Tensor4D) => void;
};

/** Runs all operations. */
export function runGraph(tf: Tf, graph: Graph, weights: Weights, context: Context): GraphOutputs {
  const values = new Map<TensorId, Tensor2D>();
  for (const operation of graph.operations) {
    values.set(operation.out, runOperation(tf, graph, operation, weights, context, values));
  }
  const output = (id: TensorId | null) => (id === null ? null : (values.get(id) ?? null));
  return { logits: output(graph.logits), classes: output(graph.classes), value: output(graph.value) };
}

function runOperation(
  tf: Tf,
  graph: Graph,
  operation: Operation,
  weights: Weights,
  context: Context,
  values: ReadonlyMap<TensorId, Tensor2D>,
): Tensor2D {
  const value = (id: TensorId): Tensor2D => {
    const found = values.get(id);
    if (!found) throw new Error(`operation ${operation.op} reads a tensor that nothing has made`);
    return found;
  };
  const weight = (name: string): Tensor => {
    const found = weights.get(name);
    if (!found) throw new Error(`no parameter is called ${name}`);
    return found;
  };
  switch (operation.op) {
    case 'patches':
      if (!context.patches) throw new Error('this graph reads pictures, but the batch has none');
      return tf.reshape(context.patches, [-1, graph.tensors[operation.out].cols]);
    case 'linear': {
      const matrix = weight(operation.weight) as Tensor2D;
      let out: Tensor2D = tf.matMul(value(operation.x), matrix, false, operation.transposed);
      if (operation.bias !== null) out = tf.add(out, weight(operation.bias));
      return operation.residual === null ? out : tf.add(out, value(operation.residual));
    }
    case 'norm': {
      const bias = operation.bias === null ? null : weight(operation.bias);
      return norm(tf, operation.kind, value(operation.x), weight(operation.gain), bias);
    }
    case 'position': {
      const x = value(operation.x);
      const { rows, shape } = context.positions(weight(operation.table) as Tensor2D, operation.x);
      return tf.reshape(tf.add(tf.reshape(x, shape), rows), x.shape);
    }
    case 'embed':
      return pickRows(tf, weight(operation.table) as Tensor2D, context.tokens, null);
    case 'concat':
      return context.join(value(operation.image), value(operation.text));
    case 'rope':
      if (!context.rope) throw new Error('this graph rotates positions, but there are no tables');
      return rope(tf, value(operation.x), context.rope, context.sequence);
    case 'attention':
      return context.attend(operation, value(operation.x));
    case 'swiglu':
      return swiglu(tf, value(operation.x));
    case 'gelu':
      return gelu(tf, value(operation.x));
    case 'reshape':
      return tf.reshape(value(operation.x), [-1, graph.tensors[operation.out].cols]);
    case 'gather':
      return context.pick(value(operation.x));
  }
}

/** Runs the full graph on a batch. */
export function runFull(
  tf: Tf,
  graph: Graph,
  weights: Weights,
  inputs: BatchInputs,
  prefix: number,
  observer: Observer = {},
): GraphOutputs {
  const { batch, time } = inputs;
  const sequence = prefix + time;
  const isImage = (id: TensorId) => graph.tensors[id].unit === 'image';
  return runGraph(tf, graph, weights, {
    tokens: inputs.tokens,
    patches: inputs.patches,
    rope: inputs.rope,
    sequence,
    positions: (table, tensor) => {
      const length = isImage(tensor) ? prefix : sequence;
      const rows = table.shape[0] === length ? table : tf.slice(table, [0, 0], [length, table.shape[1]]);
      return { rows, shape: [batch, length, table.shape[1]] };
    },
    attend: ({ x: tensor, heads, mask, layer }, x) => {
      const [q, k, v] = splitHeads(tf, x, isImage(tensor) ? prefix : sequence, heads);
      const attention = attentionWeights(tf, q, k, mask === 'causal' ? inputs.mask : null);
      if (mask === 'causal') {
        observer.keysAndValues?.(layer, k, v);
        observer.weights?.(layer, attention);
      }
      return joinHeads(tf, tf.matMul(attention, v));
    },
    pick: (x) => pickRows(tf, x, inputs.rows, inputs.source),
    join: (image, text) => {
      const cols = text.shape[1];
      const joined = tf.concat(
        [tf.reshape(image, [batch, prefix, cols]), tf.reshape(text, [batch, time, cols])],
        1,
      );
      return tf.reshape(joined, [batch * sequence, cols]);
    },
  });
}
