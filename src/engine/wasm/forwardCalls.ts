// The kernel call of each operation's forward pass.

import type { Operation } from '../../model/graph.ts';
import type { Frame } from './frame.ts';

/** Null where there is nothing to compute (inputs and views). */
export function forwardCall(frame: Frame, operation: Operation, i: number): (() => void) | null {
  const {
    kernels,
    plan,
    shape,
    decode,
    binding,
    prefix,
    scratch,
    transposedWeights,
    weightAt,
    valueAt,
    inputAt,
    rowsOf,
    colsOf,
    isImage,
    itemTime,
  } = frame;
  const out = valueAt(operation.out);
  const cols = colsOf(operation.out);
  const rows = rowsOf(operation.out);
  switch (operation.op) {
    case 'patches':
    case 'reshape':
      return null;
    case 'linear': {
      const x = valueAt(operation.x);
      const inCols = colsOf(operation.x);
      const weight = weightAt(operation.weight);
      const bias = weightAt(operation.bias);
      const residual = operation.residual === null ? 0 : valueAt(operation.residual);
      if (operation.transposed) {
        return () => {
          kernels.transpose(weight, inCols, cols, inCols, transposedWeights);
          kernels.gemm(
            rows(),
            cols,
            inCols,
            x,
            inCols,
            1,
            transposedWeights,
            cols,
            out,
            cols,
            bias,
            residual,
            0,
            scratch,
          );
        };
      }
      return () =>
        kernels.gemm(rows(), cols, inCols, x, inCols, 1, weight, cols, out, cols, bias, residual, 0, scratch);
    }
    case 'norm': {
      const x = valueAt(operation.x);
      const gain = weightAt(operation.gain);
      const bias = weightAt(operation.bias);
      const stats = binding.arena + plan.saved[i] * 4;
      return operation.kind === 'rms'
        ? () => kernels.rmsNorm(x, gain, out, stats, rows(), cols)
        : () => kernels.layerNorm(x, gain, bias, out, stats, rows(), cols);
    }
    case 'position': {
      const x = valueAt(operation.x);
      const index = inputAt(isImage(operation.x) ? 'imagePositions' : 'positions');
      const tableAt = weightAt(operation.table);
      return () => kernels.addPosition(x, tableAt, index, out, rows(), cols);
    }
    case 'embed': {
      const tableAt = weightAt(operation.table);
      const index = inputAt('tokens');
      return () => kernels.gatherRows(tableAt, index, out, rows(), cols);
    }
    case 'concat': {
      const image = valueAt(operation.image);
      const text = valueAt(operation.text);
      return () => kernels.joinRows(image, text, out, shape.batch, prefix, shape.time, cols);
    }
    case 'rope': {
      const index = inputAt('positions');
      const { ropeTable } = binding;
      return () => kernels.rope(out, out, index, ropeTable, rows(), cols / 3, operation.heads, 1);
    }
    case 'attention': {
      const x = valueAt(operation.x);
      const { cache } = binding;
      if (decode) {
        if (!cache) throw new Error('a decode plan needs a cache');
        const layerAt = cache.pointer + operation.layer * cache.layerBytes;
        const positions = inputAt('positions');
        const keyStart = inputAt('keyStart');
        return () =>
          kernels.decodeAttention(
            x,
            out,
            layerAt,
            cache.slots,
            positions,
            keyStart,
            rows(),
            operation.heads,
            cols,
            cache.capacity,
            scratch,
          );
      }
      const probs = binding.arena + plan.saved[i] * 4;
      const causal = operation.mask === 'causal';
      const start = inputAt(causal ? 'keyStart' : 'imageKeyStart');
      const time = itemTime(operation.x);
      const attend = () =>
        kernels.attention(
          x,
          out,
          probs,
          start,
          shape.batch,
          time,
          prefix,
          operation.heads,
          cols,
          causal ? 1 : 0,
          scratch,
        );
      if (plan.kind !== 'prefill' || !causal || !cache) return attend;
      const layerAt = cache.pointer + operation.layer * cache.layerBytes;
      return () => {
        attend();
        kernels.fillCache(x, layerAt, cache.slots, cache.counts, shape.batch, time, cols, cache.capacity);
      };
    }
    case 'swiglu': {
      const x = valueAt(operation.x);
      return () => kernels.swiglu(x, out, rows(), cols);
    }
    case 'gelu': {
      const x = valueAt(operation.x);
      return () => kernels.gelu(x, out, rows() * cols);
    }
    case 'gather': {
      const x = valueAt(operation.x);
      const index = inputAt('rowIndex');
      return () => kernels.gatherRows(x, index, out, rows(), cols);
    }
  }
}
