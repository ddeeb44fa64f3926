// The kernels of each operation, forward and backward side by side.

import type { Operation, OperationOf } from '../../model/graph.ts';
import { statisticsLength } from '../plan/blocks.ts';
import type { Frame } from './frame.ts';
import { type KernelUse, rowsWord } from './kernel.ts';
import { attentionBackward, attentionForward, fillCache, imageMass } from './kernels/attention.ts';
import { decodeAttention } from './kernels/decodeAttention.ts';
import * as elementwise from './kernels/elementwise.ts';
import * as indexing from './kernels/indexing.ts';
import { linearBackward, linearForward } from './kernels/matmul.ts';
import { normBackward, normForward } from './kernels/norm.ts';
import type { PassInputs } from './passInputs.ts';

/** Empty lists where there is nothing to compute. Only a training plan has a backward pass. */
export type OperationUses = {
  /** `mass`: attention adds its mass on the image tokens up. */
  forward(mass: boolean): KernelUse[];
  backward(): KernelUse[];
};

/** The uses of operation `i` of the plan. */
export function operationUses(frame: Frame, operation: Operation, i: number): OperationUses {
  const { plan, decode, parameterAt, planesOf, valueAt, gradientAt } = frame;
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
          return [normForward({ kind, cols, variant }, { ...words, bias, out })];
        },
        backward: () => {
          const { offset: dGain, stride: dGainStride, ...planes } = planesOf(operation.gain);
          const { offset: dBias, stride: dBiasStride } = planesOf(operation.bias);
          const places = { dOut, dX, dGain, dGainStride, dBias, dBiasStride, ...planes };
          return [
            normBackward({ kind, cols, accumulate: plan.accumulate[i], variant }, { ...words, ...places }),
          ];
        },
      };
    }
    case 'position': {
      const words = { x, table: parameterAt(operation.table), out, rows };
      const index = () => frame.inputs[frame.isImage(operation.x) ? 'imagePositions' : 'positions'];
      return {
        forward: () =>
          decode
            ? [elementwise.addPositionDecode({ cols }, { ...words, ...frame.rollout.regions })]
            : [elementwise.addPosition({ cols }, { ...words, positions: index().at })],
        backward: () => [tableGradient(frame, operation, index(), false)],
      };
    }
    case 'embed': {
      const table = parameterAt(operation.table);
      return {
        forward: () =>
          decode
            ? [indexing.embedDecode({ cols }, { table, out, rows, ...frame.rollout.regions })]
            : [indexing.embed({ cols }, { table, tokens: frame.inputs.tokens.at, out, rows })],
        backward: () => {
          // With a tied head the logits' gradient is there already, in plane 0 and others.
          const accumulate = frame.graph.operations.some(
            (other) => other.op === 'linear' && other.weight === operation.table,
          );
          return [tableGradient(frame, operation, frame.inputs.tokens, accumulate)];
        },
      };
    }
    case 'concat': {
      const words = (offset: typeof valueAt) => ({
        image: offset(operation.image),
        text: offset(operation.text),
        joined: offset(operation.out),
        source: frame.inputs.source,
        rows,
      });
      return {
        forward: () => [indexing.joinRows({ cols }, words(valueAt))],
        backward: () => [indexing.splitRows({ cols }, words(gradientAt))],
      };
    }
    case 'rope': {
      const { heads } = operation;
      const spec = { heads, headSize: cols / 3 / heads };
      return {
        // Cached attention rotates by itself, for it knows the position of each row.
        forward: () =>
          decode
            ? []
            : [elementwise.rope(spec, { x: out, rope: 0, positions: frame.inputs.positions.at, rows })],
        // The attention before it (in this direction) rotates back what it writes.
        backward: () => [],
      };
    }
    case 'attention':
      return attentionUses(frame, operation, i);
    case 'swiglu':
      return {
        forward: () => [elementwise.swiglu({ cols }, { x, out, rows })],
        backward: () => [elementwise.swigluBackward({ cols }, { x, dOut, dX, rows })],
      };
    case 'gelu':
      return {
        forward: () => [elementwise.gelu({ cols }, { x, out, rows })],
        backward: () => [elementwise.geluBackward({ cols }, { x, dOut, dX, rows })],
      };
    case 'gather':
      return {
        forward: () => [indexing.gatherRows({ cols }, { x, index: frame.inputs.rowIndex.at, out, rows })],
        backward: () => {
          const { starts, order } = frame.inputs.rowIndex;
          return [
            indexing.scatterRows({ cols }, { dOut, starts, order, dX, rows: frame.rowsOf(operation.x) }),
          ];
        },
      };
  }
}

/** The gradient of a table from whose rows an index picks. */
function tableGradient(
  frame: Frame,
  operation: OperationOf<'embed' | 'position'>,
  { starts, order }: PassInputs['tokens'],
  accumulate: boolean,
): KernelUse {
  const dOut = frame.gradientAt(operation.out);
  const dTable = frame.planesOf(operation.table).offset;
  const entries = frame.parameterRows(operation.table);
  const spec = { cols: frame.colsOf(operation.out), accumulate };
  return indexing.tableGradient(spec, { dOut, starts, order, dTable, entries });
}

function linearUses(frame: Frame, operation: OperationOf<'linear'>, accumulate: boolean): OperationUses {
  const { graph, parameterAt, planesOf, valueAt, gradientAt, colsOf } = frame;
  const { residual, transposed } = operation;
  const bias = operation.bias !== null;
  const sizes = {
    inCols: colsOf(operation.x),
    outCols: colsOf(operation.out),
    transposed,
    room: frame.roomOf(operation.out),
    bias,
    variant: frame.variants.matmul,
  };
  const words = {
    x: valueAt(operation.x),
    weight: parameterAt(operation.weight),
    rows: frame.rowsOf(operation.out),
  };
  const needsInput = !graph.operations.some((other) => other.op === 'patches' && other.out === operation.x);
  return {
    forward: () => [
      linearForward(
        { ...sizes, residual: residual !== null },
        {
          ...words,
          bias: parameterAt(operation.bias),
          residual: residual === null ? 0 : valueAt(residual),
          out: valueAt(operation.out),
        },
      ),
    ],
    backward: () => {
      const { offset: dWeight, stride: dWeightStride, ...planes } = planesOf(operation.weight);
      const { offset: dBias, stride: dBiasStride } = planesOf(operation.bias);
      const places = { dWeight, dWeightStride, dBias, dBiasStride };
      const dX = needsInput ? gradientAt(operation.x) : 0;
      return [
        linearBackward(
          { ...sizes, needsInput, accumulate, ...planes },
          { ...words, ...places, dOut: gradientAt(operation.out), dX },
        ),
      ];
    },
  };
}

function attentionUses(frame: Frame, operation: OperationOf<'attention'>, i: number): OperationUses {
  const { plan, graph, decode } = frame;
  const { heads, layer } = operation;
  const spec = { heads, headSize: frame.colsOf(operation.out) / heads };
  /** Whether the queries and keys come through RoPE. */
  const rope = graph.operations.some((other) => other.op === 'rope' && other.out === operation.x);
  const [qkv, out] = [frame.valueAt(operation.x), frame.valueAt(operation.out)];
  if (decode) {
    const { regions, cacheLayer } = frame.rollout;
    const words = { qkv, out, cache: layer * cacheLayer, rope: 0 };
    const variant = frame.variants.decode;
    const rows = frame.rowsOf(operation.x);
    return {
      forward: () => [decodeAttention({ ...spec, rope, variant }, { ...words, rows, ...regions })],
      backward: () => [],
    };
  }
  const causal = operation.mask === 'causal';
  const { sequenceRuns, imageRuns, positions } = frame.inputs;
  const runs = causal
    ? { ...sequenceRuns, rows: rowsWord('blocks') }
    : { ...imageRuns, rows: rowsWord('imageBlocks') };
  const lse = plan.saved[i];
  const words = { qkv, lse, ...runs };
  return {
    forward: (mass) => {
      const uses = [attentionForward(spec, { ...words, out })];
      if (causal && mass) {
        const { layers } = frame.spec.dimensions;
        const add = layer > 0 ? 1 : 0;
        uses.push(imageMass({ ...spec, layers }, { ...words, mass: plan.inputs.imageMass, add }));
      }
      if (causal && plan.kind === 'prefill') {
        const cache = layer * frame.rollout.cacheLayer;
        uses.push(fillCache(spec, { qkv, cache, rows: frame.rowsOf(operation.x) }));
      }
      return uses;
    },
    backward: () => {
      const [dOut, dQkv] = [frame.gradientAt(operation.out), frame.gradientAt(operation.x)];
      const delta = lse + statisticsLength(operation, plan.shape, frame.roomOf(operation.x));
      const places = { out, dOut, delta, dQkv, rope: 0, positions: positions.at };
      return attentionBackward({ ...spec, rope }, { ...words, ...places });
    },
  };
}
