// Flash attention without workgroup memory: every invocation takes a block of query rows of a head.

import { BLOCK_ROWS } from '../../plan/blocks.ts';
import type { KernelSource, KernelUse, Words } from '../kernel.ts';
import {
  type AttentionSpec,
  arenaAccess,
  BLOCK_CODE,
  blockGroups,
  blockOfHead,
  eachRow,
  HIDDEN,
  headCode,
  LOG2_E,
  LOWEST,
  rowVector,
  SEGMENT_CODE,
  SEGMENT_FIELDS,
  specKey,
  WORKGROUP,
  whereRow,
} from './attentionCode.ts';

export { attentionBackward } from './attentionBackward.ts';
export type { AttentionSpec } from './attentionCode.ts';
export { fillCache } from './decodeAttention.ts';

type SegmentWord = (typeof SEGMENT_FIELDS)[number];

/** Online softmax (Dao et al. 2022, algorithm 1) in base 2, one key at a time. */
function forwardKernel(spec: AttentionSpec): KernelSource {
  const { each, load, product, store, zero } = headCode(spec);
  const { heads, headSize } = spec;
  const width = heads * headSize;
  const scale = LOG2_E / Math.sqrt(headSize);
  const begin = (r: number) => `
  let seen${r} = keysSeen(segment, place${r});
  let at${r} = base + row${r} * ${3 * width}u;
  ${each((c) => `let q${r}_${c} = ${scale} * load4(at${r} + ${4 * c}u);`)}
  ${zero(`mixed${r}`)}
  var top${r}: f32 = ${LOWEST};
  var total${r}: f32 = 0.0;`;
  const visit = (r: number) => `
    let s${r} = select(${HIDDEN}, ${product(`q${r}`, 'k')}, j < seen${r});
    let peak${r} = max(top${r}, s${r});
    let shrink${r} = exp2(top${r} - peak${r});
    let p${r} = exp2(s${r} - peak${r});
    top${r} = peak${r};
    total${r} = total${r} * shrink${r} + p${r};
    ${each((c) => `mixed${r}_${c} = mixed${r}_${c} * shrink${r} + p${r} * v_${c};`)}`;
  const end = (r: number) => `
  let inverse${r} = 1.0 / total${r};
  let out${r} = op.out + row${r} * ${width}u + head * ${headSize}u;
  ${store(`out${r}`, (c) => `mixed${r}_${c} * inverse${r}`)}`;
  return {
    key: `attention ${specKey(spec)}`,
    fields: ['qkv', 'out', 'lse', ...SEGMENT_FIELDS],
    buffers: { arena: 'vec4<f32>', inputs: 'u32' },
    workgroupSize: WORKGROUP,
    body: `
${arenaAccess('vec4<f32>')}
${SEGMENT_CODE}
fn run(group: u32, lane: u32) {
  ${blockOfHead(spec)}
  let base = op.qkv + head * ${headSize}u;
  ${eachRow(begin)}
  for (var j = 0u; j < seen${BLOCK_ROWS - 1}; j++) {
    let key = base + keyRow(segment, j) * ${3 * width}u + ${width}u;
    ${load('k', 'key')}
    ${load('v', `key + ${width}u`)}
    ${eachRow(visit)}
  }
  ${eachRow((r) => whereRow(r, end(r)))}
  ${eachRow((r) => `let lse${r} = (top${r} + log2(total${r})) * ${1 / LOG2_E};`)}
  store4(op.lse + stats, ${rowVector('lse')});
}
`,
  };
}

/**
 * out[rows, width] from qkv[rows, 3 width], by segments; lse[heads, blocks, BLOCK_ROWS] = log-sum-exp of the scaled scores, for the
 * backward pass. `segments`, `spans` and `blocks` lie in `inputs`.
 */
export function attentionForward(
  spec: AttentionSpec,
  words: Words<'qkv' | 'out' | 'lse' | SegmentWord>,
): KernelUse {
  return { kernel: forwardKernel(spec), words, groups: blockGroups(spec) };
}

function imageMassKernel(spec: AttentionSpec & { layers: number }): KernelSource {
  const { each, load, product } = headCode(spec);
  const { heads, headSize, layers } = spec;
  const width = heads * headSize;
  const scale = LOG2_E / Math.sqrt(headSize);
  return {
    key: `image mass ${specKey(spec)} layers ${layers}`,
    fields: ['qkv', 'lse', 'mass', 'add', ...SEGMENT_FIELDS],
    buffers: { arena: 'f32', inputs: 'u32' },
    workgroupSize: WORKGROUP,
    body: `
${arenaAccess('f32')}
${SEGMENT_CODE}
fn run(group: u32, lane: u32) {
  let blocks = rowsInUse();
  let id = group * ${WORKGROUP}u + lane;
  let block = id / ${BLOCK_ROWS}u;
  if (block >= blocks) { return; }
  ${BLOCK_CODE}
  if (first + id % ${BLOCK_ROWS}u > last) { return; }
  let row = segment.start + first + id % ${BLOCK_ROWS}u;
  var mass: f32 = 0.0;
  for (var head = 0u; head < ${heads}u; head++) {
    let base = op.qkv + head * ${headSize}u;
    let query = base + row * ${3 * width}u;
    ${each((c) => `let q_${c} = ${scale} * load4(query + ${4 * c}u);`)}
    let lse = ${LOG2_E} * arena[op.lse + head * blocks * ${BLOCK_ROWS}u + id];
    for (var j = 0u; j < segment.image; j++) {
      let key = base + keyRow(segment, j) * ${3 * width}u + ${width}u;
      ${load('k', 'key')}
      mass += exp2(min(${product('q', 'k')} - lse, 0.0));
    }
  }
  mass *= ${1 / (heads * layers)};
  if (op.add == 1u) { mass += arena[op.mass + row]; }
  arena[op.mass + row] = mass;
}
`,
  };
}

/**
 * mass[rows]: share of each row's attention that falls on its picture, mean over heads and layers. One use per layer; with `add` = 1 it
 * adds to what is there, with 0 it overwrites.
 */
export function imageMass(
  spec: AttentionSpec & { layers: number },
  words: Words<'qkv' | 'lse' | 'mass' | 'add' | SegmentWord>,
): KernelUse {
  const groups = (blocks: number) => Math.ceil((blocks * BLOCK_ROWS) / WORKGROUP);
  return { kernel: imageMassKernel(spec), words, groups };
}
