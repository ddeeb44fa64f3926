// Flash attention without workgroup memory: every invocation takes a few query rows of a head.

import type { KernelSource, KernelUse, Words } from '../kernel.ts';
import {
  type AttentionSpec,
  arenaAccess,
  DEFAULT_ROWS,
  HIDDEN,
  headCode,
  keysOf,
  keysOfRows,
  LOG2_E,
  LOWEST,
  repeat,
  rowGroups,
  rowsOf,
  specKey,
  storeStats,
  WORKGROUP,
  whereRow,
  wholeStats,
} from './attentionCode.ts';

export { attentionBackward } from './attentionBackward.ts';
export type { AttentionSpec } from './attentionCode.ts';
export { fillCache } from './decodeAttention.ts';

/** Online softmax (Dao et al. 2022, algorithm 1) in base 2, one key at a time. */
function forwardKernel(spec: AttentionSpec, whole: boolean): KernelSource {
  const { each, load, product, store, zero } = headCode(spec);
  const { heads, headSize, rows = DEFAULT_ROWS } = spec;
  const width = heads * headSize;
  const scale = LOG2_E / Math.sqrt(headSize);
  const view = whole ? 'vec4<f32>' : 'f32';
  const begin = (r: number) => `
  let seen${r} = keysOf(row${r}, start);
  let at${r} = base + row${r} * ${3 * width}u;
  ${each((c) => `let q${r}_${c} = ${scale} * load4(at${r} + ${4 * c}u);`)}
  ${zero(`mixed${r}`)}
  var top${r}: f32 = ${LOWEST};
  var total${r}: f32 = 0.0;`;
  const visit = (r: number) => `
    let s${r} = select(${HIDDEN}, ${product(`q${r}`, 'k')}, j - seen${r}.x < seen${r}.y);
    let peak${r} = max(top${r}, s${r});
    let shrink${r} = exp2(top${r} - peak${r});
    let p${r} = exp2(s${r} - peak${r});
    top${r} = peak${r};
    total${r} = total${r} * shrink${r} + p${r};
    ${each((c) => `mixed${r}_${c} = mixed${r}_${c} * shrink${r} + p${r} * v_${c};`)}`;
  const end = (r: number) => `
  let inverse${r} = 1.0 / total${r};
  let out${r} = op.out + (item * op.time + row${r}) * ${width}u + head * ${headSize}u;
  ${store(`out${r}`, (c) => `mixed${r}_${c} * inverse${r}`)}`;
  return {
    key: `attention ${specKey(spec)} ${view}`,
    fields: ['qkv', 'out', 'lse', 'keyStart', 'batch', 'time', 'prefix'],
    buffers: { arena: view, inputs: 'u32' },
    workgroupSize: WORKGROUP,
    body: `
${arenaAccess(view)}
${keysOf(spec)}
fn run(group: u32, lane: u32) {
  ${rowsOf(spec)}
  ${keysOfRows(spec)}
  let base = op.qkv + item * op.time * ${3 * width}u + head * ${headSize}u;
  ${repeat(rows, begin)}
  for (var j = low; j < high; j++) {
    let key = base + j * ${3 * width}u + ${width}u;
    ${load('k', 'key')}
    ${load('v', `key + ${width}u`)}
    ${repeat(rows, visit)}
  }
  ${repeat(rows, (r) => whereRow(r, end(r)))}
  ${repeat(rows, (r) => `let lse${r} = (top${r} + log2(total${r})) * ${1 / LOG2_E};`)}
  ${storeStats(spec, whole, `op.lse + (item * ${heads}u + head) * op.time + first`, 'lse')}
}
`,
  };
}

/**
 * out[batch, time, width] from qkv[batch, time, 3 width]; lse[batch, heads, time] = log-sum-exp of the scaled scores, for the
 * backward pass. keyStart[batch] lies in `inputs`: keys below it are hidden, rows below it attend to themselves alone. With a causal mask
 * rows below `prefix` see all of the prefix, later ones all keys up to themselves.
 */
export function attentionForward(
  spec: AttentionSpec,
  words: Words<'qkv' | 'out' | 'lse' | 'keyStart' | 'batch' | 'time' | 'prefix'>,
): KernelUse {
  return { kernel: forwardKernel(spec, wholeStats(spec, words.time)), words, groups: rowGroups(spec, words) };
}

function prefixMassKernel(spec: AttentionSpec & { layers: number }): KernelSource {
  const { each, load, product } = headCode(spec);
  const { heads, headSize, causal, layers } = spec;
  const width = heads * headSize;
  const scale = LOG2_E / Math.sqrt(headSize);
  return {
    key: `prefix mass ${heads}x${headSize}${causal ? ' causal' : ''} layers ${layers}`,
    fields: ['qkv', 'lse', 'keyStart', 'mass', 'batch', 'time', 'prefix', 'add'],
    buffers: { arena: 'f32', inputs: 'u32' },
    workgroupSize: WORKGROUP,
    body: `
${arenaAccess('f32')}
${keysOf(spec)}
fn run(group: u32, lane: u32) {
  let id = group * ${WORKGROUP}u + lane;
  if (id >= op.batch * op.time) { return; }
  let item = id / op.time;
  let row = id % op.time;
  let seen = keysOf(row, inputs[op.keyStart + item]);
  let high = min(seen.x + seen.y, op.prefix);
  var mass: f32 = 0.0;
  for (var head = 0u; head < ${heads}u; head++) {
    let base = op.qkv + item * op.time * ${3 * width}u + head * ${headSize}u;
    let query = base + row * ${3 * width}u;
    ${each((c) => `let q_${c} = ${scale} * load4(query + ${4 * c}u);`)}
    let lse = ${LOG2_E} * arena[op.lse + (item * ${heads}u + head) * op.time + row];
    for (var j = seen.x; j < high; j++) {
      let key = base + j * ${3 * width}u + ${width}u;
      ${load('k', 'key')}
      mass += exp2(min(${product('q', 'k')} - lse, 0.0));
    }
  }
  mass *= ${1 / (heads * layers)};
  if (op.add == 1u) { mass += arena[op.mass + id]; }
  arena[op.mass + id] = mass;
}
`,
  };
}

/**
 * mass[batch, time]: share of each row's attention that falls on the first `prefix` keys, mean over heads and layers. One use per layer;
 * with `add` = 1 it adds to what is there, with 0 it overwrites.
 */
export function prefixMass(
  spec: AttentionSpec & { layers: number },
  words: Words<'qkv' | 'lse' | 'keyStart' | 'mass' | 'batch' | 'time' | 'prefix' | 'add'>,
): KernelUse {
  return {
    kernel: prefixMassKernel(spec),
    words,
    groups: Math.ceil((words.batch * words.time) / WORKGROUP),
  };
}
