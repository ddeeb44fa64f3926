// The memory plan of a graph for one batch shape: where each value, gradient and saved statistic lives in the arena.
//
// Forward operation i runs at step i, the head at step n, the backward pass of operation i at step 2n - i. A buffer's lifetime is the
// span of steps that need it; `packArena` overlays those that never meet.

import type { Graph, Operation, TensorId } from '../../model/graph.ts';
import { imageTokensOf } from '../../terms/model.ts';
import { type ArenaItem, packArena } from './arena.ts';
import { statisticsLength } from './blocks.ts';
import { SEGMENT_WORDS } from './packing.ts';
import { keyStride, type PlanKind, type PlanShape, rowCount } from './planShape.ts';

/**
 * What attention keeps for the backward pass. `probabilities`: the whole matrix. `logSumExp` (flash attention, Dao et al. 2022): per
 * row of a block and head one log-sum-exp, then one delta = dOut . out, which the backward pass writes; it reads the output too.
 */
export type AttentionMemory = 'probabilities' | 'logSumExp';

/** Lengths of the inputs and head results, which lie in the arena too (int32 ones share the float32 unit). */
function inputSizes({ pictures, texts, sequences, segments, outputs }: PlanShape, prefix: number) {
  return {
    tokens: texts,
    targets: outputs,
    rowIndex: outputs,
    source: sequences,
    positions: sequences,
    imagePositions: pictures * prefix,
    segments: segments * SEGMENT_WORDS,
    imageSegments: pictures * SEGMENT_WORDS,
    logp: outputs,
    entropy: outputs,
    logSumExp: outputs,
    logpWeights: outputs,
    entropyWeights: outputs,
    imageMass: sequences,
  };
}
export type PlanInput = keyof ReturnType<typeof inputSizes>;

export type Plan = ReturnType<typeof makePlan>;

/** Length of a weight [inCols, outCols] in panels of 8 columns. */
const packedSize = (inCols: number, outCols: number) => Math.ceil(outCols / 8) * 8 * inCols;

function inputsOf(operation: Operation): TensorId[] {
  switch (operation.op) {
    case 'patches':
    case 'embed':
      return [];
    case 'concat':
      return [operation.image, operation.text];
    case 'linear':
      return operation.residual === null ? [operation.x] : [operation.x, operation.residual];
    default:
      return [operation.x];
  }
}

/** Operations whose output is the same memory as their input, value and gradient alike. */
function isView(operation: Operation): boolean {
  return operation.op === 'reshape' || operation.op === 'rope';
}

/** Inputs whose gradient is the output's gradient, so that both share one buffer. */
function sharedGradient(operation: Operation): TensorId | null {
  if (isView(operation) || operation.op === 'position') return inputsOf(operation)[0];
  return operation.op === 'linear' ? operation.residual : null;
}

/** Whether the backward pass of the operation reads its input's value. */
function needsInput(operation: Operation): boolean {
  return ['linear', 'norm', 'swiglu', 'gelu', 'attention'].includes(operation.op);
}

class Grouping {
  private readonly parent: number[];
  constructor(count: number) {
    this.parent = Array.from({ length: count }, (_, index) => index);
  }
  find(index: number): number {
    let root = index;
    while (this.parent[root] !== root) root = this.parent[root];
    return root;
  }
  join(a: number, b: number): void {
    this.parent[this.find(a)] = this.find(b);
  }
}

class LifetimeTable {
  readonly items: ArenaItem[] = [];
  private readonly byKey = new Map<string, number>();

  /** Extends the lifetime of a buffer to hold `step`; the first call creates it. */
  touch(key: string, size: number, step: number): void {
    const known = this.byKey.get(key);
    if (known === undefined) {
      this.byKey.set(key, this.items.length);
      this.items.push({ size, start: step, end: step });
      return;
    }
    const item = this.items[known];
    item.size = Math.max(item.size, size);
    item.start = Math.min(item.start, step);
    item.end = Math.max(item.end, step);
  }

  index(key: string): number | undefined {
    return this.byKey.get(key);
  }
}

/** Makes the plan. Throws when a graph asks for gradients in an order that no kernel supports. */
export function makePlan(
  graph: Graph,
  shape: PlanShape,
  kind: PlanKind,
  attention: AttentionMemory = 'probabilities',
) {
  const { operations, tensors } = graph;
  const n = operations.length;
  const training = kind === 'training';
  const rows = tensors.map((_, tensor) => rowCount(graph, tensor, shape));
  const sizeOf = (tensor: TensorId) => rows[tensor] * tensors[tensor].cols;
  const values = new Grouping(tensors.length);
  const gradients = new Grouping(tensors.length);
  for (const operation of operations) {
    if (isView(operation)) values.join(operation.out, inputsOf(operation)[0]);
    const shared = sharedGradient(operation);
    if (shared !== null) gradients.join(operation.out, shared);
  }
  const table = new LifetimeTable();
  const value = (tensor: TensorId, step: number) =>
    table.touch(`v${values.find(tensor)}`, sizeOf(tensor), step);
  const gradient = (tensor: TensorId, step: number) =>
    table.touch(`g${gradients.find(tensor)}`, sizeOf(tensor), step);
  const savedSize = (operation: Operation): number => {
    if (graph.mode === 'decode' && operation.op === 'linear') {
      return packedSize(tensors[operation.x].cols, tensors[operation.out].cols);
    }
    if (operation.op === 'norm') return rows[operation.x] * 2;
    if (operation.op === 'attention') {
      if (graph.mode === 'decode') return 0;
      if (attention === 'logSumExp') return 2 * statisticsLength(operation, shape, rows[operation.x]);
      return rows[operation.x] * operation.heads * keyStride(graph, operation, shape.keys);
    }
    return 0;
  };
  operations.forEach((operation, i) => {
    value(operation.out, i);
    for (const input of inputsOf(operation)) value(input, i);
    const size = savedSize(operation);
    if (size > 0) table.touch(`s${i}`, size, i);
    // Packed weights serve many tokens: nothing may lie over them.
    if (size > 0 && operation.op === 'linear') {
      table.touch(`s${i}`, size, 0);
      table.touch(`s${i}`, size, n);
    }
    if (training) {
      const back = 2 * n - i;
      if (needsInput(operation)) value(inputsOf(operation)[0], back);
      if (operation.op === 'attention' && attention === 'logSumExp') value(operation.out, back);
      if (size > 0) table.touch(`s${i}`, size, back);
      gradient(operation.out, back);
      for (const input of inputsOf(operation)) gradient(input, back);
    }
  });
  for (const output of [graph.logits, graph.classes, graph.value]) {
    if (output === null) continue;
    value(output, n);
    if (training) gradient(output, n);
  }
  const inputs = Object.entries(inputSizes(shape, imageTokensOf(graph.config)));
  for (const [input, length] of inputs) {
    table.touch(input, length, 0);
    table.touch(input, length, 2 * n);
  }
  const { offsets, size } = packArena(table.items);
  const offsetOf = (key: string) => {
    const index = table.index(key);
    return index === undefined ? -1 : offsets[index];
  };
  return {
    graph,
    shape,
    kind,
    /** Rows of each tensor. */
    rows,
    /** Arena offsets in float32 values. */
    values: tensors.map((_, tensor) => offsetOf(`v${values.find(tensor)}`)),
    /** Arena offsets of the gradients; -1 where none is needed. */
    gradients: tensors.map((_, tensor) => offsetOf(`g${gradients.find(tensor)}`)),
    /** Norm statistics, what attention keeps, and packed weights of decoding, by operation; -1 where there are none. */
    saved: operations.map((_, i) => offsetOf(`s${i}`)),
    /** Whether operation i adds to the gradient of its input (true) or writes it (false). */
    accumulate: training ? accumulation(graph, gradients) : operations.map(() => false),
    inputs: Object.fromEntries(inputs.map(([input]) => [input, offsetOf(input)])) as Record<
      PlanInput,
      number
    >,
    /** Arena length in float32 values. */
    size,
  };
}

/** Walks the backward pass: the first writer of a gradient buffer writes, later ones add. */
function accumulation(graph: Graph, gradients: Grouping): boolean[] {
  const written = new Set<number>();
  for (const output of [graph.logits, graph.classes, graph.value]) {
    if (output !== null) written.add(gradients.find(output));
  }
  const result = graph.operations.map(() => false);
  for (let i = graph.operations.length - 1; i >= 0; i--) {
    const operation = graph.operations[i];
    for (const input of inputsOf(operation)) {
      const group = gradients.find(input);
      if (group === gradients.find(operation.out)) continue;
      if (written.has(group)) {
        result[i] = true;
        if (operation.op !== 'linear' && operation.op !== 'norm') {
          throw new Error(`operation ${operation.op} cannot add to a gradient that is already there`);
        }
      }
      written.add(group);
    }
  }
  return result;
}
