// The kernel call of each operation's backward pass.

import type { Operation } from '../../model/graph.ts';
import type { Frame } from './frame.ts';

/** Null where there is nothing to compute (inputs and views). */
export function backwardCall(frame: Frame, operation: Operation, i: number): (() => void) | null {
  const {
    kernels,
    plan,
    graph,
    shape,
    binding,
    prefix,
    scratch,
    transposedWeights,
    weightAt,
    gradientAt,
    valueAt,
    tensorGradientAt,
    inputAt,
    colsOf,
    isImage,
    itemTime,
  } = frame;
  const dOut = tensorGradientAt(operation.out);
  const cols = colsOf(operation.out);
  const rows = plan.rows[operation.out];
  const add = plan.accumulate[i] ? 1 : 0;
  switch (operation.op) {
    case 'patches':
    case 'reshape':
      return null;
    case 'linear': {
      const x = valueAt(operation.x);
      const dX = tensorGradientAt(operation.x);
      const inCols = colsOf(operation.x);
      const weight = weightAt(operation.weight);
      const dWeight = gradientAt(operation.weight);
      const dBias = gradientAt(operation.bias);
      const isInput = graph.operations.some((other) => other.op === 'patches' && other.out === operation.x);
      return () => {
        if (dBias !== 0) kernels.columnSums(dOut, rows, cols, dBias);
        if (operation.transposed) {
          kernels.gemm(cols, inCols, rows, dOut, 1, cols, x, inCols, dWeight, inCols, 0, 0, 1, scratch);
          kernels.gemm(rows, inCols, cols, dOut, cols, 1, weight, inCols, dX, inCols, 0, 0, add, scratch);
          return;
        }
        kernels.gemm(inCols, cols, rows, x, 1, inCols, dOut, cols, dWeight, cols, 0, 0, 1, scratch);
        if (isInput) return;
        kernels.transpose(weight, cols, inCols, cols, transposedWeights);
        kernels.gemm(
          rows,
          inCols,
          cols,
          dOut,
          cols,
          1,
          transposedWeights,
          inCols,
          dX,
          inCols,
          0,
          0,
          add,
          scratch,
        );
      };
    }
    case 'norm': {
      const x = valueAt(operation.x);
      const dX = tensorGradientAt(operation.x);
      const gain = weightAt(operation.gain);
      const dGain = gradientAt(operation.gain);
      const dBias = gradientAt(operation.bias);
      const stats = binding.arena + plan.saved[i] * 4;
      return operation.kind === 'rms'
        ? () => kernels.rmsNormBackward(x, gain, stats, dOut, dX, dGain, rows, cols, add)
        : () => kernels.layerNormBackward(x, gain, stats, dOut, dX, dGain, dBias, rows, cols, add);
    }
    case 'position': {
      const index = inputAt(isImage(operation.x) ? 'imagePositions' : 'positions');
      const dTable = gradientAt(operation.table);
      return () => kernels.scatterAdd(dOut, index, dTable, rows, cols);
    }
    case 'embed': {
      const index = inputAt('tokens');
      const dTable = gradientAt(operation.table);
      return () => kernels.scatterAdd(dOut, index, dTable, rows, cols);
    }
    case 'concat': {
      const image = tensorGradientAt(operation.image);
      const text = tensorGradientAt(operation.text);
      return () => kernels.splitRows(dOut, image, text, shape.batch, prefix, shape.time, cols);
    }
    case 'rope': {
      const index = inputAt('positions');
      const { ropeTable } = binding;
      return () => kernels.rope(dOut, dOut, index, ropeTable, rows, cols / 3, operation.heads, -1);
    }
    case 'attention': {
      const x = valueAt(operation.x);
      const dX = tensorGradientAt(operation.x);
      const probs = binding.arena + plan.saved[i] * 4;
      const time = itemTime(operation.x);
      const reach = operation.mask === 'causal' ? prefix : time;
      return () =>
        kernels.attentionBackward(
          x,
          probs,
          dOut,
          dX,
          shape.batch,
          time,
          reach,
          operation.heads,
          cols,
          scratch,
        );
    }
    case 'swiglu': {
      const x = valueAt(operation.x);
      const dX = tensorGradientAt(operation.x);
      return () => kernels.swigluBackward(x, dOut, dX, rows, cols);
    }
    case 'gelu': {
      const x = valueAt(operation.x);
      const dX = tensorGradientAt(operation.x);
      return () => kernels.geluBackward(x, dOut, dX, rows * cols);
    }
    case 'gather': {
      const dX = tensorGradientAt(operation.x);
      const length = plan.rows[operation.x] * cols;
      const index = inputAt('rowIndex');
      return () => {
        kernels.zero(dX, length);
        kernels.scatterAdd(dOut, index, dX, rows, cols);
      };
    }
  }
}
