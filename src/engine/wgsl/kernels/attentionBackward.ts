// Backward pass of flash attention: query gradients row by row, then key and value gradients row by row; no atomics.

import { BLOCK_ROWS } from '../../plan/blocks.ts';
import type { KernelSource, KernelUse, Words } from '../kernel.ts';
import {
  type AttentionSpec,
  arenaAccess,
  blockGroups,
  blockOfHead,
  eachRow,
  headCode,
  LOG2_E,
  rowVector,
  SEGMENT_CODE,
  SEGMENT_FIELDS,
  specKey,
  turn,
  WORKGROUP,
  whereRow,
} from './attentionCode.ts';

export type AttentionBackwardSpec = AttentionSpec & {
  /** Queries and keys were rotated before the attention: their gradients are rotated back by inputs[positions + row]. */
  rope: boolean;
};

const FIELDS = [
  ...(['qkv', 'out', 'dOut', 'lse', 'delta', 'dQkv', 'rope', 'positions'] as const),
  ...SEGMENT_FIELDS,
] as const;

/**
 * Rotates the gradients that were just written, of part 0 (queries) or 1 (keys), back by their positions. A loop over memory, for
 * unrolled over registers it would add a load of the table for every four values of every row.
 */
function rotateBack({ heads, headSize }: AttentionSpec, part: 0 | 1): string {
  const width = heads * headSize;
  return `
  for (var row = segment.start + first; row <= segment.start + last; row++) {
    let position = inputs[op.positions + row];
    let at = op.dQkv + row * ${3 * width}u + ${part * width}u + head * ${headSize}u;
    for (var c = 0u; c < ${headSize / 8}u; c++) {
      var a = load4(at + 4u * c);
      var b = load4(at + 4u * c + ${headSize / 2}u);
      ${turn({ headSize }, 'a', 'b', 'position', 'c', true)}
      store4(at + 4u * c, a);
      store4(at + 4u * c + ${headSize / 2}u, b);
    }
  }
`;
}

function source(name: string, spec: AttentionBackwardSpec, run: string): KernelSource {
  return {
    key: `attention ${name} ${specKey(spec)}${spec.rope ? ' rope' : ''}`,
    fields: FIELDS,
    buffers: { arena: 'vec4<f32>', inputs: 'u32', ...(spec.rope && { rope: 'vec4<f32>' }) },
    workgroupSize: WORKGROUP,
    body: `${arenaAccess('vec4<f32>')}${SEGMENT_CODE}\nfn run(group: u32, lane: u32) {\n${run}\n}\n`,
  };
}

/** delta = dOut . out and dQ, per query row (Dao et al. 2022, appendix B.4). */
function queryKernel(spec: AttentionBackwardSpec): KernelSource {
  const { each, load, product, store, zero } = headCode(spec);
  const { heads, headSize, rope } = spec;
  const width = heads * headSize;
  const scale = 1 / Math.sqrt(headSize);
  const begin = (r: number) => `
  let seen${r} = keysSeen(segment, place${r});
  let at${r} = base + row${r} * ${3 * width}u;
  ${each((c) => `let q${r}_${c} = ${scale * LOG2_E} * load4(at${r} + ${4 * c}u);`)}
  ${load(`dOut${r}`, `op.dOut + row${r} * ${width}u + head * ${headSize}u`)}
  var delta${r}: f32 = 0.0;
  let lse${r} = lse[${r}];
  ${zero(`dQ${r}`)}`;
  const visit = (r: number) => `
    let p${r} = exp2(min(${product(`q${r}`, 'k')} - lse${r}, 0.0));
    let gradient${r} = p${r} * (${product(`dOut${r}`, 'v')} - delta${r}) * ${scale};
    let d${r} = select(0.0, gradient${r}, j < seen${r});
    ${each((c) => `dQ${r}_${c} += d${r} * k_${c};`)}`;
  const end = (r: number) => `
  let target${r} = op.dQkv + row${r} * ${3 * width}u + head * ${headSize}u;
  ${store(`target${r}`, (c) => `dQ${r}_${c}`)}`;
  return source(
    'dQ',
    spec,
    `
  ${blockOfHead(spec)}
  let base = op.qkv + head * ${headSize}u;
  let lse = ${LOG2_E} * load4(op.lse + stats);
  ${eachRow(begin)}
  for (var row = segment.start + first; row <= segment.start + last; row++) {
    let flat = row * ${width}u + head * ${headSize}u;
    var delta: f32 = 0.0;
    for (var c = 0u; c < ${headSize}u; c += 4u) {
      delta += dot(load4(op.dOut + flat + c), load4(op.out + flat + c));
    }
    ${eachRow((r) => `delta${r} = select(delta${r}, delta, row == row${r});`)}
  }
  for (var j = 0u; j < seen${BLOCK_ROWS - 1}; j++) {
    let key = base + keyRow(segment, j) * ${3 * width}u + ${width}u;
    ${load('k', 'key')}
    ${load('v', `key + ${width}u`)}
    ${eachRow(visit)}
  }
  ${eachRow((r) => whereRow(r, end(r)))}
  ${rope ? rotateBack(spec, 0) : ''}
  store4(op.delta + stats, ${rowVector('delta')});`,
  );
}

/** dK and dV, per key row, over the queries that see it: of its own segment, then of those that have it as context, in their order. */
function keyKernel(spec: AttentionBackwardSpec): KernelSource {
  const { each, load, product, store, zero } = headCode(spec);
  const { heads, headSize, rope } = spec;
  const width = heads * headSize;
  const scale = 1 / Math.sqrt(headSize);
  const begin = (r: number) => `
  let at${r} = base + row${r} * ${3 * width}u + ${width}u;
  ${each((c) => `let k${r}_${c} = ${scale * LOG2_E} * load4(at${r} + ${4 * c}u);`)}
  ${load(`v${r}`, `at${r} + ${width}u`)}
  ${zero(`dK${r}`)}
  ${zero(`dV${r}`)}`;
  const visit = (r: number) => `
      let p${r} = select(0.0, exp2(min(${product(`k${r}`, 'q')} - lse, 0.0)), place${r} < seen);
      let d${r} = p${r} * (${product(`v${r}`, 'dOut')} - delta) * ${scale};
      ${each((c) => `dK${r}_${c} += d${r} * q_${c};`)}
      ${each((c) => `dV${r}_${c} += p${r} * dOut_${c};`)}`;
  const end = (r: number) => `
  let target${r} = op.dQkv + row${r} * ${3 * width}u + ${width}u + head * ${headSize}u;
  ${store(`target${r}`, (c) => `dK${r}_${c}`)}
  ${store(`target${r} + ${width}u`, (c) => `dV${r}_${c}`)}`;
  return source(
    'dK dV',
    spec,
    `
  ${blockOfHead(spec)}
  let base = op.qkv + head * ${headSize}u;
  ${eachRow(begin)}
  let readers = endOfReaders(index);
  var low = select(first, 0u, place0 < segment.image);
  for (var reader = index; reader < readers; reader++) {
    let queries = segmentOf(reader);
    let kept = (head * blocks + firstBlock(reader)) * ${BLOCK_ROWS}u;
    for (var i = low; i < queries.own; i++) {
      let seen = keysSeen(queries, queries.contextRows + i);
      ${load('q', `base + (queries.start + i) * ${3 * width}u`)}
      ${load('dOut', `op.dOut + (queries.start + i) * ${width}u + head * ${headSize}u`)}
      let atLse = op.lse + kept + i;
      let atDelta = op.delta + kept + i;
      let lse = ${LOG2_E} * arena[atLse / 4u][atLse % 4u];
      let delta = arena[atDelta / 4u][atDelta % 4u];
      ${eachRow(visit)}
    }
    low = 0u;
  }
  ${eachRow((r) => whereRow(r, end(r)))}
  ${rope ? rotateBack(spec, 1) : ''}`,
  );
}

/**
 * dQkv[rows, 3 width] from dOut[rows, width] and what the forward pass kept (out, lse). The first use also writes
 * delta[heads, blocks, BLOCK_ROWS], which the second one reads. With `rope`, qkv holds rotated queries and keys and the gradients are those
 * of the unrotated ones; words.rope is the offset of the table.
 */
export function attentionBackward(
  spec: AttentionBackwardSpec,
  words: Words<(typeof FIELDS)[number]>,
): [KernelUse, KernelUse] {
  const groups = blockGroups(spec);
  return [
    { kernel: queryKernel(spec), words, groups },
    { kernel: keyKernel(spec), words, groups },
  ];
}
