// The kernels of each operation's forward pass.

import type { Operation } from '../../model/graph.ts';
import type { Frame } from './frame.ts';
import type { KernelUse } from './kernel.ts';
import { attentionForward, fillCache, prefixMass } from './kernels/attention.ts';
import { decodeAttention } from './kernels/decodeAttention.ts';
import { addPosition, addPositionDecode, gelu, rope, swiglu } from './kernels/elementwise.ts';
import { embed, embedDecode, gatherRows, joinRows } from './kernels/indexing.ts';
import { linearForward } from './kernels/matmul.ts';
import { normForward } from './kernels/norm.ts';

/** Empty where there is nothing to compute (inputs and views). `mass`: attention adds its mass on the image tokens up. */
export function forwardUses(frame: Frame, operation: Operation, i: number, mass: boolean): KernelUse[] {
  const { plan, shape, decode, rowsFrom, variants, prefix, parameterAt, valueAt, rowsOf, colsOf } = frame;
  const out = valueAt(operation.out);
  const cols = colsOf(operation.out);
  const rows = rowsOf(operation.out);
  switch (operation.op) {
    case 'patches':
    case 'reshape':
      return [];
    case 'linear': {
      const { residual } = operation;
      return [
        linearForward(
          {
            inCols: colsOf(operation.x),
            outCols: cols,
            transposed: operation.transposed,
            bias: operation.bias !== null,
            residual: residual !== null,
            rowsFrom,
            variant: variants.matmul,
          },
          {
            x: valueAt(operation.x),
            weight: parameterAt(operation.weight),
            bias: parameterAt(operation.bias),
            residual: residual === null ? 0 : valueAt(residual),
            out,
            rows,
          },
        ),
      ];
    }
    case 'norm':
      return [
        normForward(
          { kind: operation.kind, cols, rowsFrom, variant: variants.rows },
          {
            x: valueAt(operation.x),
            gain: parameterAt(operation.gain),
            bias: parameterAt(operation.bias),
            out,
            stats: plan.saved[i],
            rows,
          },
        ),
      ];
    case 'position': {
      const words = { x: valueAt(operation.x), table: parameterAt(operation.table), out };
      if (!decode) return [addPosition({ cols }, { ...words, rows, time: frame.itemTime(operation.x) })];
      const { slots, promptEnd, counts } = frame.rollout.regions;
      return [addPositionDecode({ cols }, { ...words, slots, promptEnd, counts })];
    }
    case 'embed': {
      const table = parameterAt(operation.table);
      if (!decode) return [embed({ cols }, { table, tokens: frame.inputs.tokens, out, rows })];
      const { slots, current } = frame.rollout.regions;
      return [embedDecode({ cols }, { table, out, slots, current })];
    }
    case 'concat':
      return [
        joinRows(
          { cols },
          {
            image: valueAt(operation.image),
            text: valueAt(operation.text),
            out,
            batch: shape.batch,
            first: prefix,
            second: shape.time,
          },
        ),
      ];
    case 'rope': {
      // Cached attention rotates by itself, for it knows the position of each row.
      if (decode) return [];
      const headSize = cols / 3 / operation.heads;
      const time = frame.itemTime(operation.x);
      return [rope({ heads: operation.heads, headSize, sign: 1 }, { x: out, rope: 0, rows, time })];
    }
    case 'attention': {
      const qkv = valueAt(operation.x);
      const spec = {
        heads: operation.heads,
        headSize: cols / operation.heads,
        causal: operation.mask === 'causal',
      };
      if (decode) {
        const { regions, cache } = frame.rollout;
        return [
          decodeAttention(
            { ...spec, rope: usesRope(frame, operation.x), variant: variants.decode },
            {
              qkv,
              out,
              cache: operation.layer * cache.layerLength,
              capacity: cache.capacity,
              slots: regions.slots,
              promptEnd: regions.promptEnd,
              slotKeyStart: regions.slotKeyStart,
              counts: regions.counts,
              rope: 0,
            },
          ),
        ];
      }
      const time = frame.itemTime(operation.x);
      const { inputs } = frame;
      const keyStart = spec.causal ? inputs.keyStart : inputs.imageKeyStart;
      const lse = plan.saved[i];
      const uses = [attentionForward(spec, { qkv, out, lse, keyStart, batch: shape.batch, time, prefix })];
      if (!spec.causal) return uses;
      if (mass) {
        const { layers } = frame.spec.dimensions;
        const target = plan.inputs.imageMass;
        uses.push(
          prefixMass(
            { ...spec, layers },
            {
              qkv,
              lse,
              keyStart,
              mass: target,
              batch: shape.batch,
              time,
              prefix,
              add: operation.layer > 0 ? 1 : 0,
            },
          ),
        );
      }
      if (plan.kind === 'prefill') {
        const { cache, groupSize } = frame.rollout;
        const at = operation.layer * cache.layerLength;
        uses.push(
          fillCache(spec, { qkv, cache: at, groupSize, batch: shape.batch, time, capacity: cache.capacity }),
        );
      }
      return uses;
    }
    case 'swiglu':
      return [swiglu({ hidden: cols, rowsFrom }, { x: valueAt(operation.x), out, rows })];
    case 'gelu':
      return [gelu({ cols, rowsFrom }, { x: valueAt(operation.x), out, rows })];
    case 'gather':
      return [gatherRows({ cols }, { x: valueAt(operation.x), index: frame.inputs.rowIndex, out, rows })];
  }
}

/** Whether the queries and keys of an attention come through RoPE. */
export function usesRope(frame: Frame, qkv: number): boolean {
  return frame.graph.operations.some((operation) => operation.op === 'rope' && operation.out === qkv);
}
