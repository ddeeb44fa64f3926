// Turns a plan into two lists of kernel calls, forward and backward, with every address worked out beforehand.

import type { Operation, TensorId } from '../../model/graph.ts';
import { imageTokensOf, type ModelSpec } from '../../model/graph.ts';
import type { ParameterSlice } from '../../model/spec.ts';
import type { Plan, PlanInput } from '../plan/plan.ts';
import type { Kernels } from './kernels.ts';

/** Byte addresses that a plan is bound to. */
export type Binding = {
  arena: number;
  parameters: number;
  gradients: number;
  scratch: number;
  /** (cos, sin) per position and pair, for RoPE. */
  ropeTable: number;
  /** KV cache: [layer][slot][capacity][2 width]; slots and counts as int32 arrays. Only for prefill and decode. */
  cache: {
    pointer: number;
    /** Bytes of one layer. */
    layerBytes: number;
    capacity: number;
    slots: number;
    counts: number;
  } | null;
};

/** Compiled calls. Each call reads row counts through `active`, so that a decode plan runs with fewer rows than it was made for. */
export type Program = {
  forward: (() => void)[];
  /** In the order of execution. `vision` calls are left out when the vision encoder is frozen. */
  backward: { run: () => void; vision: boolean }[];
  /** Decode plans: rows in use. */
  active: { rows: number };
};

/** Bytes of scratch that the kernels may ask for. */
export const SCRATCH_BYTES = 8 << 20;
const TRANSPOSED_AT = 4 << 20;

/** Binds a plan to memory. */
export function compile(kernels: Kernels, spec: ModelSpec, plan: Plan, binding: Binding): Program {
  const { graph, shape } = plan;
  const decode = graph.mode === 'decode';
  const active = { rows: shape.batch * shape.time };
  const slices = new Map<string, ParameterSlice>(spec.layout.slices.map((slice) => [slice.name, slice]));
  const prefix = graph.mode === 'full' ? imageTokensOf(graph.config) : 0;
  const { scratch } = binding;
  const transposedWeights = scratch + TRANSPOSED_AT;

  const slice = (name: string) => {
    const found = slices.get(name);
    if (!found) throw new Error(`no parameter is called ${name}`);
    return found;
  };
  const weightAt = (name: string | null) => (name === null ? 0 : binding.parameters + slice(name).offset * 4);
  const gradientAt = (name: string | null) =>
    name === null ? 0 : binding.gradients + slice(name).offset * 4;
  const valueAt = (tensor: TensorId) => binding.arena + plan.values[tensor] * 4;
  const slopeAt = (tensor: TensorId) => binding.arena + plan.gradients[tensor] * 4;
  const inputAt = (input: PlanInput) => binding.arena + plan.inputs[input] * 4;
  const rowsOf = (tensor: TensorId): (() => number) => {
    const fixed = plan.rows[tensor];
    return decode ? () => active.rows : () => fixed;
  };
  const colsOf = (tensor: TensorId) => graph.tensors[tensor].cols;
  const isImage = (tensor: TensorId) => graph.tensors[tensor].unit === 'image';
  /** Length of one item's rows. */
  const itemTime = (tensor: TensorId) => plan.rows[tensor] / shape.batch;

  const forwardCall = (operation: Operation, i: number): (() => void) | null => {
    const out = valueAt(operation.out);
    const cols = colsOf(operation.out);
    const rows = rowsOf(operation.out);
    switch (operation.op) {
      case 'patches':
        return null;
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
          kernels.gemm(
            rows(),
            cols,
            inCols,
            x,
            inCols,
            1,
            weight,
            cols,
            out,
            cols,
            bias,
            residual,
            0,
            scratch,
          );
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
        return () => kernels.gatherRows(tableAt, inputAt('tokens'), out, rows(), cols);
      }
      case 'concat': {
        const image = valueAt(operation.image);
        const text = valueAt(operation.text);
        return () => kernels.joinRows(image, text, out, shape.batch, prefix, shape.time, cols);
      }
      case 'rope':
        return () =>
          kernels.rope(
            out,
            out,
            inputAt('positions'),
            binding.ropeTable,
            rows(),
            cols / 3,
            operation.heads,
            1,
          );
      case 'attention': {
        const x = valueAt(operation.x);
        const { cache } = binding;
        if (decode) {
          if (!cache) throw new Error('a decode plan needs a cache');
          const layerAt = cache.pointer + operation.layer * cache.layerBytes;
          return () =>
            kernels.decodeAttention(
              x,
              out,
              layerAt,
              cache.slots,
              inputAt('positions'),
              inputAt('keyStart'),
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
        return () => kernels.gatherRows(x, inputAt('rowIndex'), out, rows(), cols);
      }
    }
  };

  const backwardCall = (operation: Operation, i: number): (() => void) | null => {
    const dOut = slopeAt(operation.out);
    const cols = colsOf(operation.out);
    const rows = plan.rows[operation.out];
    const add = plan.accumulate[i] ? 1 : 0;
    switch (operation.op) {
      case 'patches':
      case 'reshape':
        return null;
      case 'linear': {
        const x = valueAt(operation.x);
        const dX = slopeAt(operation.x);
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
        const dX = slopeAt(operation.x);
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
        const dTable = gradientAt(operation.table);
        return () => kernels.scatterAdd(dOut, inputAt('tokens'), dTable, rows, cols);
      }
      case 'concat': {
        const image = slopeAt(operation.image);
        const text = slopeAt(operation.text);
        return () => kernels.splitRows(dOut, image, text, shape.batch, prefix, shape.time, cols);
      }
      case 'rope':
        return () =>
          kernels.rope(
            dOut,
            dOut,
            inputAt('positions'),
            binding.ropeTable,
            rows,
            cols / 3,
            operation.heads,
            -1,
          );
      case 'attention': {
        const x = valueAt(operation.x);
        const dX = slopeAt(operation.x);
        const probs = binding.arena + plan.saved[i] * 4;
        const time = itemTime(operation.x);
        return () =>
          kernels.attentionBackward(x, probs, dOut, dX, shape.batch, time, operation.heads, cols, scratch);
      }
      case 'swiglu': {
        const x = valueAt(operation.x);
        const dX = slopeAt(operation.x);
        return () => kernels.swigluBackward(x, dOut, dX, rows, cols);
      }
      case 'gelu': {
        const x = valueAt(operation.x);
        const dX = slopeAt(operation.x);
        return () => kernels.geluBackward(x, dOut, dX, rows * cols);
      }
      case 'gather': {
        const dX = slopeAt(operation.x);
        const length = plan.rows[operation.x] * cols;
        return () => {
          kernels.zero(dX, length);
          kernels.scatterAdd(dOut, inputAt('rowIndex'), dX, rows, cols);
        };
      }
    }
  };

  const forward = graph.operations.map(forwardCall).filter((call) => call !== null);
  const backward: Program['backward'] = [];
  if (plan.kind === 'training') {
    for (let i = graph.operations.length - 1; i >= 0; i--) {
      const operation = graph.operations[i];
      const run = backwardCall(operation, i);
      if (run) backward.push({ run, vision: isImage(operation.out) });
    }
  }
  return { forward, backward, active };
}
