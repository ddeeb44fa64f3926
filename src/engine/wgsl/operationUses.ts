// The kernels of each operation, forward and backward side by side.

import type { Operation, OperationOf } from '../../model/graph.ts';
import type { Frame } from './frame.ts';
import type { KernelUse } from './kernel.ts';
import { attentionBackward, attentionForward, fillCache, prefixMass } from './kernels/attention.ts';
import { decodeAttention } from './kernels/decodeAttention.ts';
import * as elementwise from './kernels/elementwise.ts';
import * as indexing from './kernels/indexing.ts';
import { linearBackward, linearForward } from './kernels/matmul.ts';
import { normBackward, normForward } from './kernels/norm.ts';

/** Empty lists where there is nothing to compute. Only a training plan has a backward pass. */
export type OperationUses = {
  /** `mass`: attention adds its mass on the image tokens up. */
  forward(mass: boolean): KernelUse[];
  backward(): KernelUse[];
};

/** The uses of operation `i` of the plan. */
export function operationUses(frame: Frame, operation: Operation, i: number): OperationUses {
  const { plan, shape, decode, rowsFrom, prefix, parameterAt, planesOf, valueAt, gradientAt } = frame;
  const out = valueAt(operation.out);
  const dOut = gradientAt(operation.out);
  const cols = frame.colsOf(operation.out);
  const rows = frame.rowsOf(operation.out);
  const x = 'x' in operation ? valueAt(operation.x) : 0;
  const dX = 'x' in operation ? gradientAt(operation.x) : 0;
  switch (operation.op) {
    case 'patches':
    case 'reshape':
      return { forward: () => [], backward: () => [] };
    case 'linear':
      return linearUses(frame, operation, plan.accumulate[i]);
    case 'norm': {
      const { kind } = operation;
      const variant = frame.variants.rows;
      const words = { x, gain: parameterAt(operation.gain), stats: plan.saved[i], rows };
      return {
        forward: () => {
          const bias = parameterAt(operation.bias);
          return [normForward({ kind, cols, rowsFrom, variant }, { ...words, bias, out })];
        },
        backward: () => {
          const { offset: dGain, stride: dGainStride, planes } = planesOf(operation.gain);
          const { offset: dBias, stride: dBiasStride } = planesOf(operation.bias);
          const spec = { kind, cols, accumulate: plan.accumulate[i], planes, variant };
          return [normBackward(spec, { ...words, dOut, dX, dGain, dGainStride, dBias, dBiasStride })];
        },
      };
    }
    case 'position': {
      const words = { x, table: parameterAt(operation.table), out };
      const time = frame.itemTime(operation.x);
      return {
        forward: () =>
          decode
            ? [elementwise.addPositionDecode({ cols }, { ...words, ...frame.rollout.regions })]
            : [elementwise.addPosition({ cols }, { ...words, rows, time })],
        backward: () => {
          const dTable = planesOf(operation.table).offset;
          const tableRows = frame.parameterRows(operation.table);
          return [indexing.positionGradient({ cols }, { dOut, dTable, tableRows, rows, time })];
        },
      };
    }
    case 'embed': {
      const table = parameterAt(operation.table);
      return {
        forward: () =>
          decode
            ? [indexing.embedDecode({ cols }, { table, out, ...frame.rollout.regions })]
            : [indexing.embed({ cols }, { table, tokens: frame.inputs.tokens, out, rows })],
        backward: () => {
          const { tokenStarts: starts, tokenOrder: order } = frame.inputs;
          const dTable = planesOf(operation.table).offset;
          const vocabulary = frame.parameterRows(operation.table);
          // With a tied head the logits' gradient is there already, in plane 0 and others.
          const accumulate = frame.graph.operations.some(
            (other) => other.op === 'linear' && other.weight === operation.table,
          );
          return [indexing.embedGradient({ cols, accumulate }, { dOut, starts, order, dTable, vocabulary })];
        },
      };
    }
    case 'concat': {
      const words = { first: prefix, second: shape.time, rows };
      const at = (offset: typeof valueAt) => ({
        image: offset(operation.image),
        text: offset(operation.text),
      });
      return {
        forward: () => [indexing.joinRows({ cols }, { ...words, ...at(valueAt), joined: out })],
        backward: () => [indexing.splitRows({ cols }, { ...words, ...at(gradientAt), joined: dOut })],
      };
    }
    case 'rope': {
      const { heads } = operation;
      const spec = { heads, headSize: cols / 3 / heads, sign: 1 } as const;
      const time = frame.itemTime(operation.x);
      return {
        // Cached attention rotates by itself, for it knows the position of each row.
        forward: () => (decode ? [] : [elementwise.rope(spec, { x: out, rope: 0, rows, time })]),
        // The attention before it (in this direction) rotates back what it writes.
        backward: () => [],
      };
    }
    case 'attention':
      return attentionUses(frame, operation, i);
    case 'swiglu':
      return {
        forward: () => [elementwise.swiglu({ cols, rowsFrom }, { x, out, rows })],
        backward: () => [elementwise.swigluBackward({ cols }, { x, dOut, dX, rows })],
      };
    case 'gelu':
      return {
        forward: () => [elementwise.gelu({ cols, rowsFrom }, { x, out, rows })],
        backward: () => [elementwise.geluBackward({ cols }, { x, dOut, dX, rows })],
      };
    case 'gather':
      return {
        forward: () => [indexing.gatherRows({ cols }, { x, index: frame.inputs.rowIndex, out, rows })],
        backward: () => {
          const { rowStarts: starts, rowOrder: order } = frame.inputs;
          return [
            indexing.scatterRows({ cols }, { dOut, starts, order, dX, rows: frame.rowsOf(operation.x) }),
          ];
        },
      };
  }
}

function linearUses(frame: Frame, operation: OperationOf<'linear'>, accumulate: boolean): OperationUses {
  const { graph, rowsFrom, parameterAt, planesOf, valueAt, gradientAt, colsOf } = frame;
  const { residual, transposed } = operation;
  const sizes = { inCols: colsOf(operation.x), outCols: colsOf(operation.out), transposed };
  const bias = operation.bias !== null;
  const variant = frame.variants.matmul;
  const words = {
    x: valueAt(operation.x),
    weight: parameterAt(operation.weight),
    rows: frame.rowsOf(operation.out),
  };
  const needsInput = !graph.operations.some((other) => other.op === 'patches' && other.out === operation.x);
  return {
    forward: () => [
      linearForward(
        { ...sizes, bias, residual: residual !== null, rowsFrom, variant },
        {
          ...words,
          bias: parameterAt(operation.bias),
          residual: residual === null ? 0 : valueAt(residual),
          out: valueAt(operation.out),
        },
      ),
    ],
    backward: () => {
      const { offset: dWeight, stride: dWeightStride, planes } = planesOf(operation.weight);
      const { offset: dBias, stride: dBiasStride } = planesOf(operation.bias);
      const places = { dWeight, dWeightStride, dBias, dBiasStride };
      const dX = needsInput ? gradientAt(operation.x) : 0;
      return [
        linearBackward(
          { ...sizes, bias, needsInput, accumulate, planes, variant },
          { ...words, ...places, dOut: gradientAt(operation.out), dX },
        ),
      ];
    },
  };
}

function attentionUses(frame: Frame, operation: OperationOf<'attention'>, i: number): OperationUses {
  const { plan, graph, decode, prefix } = frame;
  const { batch } = frame.shape;
  const { heads, layer } = operation;
  const causal = operation.mask === 'causal';
  const spec = { heads, headSize: frame.colsOf(operation.out) / heads, causal };
  /** Whether the queries and keys come through RoPE. */
  const rope = graph.operations.some((other) => other.op === 'rope' && other.out === operation.x);
  const [qkv, out] = [frame.valueAt(operation.x), frame.valueAt(operation.out)];
  if (decode) {
    const { regions, cache } = frame.rollout;
    const words = { qkv, out, cache: layer * cache.layerLength, capacity: cache.capacity, rope: 0 };
    const variant = frame.variants.decode;
    return {
      forward: () => [decodeAttention({ ...spec, rope, variant }, { ...words, ...regions })],
      backward: () => [],
    };
  }
  const keyStart = causal ? frame.inputs.keyStart : frame.inputs.imageKeyStart;
  const time = frame.itemTime(operation.x);
  const lse = plan.saved[i];
  const words = { qkv, lse, keyStart, batch, time, prefix };
  return {
    forward: (mass) => {
      const uses = [attentionForward(spec, { ...words, out })];
      if (causal && mass) {
        const { layers } = frame.spec.dimensions;
        const add = layer > 0 ? 1 : 0;
        uses.push(prefixMass({ ...spec, layers }, { ...words, mass: plan.inputs.imageMass, add }));
      }
      if (causal && plan.kind === 'prefill') {
        const { cache, groupSize } = frame.rollout;
        const places = { cache: layer * cache.layerLength, groupSize, capacity: cache.capacity };
        uses.push(fillCache(spec, { qkv, ...places, batch, time }));
      }
      return uses;
    },
    backward: () => {
      const [dOut, dQkv] = [frame.gradientAt(operation.out), frame.gradientAt(operation.x)];
      const delta = lse + batch * time * heads;
      return attentionBackward({ ...spec, rope }, { ...words, out, dOut, delta, dQkv, rope: 0 });
    },
  };
}
