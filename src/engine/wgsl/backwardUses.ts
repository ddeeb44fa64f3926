// The kernels of each operation's backward pass.

import type { Operation } from '../../model/graph.ts';
import { usesRope } from './forwardUses.ts';
import type { Frame } from './frame.ts';
import type { KernelUse } from './kernel.ts';
import { attentionBackward } from './kernels/attention.ts';
import { geluBackward, swigluBackward } from './kernels/elementwise.ts';
import { embedGradient, positionGradient, scatterRows, splitRows } from './kernels/indexing.ts';
import { linearBackward } from './kernels/matmul.ts';
import { normBackward } from './kernels/norm.ts';

/** Empty where there is nothing to compute (inputs, views, and what the next kernel does too). */
export function backwardUses(frame: Frame, operation: Operation, i: number): KernelUse[] {
  const { plan, graph, shape, variants, prefix, parameterAt, planesOf, valueAt, gradientAt, colsOf } = frame;
  const dOut = gradientAt(operation.out);
  const cols = colsOf(operation.out);
  const rows = plan.rows[operation.out];
  const accumulate = plan.accumulate[i];
  switch (operation.op) {
    case 'patches':
    case 'reshape':
      return [];
    // The attention before it (in this direction) rotates back what it writes.
    case 'rope':
      return [];
    case 'linear': {
      const weight = planesOf(operation.weight);
      const bias = planesOf(operation.bias);
      const isInput = graph.operations.some((other) => other.op === 'patches' && other.out === operation.x);
      return [
        linearBackward(
          {
            inCols: colsOf(operation.x),
            outCols: cols,
            transposed: operation.transposed,
            bias: operation.bias !== null,
            needsInput: !isInput,
            accumulate,
            planes: weight.planes,
            variant: variants.matmul,
          },
          {
            x: valueAt(operation.x),
            dOut,
            weight: parameterAt(operation.weight),
            dX: isInput ? 0 : gradientAt(operation.x),
            dWeight: weight.offset,
            dWeightStride: weight.stride,
            dBias: bias.offset,
            dBiasStride: bias.stride,
            rows,
          },
        ),
      ];
    }
    case 'norm': {
      const gain = planesOf(operation.gain);
      const bias = planesOf(operation.bias);
      return [
        normBackward(
          { kind: operation.kind, cols, accumulate, planes: gain.planes, variant: variants.rows },
          {
            x: valueAt(operation.x),
            gain: parameterAt(operation.gain),
            stats: plan.saved[i],
            dOut,
            dX: gradientAt(operation.x),
            dGain: gain.offset,
            dGainStride: gain.stride,
            dBias: bias.offset,
            dBiasStride: bias.stride,
            rows,
          },
        ),
      ];
    }
    case 'position': {
      const { offset } = planesOf(operation.table);
      const tableRows = frame.parameterRows(operation.table);
      return [
        positionGradient(
          { cols },
          { dOut, dTable: offset, tableRows, rows, time: frame.itemTime(operation.x) },
        ),
      ];
    }
    case 'embed': {
      const { tokenStarts, tokenOrder } = frame.inputs;
      const vocabulary = frame.parameterRows(operation.table);
      // With a tied head the logits' gradient is there already, in plane 0 and others.
      const tied = graph.operations.some(
        (other) => other.op === 'linear' && other.weight === operation.table,
      );
      const { offset } = planesOf(operation.table);
      return [
        embedGradient(
          { cols, accumulate: tied },
          { dOut, starts: tokenStarts, order: tokenOrder, dTable: offset, vocabulary },
        ),
      ];
    }
    case 'concat':
      return [
        splitRows(
          { cols },
          {
            joined: dOut,
            image: gradientAt(operation.image),
            text: gradientAt(operation.text),
            batch: shape.batch,
            first: prefix,
            second: shape.time,
          },
        ),
      ];
    case 'attention': {
      const causal = operation.mask === 'causal';
      const { keyStart, imageKeyStart } = frame.inputs;
      const time = frame.itemTime(operation.x);
      const lse = plan.saved[i];
      return attentionBackward(
        {
          heads: operation.heads,
          headSize: cols / operation.heads,
          causal,
          rope: usesRope(frame, operation.x),
        },
        {
          qkv: valueAt(operation.x),
          out: valueAt(operation.out),
          dOut,
          lse,
          delta: lse + shape.batch * time * operation.heads,
          dQkv: gradientAt(operation.x),
          keyStart: causal ? keyStart : imageKeyStart,
          batch: shape.batch,
          time,
          prefix,
          rope: 0,
        },
      );
    }
    case 'swiglu':
      return [
        swigluBackward(
          { hidden: cols },
          { x: valueAt(operation.x), dOut, dX: gradientAt(operation.x), rows },
        ),
      ];
    case 'gelu':
      return [geluBackward({ cols }, { x: valueAt(operation.x), dOut, dX: gradientAt(operation.x), rows })];
    case 'gather': {
      const { rowStarts, rowOrder } = frame.inputs;
      const dX = gradientAt(operation.x);
      return [
        scatterRows({ cols }, { dOut, starts: rowStarts, order: rowOrder, dX, rows: plan.rows[operation.x] }),
      ];
    }
  }
}
