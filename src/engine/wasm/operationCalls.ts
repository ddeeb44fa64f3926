// The kernel calls of each operation, forward and backward side by side.

import type { Operation, OperationOf } from '../../model/graph.ts';
import { keyStride } from '../plan/planShape.ts';
import type { Frame } from './frame.ts';

type Call = () => void;

/**
 * Absent where there is nothing to compute (inputs and views). `prepare` comes once before many forward calls with the same parameters;
 * the backward call is good on training plans only.
 */
export type OperationCalls = { prepare?: Call; forward?: Call; backward?: Call };

/** The calls of operation `i` of the plan, with all addresses worked out. */
export function operationCalls(frame: Frame, operation: Operation, i: number): OperationCalls {
  const { kernels, plan, binding, weightAt, weightGradientAt, valueAt, gradientAt } = frame;
  const out = valueAt(operation.out);
  const dOut = gradientAt(operation.out);
  const cols = frame.colsOf(operation.out);
  const rows = frame.rowsOf(operation.out);
  const x = 'x' in operation ? valueAt(operation.x) : 0;
  const dX = 'x' in operation ? gradientAt(operation.x) : 0;
  switch (operation.op) {
    case 'patches':
    case 'reshape':
      return {};
    case 'linear':
      return frame.decode
        ? decodeLinearCalls(frame, operation, i)
        : linearCalls(frame, operation, plan.accumulate[i] ? 1 : 0);
    case 'norm': {
      const [gain, bias] = [weightAt(operation.gain), weightAt(operation.bias)];
      const [dGain, dBias] = [weightGradientAt(operation.gain), weightGradientAt(operation.bias)];
      const stats = frame.savedAt(i);
      const add = plan.accumulate[i] ? 1 : 0;
      return {
        forward: () => kernels.norm(x, gain, bias, out, stats, rows(), cols),
        backward: () => kernels.normBackward(x, gain, stats, dOut, dX, dGain, dBias, rows(), cols, add),
      };
    }
    case 'position': {
      const index = frame.inputAt(frame.isImage(operation.x) ? 'imagePositions' : 'positions');
      const [table, dTable] = [weightAt(operation.table), weightGradientAt(operation.table)];
      return {
        forward: () => kernels.addPosition(x, table, index, out, rows(), cols),
        backward: () => kernels.scatterAdd(dOut, index, dTable, rows(), cols),
      };
    }
    case 'embed': {
      const index = frame.inputAt('tokens');
      const [table, dTable] = [weightAt(operation.table), weightGradientAt(operation.table)];
      return {
        forward: () => kernels.gatherRows(table, index, out, rows(), cols),
        backward: () => kernels.scatterAdd(dOut, index, dTable, rows(), cols),
      };
    }
    case 'concat': {
      const source = frame.inputAt('source');
      const [image, text] = [valueAt(operation.image), valueAt(operation.text)];
      const [dImage, dText] = [gradientAt(operation.image), gradientAt(operation.text)];
      return {
        forward: () => kernels.joinRows(image, text, out, source, rows(), cols),
        backward: () => kernels.splitRows(dOut, dImage, dText, source, rows(), cols),
      };
    }
    case 'rope': {
      const index = frame.inputAt('positions');
      const { ropeTable } = binding;
      const { heads } = operation;
      return {
        forward: () => kernels.rope(out, out, index, ropeTable, rows(), cols / 3, heads, 1),
        backward: () => kernels.rope(dOut, dOut, index, ropeTable, rows(), cols / 3, heads, -1),
      };
    }
    case 'attention':
      return attentionCalls(frame, operation, i);
    case 'swiglu':
      return {
        forward: () => kernels.swiglu(x, out, rows(), cols),
        backward: () => kernels.swigluBackward(x, dOut, dX, rows(), cols),
      };
    case 'gelu':
      return {
        forward: () => kernels.gelu(x, out, rows() * cols),
        backward: () => kernels.geluBackward(x, dOut, dX, rows() * cols),
      };
    case 'gather': {
      const index = frame.inputAt('rowIndex');
      const rowsOfX = frame.rowsOf(operation.x);
      return {
        forward: () => kernels.gatherRows(x, index, out, rows(), cols),
        backward: () => {
          kernels.zero(dX, rowsOfX() * cols);
          kernels.scatterAdd(dOut, index, dX, rows(), cols);
        },
      };
    }
  }
}

function linearCalls(frame: Frame, operation: OperationOf<'linear'>, add: number): OperationCalls {
  const { kernels, graph, scratch, flipped, weightAt, weightGradientAt, valueAt, gradientAt, colsOf } = frame;
  const { transposed } = operation;
  const [x, dX, inCols] = [valueAt(operation.x), gradientAt(operation.x), colsOf(operation.x)];
  const [out, dOut, cols] = [valueAt(operation.out), gradientAt(operation.out), colsOf(operation.out)];
  const rows = frame.rowsOf(operation.out);
  const residual = operation.residual === null ? 0 : valueAt(operation.residual);
  const [weight, dWeight] = [weightAt(operation.weight), weightGradientAt(operation.weight)];
  const [bias, dBias] = [weightAt(operation.bias), weightGradientAt(operation.bias)];
  // [in, out] for the forward pass, [out, in] for the gradient of the input: one of them is the weight as it lies.
  const [straight, turned] = transposed ? [flipped, weight] : [weight, flipped];
  const isInput = graph.operations.some((other) => other.op === 'patches' && other.out === operation.x);
  // dW = x^T dOut, or its transpose.
  const [a, m, b, k] = transposed ? [dOut, cols, x, inCols] : [x, inCols, dOut, cols];
  return {
    forward: () => {
      if (transposed) kernels.transpose(weight, inCols, cols, inCols, flipped, cols);
      kernels.gemm(rows(), cols, inCols, x, inCols, 1, straight, cols, out, cols, bias, residual, 0, scratch);
    },
    backward: () => {
      const n = rows();
      if (dBias !== 0) kernels.columnSums(dOut, n, cols, dBias);
      kernels.gemm(m, k, n, a, 1, m, b, k, dWeight, k, 0, 0, 1, scratch);
      if (isInput) return;
      if (!transposed) kernels.transpose(weight, cols, inCols, cols, flipped, inCols);
      kernels.gemm(n, inCols, cols, dOut, cols, 1, turned, inCols, dX, inCols, 0, 0, add, scratch);
    },
  };
}

/** A weight is packed once for all tokens of a rollout. */
function decodeLinearCalls(frame: Frame, operation: OperationOf<'linear'>, i: number): OperationCalls {
  const { kernels, scratch, weightAt, valueAt, colsOf } = frame;
  const [x, inCols] = [valueAt(operation.x), colsOf(operation.x)];
  const [out, cols] = [valueAt(operation.out), colsOf(operation.out)];
  const rows = frame.rowsOf(operation.out);
  const residual = operation.residual === null ? 0 : valueAt(operation.residual);
  const [weight, bias, packed] = [weightAt(operation.weight), weightAt(operation.bias), frame.savedAt(i)];
  return {
    prepare: () => kernels.packWeight(weight, inCols, cols, operation.transposed ? 1 : 0, packed),
    forward: () => kernels.gemmPacked(rows(), cols, inCols, x, packed, out, cols, bias, residual, scratch),
  };
}

function attentionCalls(frame: Frame, operation: OperationOf<'attention'>, i: number): OperationCalls {
  const { kernels, active, graph, scratch, binding, inputAt } = frame;
  const { heads } = operation;
  const { cache } = binding;
  const [x, dX] = [frame.valueAt(operation.x), frame.gradientAt(operation.x)];
  const [out, dOut, width] = [
    frame.valueAt(operation.out),
    frame.gradientAt(operation.out),
    frame.colsOf(operation.out),
  ];
  const size = width / heads;
  const rows = frame.rowsOf(operation.out);
  const layer = cache ? cache.pointer + operation.layer * cache.layerBytes : 0;
  if (frame.decode) {
    if (!cache) throw new Error('a decode plan needs a cache');
    const segments = inputAt('segments');
    return {
      forward: () => kernels.decodeAttention(x, out, layer, segments, rows(), heads, width, scratch),
    };
  }
  const causal = operation.mask === 'causal';
  const probs = frame.savedAt(i);
  const segments = inputAt(causal ? 'segments' : 'imageSegments');
  const count = () => (causal ? active.segments : active.pictures);
  const stride = () => keyStride(graph, operation, active.keys);
  const forward = () =>
    kernels.attention(x, out, probs, segments, count(), rows(), heads, size, width, stride(), scratch);
  if (frame.plan.kind === 'prefill' && causal && cache) {
    return {
      forward: () => {
        forward();
        kernels.fillCache(x, layer, rows(), width);
      },
    };
  }
  return {
    forward,
    backward: () =>
      kernels.attentionBackward(
        x,
        probs,
        dOut,
        dX,
        segments,
        count(),
        rows(),
        heads,
        size,
        width,
        stride(),
        scratch,
      ),
  };
}
