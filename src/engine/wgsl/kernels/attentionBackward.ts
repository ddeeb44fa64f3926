// Backward pass of flash attention: query gradients row by row, then key and value gradients row by row; no atomics.

import type { KernelSource, KernelUse, Words } from '../kernel.ts';
import {
  type AttentionSpec,
  arenaAccess,
  DEFAULT_ROWS,
  headCode,
  keysOf,
  keysOfRows,
  LOG2_E,
  queriesOf,
  repeat,
  rowGroups,
  rowsOf,
  specKey,
  storeStats,
  turn,
  WORKGROUP,
  whereRow,
  wholeStats,
} from './attentionCode.ts';

export type AttentionBackwardSpec = AttentionSpec & {
  /** Queries and keys were rotated before the attention: their gradients are rotated back by their position in the item. */
  rope: boolean;
};

const FIELDS = [
  'qkv',
  'out',
  'dOut',
  'lse',
  'delta',
  'dQkv',
  'keyStart',
  'batch',
  'time',
  'prefix',
  'rope',
] as const;

/**
 * Rotates the gradients that were just written, of part 0 (queries) or 1 (keys), back by their positions. A loop over memory, for
 * unrolled over registers it would add a load of the table for every four values of every row.
 */
function rotateBack({ heads, headSize }: AttentionSpec, part: 0 | 1): string {
  const width = heads * headSize;
  return `
  for (var row = first; row <= last; row++) {
    let at = op.dQkv + (item * op.time + row) * ${3 * width}u + ${part * width}u + head * ${headSize}u;
    for (var c = 0u; c < ${headSize / 8}u; c++) {
      var a = load4(at + 4u * c);
      var b = load4(at + 4u * c + ${headSize / 2}u);
      ${turn({ headSize }, 'a', 'b', 'row', 'c', true)}
      store4(at + 4u * c, a);
      store4(at + 4u * c + ${headSize / 2}u, b);
    }
  }
`;
}

/** delta = dOut . out and dQ, per query row (Dao et al. 2022, appendix B.4). */
function queryKernel(spec: AttentionBackwardSpec, whole: boolean): KernelSource {
  const { each, load, product, store, zero } = headCode(spec);
  const { heads, headSize, rope, rows = DEFAULT_ROWS } = spec;
  const width = heads * headSize;
  const scale = 1 / Math.sqrt(headSize);
  const view = whole ? 'vec4<f32>' : 'f32';
  const begin = (r: number) => `
  let seen${r} = keysOf(row${r}, start);
  let at${r} = base + row${r} * ${3 * width}u;
  let flat${r} = (item * op.time + row${r}) * ${width}u + head * ${headSize}u;
  ${each((c) => `let q${r}_${c} = ${scale * LOG2_E} * load4(at${r} + ${4 * c}u);`)}
  ${load(`dOut${r}`, `op.dOut + flat${r}`)}
var delta${r}: f32 = 0.0;
  let lse${r} = ${LOG2_E} * ${whole ? `arena[(op.lse + stats + first) / 4u + ${Math.floor(r / 4)}u][${r % 4}]` : `arena[op.lse + stats + row${r}]`};
  ${zero(`dQ${r}`)}`;
  const visit = (r: number) => `
    let p${r} = exp2(min(${product(`q${r}`, 'k')} - lse${r}, 0.0));
    let gradient${r} = p${r} * (${product(`dOut${r}`, 'v')} - delta${r}) * ${scale};
    let d${r} = select(0.0, gradient${r}, j - seen${r}.x < seen${r}.y);
    ${each((c) => `dQ${r}_${c} += d${r} * k_${c};`)}`;
  const end = (r: number) => `
  let target${r} = op.dQkv + (item * op.time + row${r}) * ${3 * width}u + head * ${headSize}u;
  ${store(`target${r}`, (c) => `dQ${r}_${c}`)}`;
  return {
    key: `attention dQ ${specKey(spec)}${rope ? ' rope' : ''} ${view}`,
    fields: FIELDS,
    buffers: { arena: view, inputs: 'u32', ...(rope && { rope: 'vec4<f32>' }) },
    workgroupSize: WORKGROUP,
    body: `
${arenaAccess(view)}
${keysOf(spec)}
fn run(group: u32, lane: u32) {
  ${rowsOf(spec)}
  ${keysOfRows(spec)}
  let base = op.qkv + item * op.time * ${3 * width}u + head * ${headSize}u;
  let stats = (item * ${heads}u + head) * op.time;
  ${repeat(rows, begin)}
  for (var row = first; row <= last; row++) {
    let flat = (item * op.time + row) * ${width}u + head * ${headSize}u;
    var delta: f32 = 0.0;
    for (var c = 0u; c < ${headSize}u; c += 4u) {
      delta += dot(load4(op.dOut + flat + c), load4(op.out + flat + c));
    }
    ${repeat(rows, (r) => `delta${r} = select(delta${r}, delta, row == row${r});`)}
  }
  for (var j = low; j < high; j++) {
    let key = base + j * ${3 * width}u + ${width}u;
    ${load('k', 'key')}
    ${load('v', `key + ${width}u`)}
    ${repeat(rows, visit)}
  }
  ${repeat(rows, (r) => whereRow(r, end(r)))}
  ${rope ? rotateBack(spec, 0) : ''}
  ${storeStats(spec, whole, 'op.delta + stats + first', 'delta')}
}
`,
  };
}

/** dK and dV, per key row, over the queries that see it. */
function keyKernel(spec: AttentionBackwardSpec): KernelSource {
  const { each, load, product, store, zero } = headCode(spec);
  const { heads, headSize, causal, rope, rows = DEFAULT_ROWS } = spec;
  const width = heads * headSize;
  const scale = 1 / Math.sqrt(headSize);
  const begin = (r: number) => `
  let seen${r} = queriesOf(row${r}, start);
  let at${r} = base + row${r} * ${3 * width}u + ${width}u;
  ${each((c) => `let k${r}_${c} = ${scale * LOG2_E} * load4(at${r} + ${4 * c}u);`)}
  ${load(`v${r}`, `at${r} + ${width}u`)}
  ${zero(`dK${r}`)}
  ${zero(`dV${r}`)}`;
  const visit = (r: number) => `
    let sees${r} = i - seen${r}.x < seen${r}.y;
    let p${r} = select(0.0, exp2(min(${product(`k${r}`, 'q')} - lse, 0.0)), sees${r});
    let d${r} = p${r} * (${product(`v${r}`, 'dOut')} - delta) * ${scale};
    ${each((c) => `dK${r}_${c} += d${r} * q_${c};`)}
    ${each((c) => `dV${r}_${c} += p${r} * dOut_${c};`)}`;
  const end = (r: number) => `
  let target${r} = op.dQkv + (item * op.time + row${r}) * ${3 * width}u + ${width}u + head * ${headSize}u;
  ${store(`target${r}`, (c) => `dK${r}_${c}`)}
  ${store(`target${r} + ${width}u`, (c) => `dV${r}_${c}`)}`;
  return {
    key: `attention dK dV ${specKey(spec)}${rope ? ' rope' : ''}`,
    fields: FIELDS,
    buffers: { arena: 'vec4<f32>', inputs: 'u32', ...(rope && { rope: 'vec4<f32>' }) },
    workgroupSize: WORKGROUP,
    body: `
${arenaAccess('vec4<f32>')}
${queriesOf(spec)}
fn run(group: u32, lane: u32) {
  ${rowsOf(spec)}
  // Queries that see a key of this invocation: rows below \`start\` only see themselves.
  let low = ${causal ? 'select(min(first, start), first, first >= op.prefix)' : 'min(first, start)'};
  let base = op.qkv + item * op.time * ${3 * width}u + head * ${headSize}u;
  let stats = (item * ${heads}u + head) * op.time;
  ${repeat(rows, begin)}
  for (var i = low; i < op.time; i++) {
    let flat = op.dOut + (item * op.time + i) * ${width}u + head * ${headSize}u;
    ${load('q', `base + i * ${3 * width}u`)}
    ${load('dOut', 'flat')}
    let atLse = op.lse + stats + i;
    let atDelta = op.delta + stats + i;
    let lse = ${LOG2_E} * arena[atLse / 4u][atLse % 4u];
    let delta = arena[atDelta / 4u][atDelta % 4u];
    ${repeat(rows, visit)}
  }
  ${repeat(rows, (r) => whereRow(r, end(r)))}
  ${rope ? rotateBack(spec, 1) : ''}
}
`,
  };
}

/**
 * dQkv[batch, time, 3 width] from dOut[batch, time, width] and what the forward pass kept (out, lse). The first use also writes
 * delta[batch, heads, time], which the second one reads. With `rope`, qkv holds rotated queries and keys and the gradients are those of the
 * unrotated ones; words.rope is the offset of the table.
 */
export function attentionBackward(
  spec: AttentionBackwardSpec,
  words: Words<(typeof FIELDS)[number]>,
): [KernelUse, KernelUse] {
  const groups = rowGroups(spec, words);
  return [
    { kernel: queryKernel(spec, wholeStats(spec, words.time)), words, groups },
    { kernel: keyKernel(spec), words, groups },
  ];
}
