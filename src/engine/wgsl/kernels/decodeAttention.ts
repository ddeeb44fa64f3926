// Attention with a KV cache: the cache filled from a prompt's pass, and one decode step.

import { BLOCK_ROWS } from '../../plan/blocks.ts';
import type { KernelSource, KernelUse, Words } from '../kernel.ts';
import {
  type AttentionSpec,
  arenaAccess,
  BLOCK_CODE,
  headCode,
  LOG2_E,
  LOWEST,
  rotate,
  SEGMENT_CODE,
  SEGMENT_FIELDS,
  WORKGROUP,
} from './attentionCode.ts';

const COPIES = 64;

export type DecodeSpec = AttentionSpec & {
  /** qkv holds unrotated queries and keys: the kernel rotates them by their position. */
  rope: boolean;
  /** 'thread' (default): one invocation per row and head. 'workgroup', for real GPUs: one workgroup, its lanes share out the keys. */
  variant?: 'thread' | 'workgroup';
};

/**
 * Copies keys and values of the prompts, qkv[rows, 3 width], a segment each, to the cache [slot][capacity][2 width]: prompt b goes to the
 * slots b * step.groupSize .. + step.groupSize, each row to its position. words.cache is the offset of the layer.
 */
export function fillCache(
  { heads, headSize }: AttentionSpec,
  words: Words<'qkv' | 'cache' | 'capacity' | 'positions' | (typeof SEGMENT_FIELDS)[number]>,
): KernelUse {
  const width = heads * headSize;
  const perBlock = BLOCK_ROWS * (width / 2);
  const kernel: KernelSource = {
    key: `fill cache ${width}`,
    fields: ['qkv', 'cache', 'capacity', 'positions', ...SEGMENT_FIELDS],
    buffers: { arena: 'vec4<f32>', cache: 'vec4<f32>', inputs: 'u32' },
    workgroupSize: COPIES,
    body: `
${SEGMENT_CODE}
fn run(group: u32, lane: u32) {
  let id = group * ${COPIES}u + lane;
  let block = id / ${perBlock}u;
  if (block >= rowsInUse()) { return; }
  ${BLOCK_CODE}
  let piece = id % ${width / 2}u;
  let row = segment.start + first + id % ${perBlock}u / ${width / 2}u;
  if (row > segment.start + last) { return; }
  let position = inputs[op.positions + row];
  if (position >= op.capacity) { return; }
  let value = arena[op.qkv / 4u + row * ${(3 * width) / 4}u + ${width / 4}u + piece];
  for (var slot = index * step.groupSize; slot < (index + 1u) * step.groupSize; slot++) {
    cache[op.cache / 4u + (slot * op.capacity + position) * ${width / 2}u + piece] = value;
  }
}
`,
  };
  return { kernel, words, groups: (blocks) => Math.ceil((blocks * perBlock) / COPIES) };
}

/** Sets row's slot, position and first key; rotates its query and key; stores key and value where `stores` holds. */
function beginRow(spec: DecodeSpec, stores: string): string {
  const { each, load } = headCode(spec);
  const { heads, headSize, rope } = spec;
  const width = heads * headSize;
  return `
  let slot = inputs[op.slots + row];
  let start = inputs[op.slotKeyStart + slot];
  let position = min(inputs[op.promptEnd + slot] + state[op.counts + slot] - 1u, op.capacity - 1u);
  let at = op.qkv + row * ${3 * width}u + head * ${headSize}u;
  ${load('q', 'at', 'var')}
  ${load('own', `at + ${width}u`, 'var')}
  ${load('mine', `at + ${2 * width}u`)}
  ${rope ? rotate(spec, 'q', 'position') + rotate(spec, 'own', 'position') : ''}
  let entry = op.cache / 4u + slot * op.capacity * ${width / 2}u + head * ${headSize / 4}u;
  if (${stores}) {
    let place = entry + position * ${width / 2}u;
    ${each((c) => `cache[place + ${c}u] = own_${c};`)}
    ${each((c) => `cache[place + ${width / 4 + c}u] = mine_${c};`)}
  }
  ${each((c) => `q_${c} *= ${LOG2_E / Math.sqrt(headSize)};`)}
`;
}

/** Online softmax over cached keys from `from` below `position`, every `step`-th. The row's own key never comes from the cache. */
function cachedKeys(spec: DecodeSpec, from: string, step: number): string {
  const { each, product } = headCode(spec);
  const width = spec.heads * spec.headSize;
  return `
  for (var j = ${from}; j < position; j += ${step}u) {
    let key = entry + j * ${width / 2}u;
    ${each((c) => `let k_${c} = cache[key + ${c}u];`)}
    ${each((c) => `let v_${c} = cache[key + ${width / 4 + c}u];`)}
    let score = ${product('q', 'k')};
    let peak = max(top, score);
    let shrink = exp2(top - peak);
    let p = exp2(score - peak);
    top = peak;
    total = total * shrink + p;
    ${each((c) => `mixed_${c} = mixed_${c} * shrink + p * v_${c};`)}
  }
`;
}

function threadBody(spec: DecodeSpec): string {
  const { each, product, store } = headCode(spec);
  const { heads, headSize } = spec;
  return `
fn run(group: u32, lane: u32) {
  let id = group * ${WORKGROUP}u + lane;
  let row = id / ${heads}u;
  let head = id % ${heads}u;
  if (row >= rowsInUse()) { return; }
  ${beginRow(spec, 'true')}
  var top = ${product('q', 'own')};
  var total: f32 = 1.0;
  ${each((c) => `var mixed_${c} = mine_${c};`)}
  ${cachedKeys(spec, 'start', 1)}
  let inverse = 1.0 / total;
  let result = op.out + row * ${heads * headSize}u + head * ${headSize}u;
  ${store('result', (c) => `mixed_${c} * inverse`)}
}
`;
}

/** Every lane goes through its share of the keys; then the shares are put on one scale and added in lane order. */
function workgroupBody(spec: DecodeSpec): string {
  const { each, product, zero } = headCode(spec);
  const { heads, headSize } = spec;
  const pieces = headSize / 4;
  return `
var<workgroup> tops: array<f32, ${WORKGROUP}>;
var<workgroup> totals: array<f32, ${WORKGROUP}>;
var<workgroup> shares: array<vec4<f32>, ${WORKGROUP * pieces}>;
fn run(group: u32, lane: u32) {
  let row = group / ${heads}u;
  let head = group % ${heads}u;
  if (row >= rowsInUse()) { return; }
  ${beginRow(spec, 'lane == 0u')}
  var top: f32 = ${LOWEST};
  var total: f32 = 0.0;
  ${zero('mixed')}
  if (lane == 0u) {
    top = ${product('q', 'own')};
    total = 1.0;
    ${each((c) => `mixed_${c} = mine_${c};`)}
  }
  ${cachedKeys(spec, 'start + lane', WORKGROUP)}
  tops[lane] = top;
  workgroupBarrier();
  var peak = top;
  for (var l = 0u; l < ${WORKGROUP}u; l++) { peak = max(peak, tops[l]); }
  let weight = exp2(top - peak);
  totals[lane] = total * weight;
  ${each((c) => `shares[lane * ${pieces}u + ${c}u] = mixed_${c} * weight;`)}
  workgroupBarrier();
  if (lane < ${pieces}u) {
    var sum: f32 = 0.0;
    var mixed = vec4<f32>();
    for (var l = 0u; l < ${WORKGROUP}u; l++) {
      sum += totals[l];
      mixed += shares[l * ${pieces}u + lane];
    }
    store4(op.out + row * ${heads * headSize}u + head * ${headSize}u + lane * 4u, mixed / sum);
  }
}
`;
}

function decodeKernel(spec: DecodeSpec): KernelSource {
  const { heads, headSize, rope, variant = 'thread' } = spec;
  return {
    key: `decode attention ${variant} ${heads}x${headSize}${rope ? ' rope' : ''}`,
    fields: [
      'qkv',
      'out',
      'cache',
      'capacity',
      'slots',
      'promptEnd',
      'slotKeyStart',
      'counts',
      'rows',
      ...(rope ? ['rope'] : []),
    ],
    buffers: {
      arena: 'vec4<f32>',
      cache: 'vec4<f32>',
      inputs: 'u32',
      state: 'u32',
      ...(rope && { rope: 'vec4<f32>' }),
    },
    workgroupSize: WORKGROUP,
    body: arenaAccess('vec4<f32>') + (variant === 'thread' ? threadBody(spec) : workgroupBody(spec)),
  };
}

/**
 * One decode step for qkv[rows, 3 width] and out[rows, width]. The row's slot is inputs[slots + row]; its token stands at
 * position inputs[promptEnd + slot] + state[counts + slot] - 1. Stores the row's (rotated) key and value in the cache there, then attends to keys
 * inputs[slotKeyStart + slot] .. position. Every head reads and writes only its own part of the cache.
 */
export function decodeAttention(
  spec: DecodeSpec,
  words: Words<
    'qkv' | 'out' | 'cache' | 'capacity' | 'slots' | 'promptEnd' | 'slotKeyStart' | 'counts' | 'rows' | 'rope'
  >,
): KernelUse {
  const perRow = spec.variant === 'workgroup' ? spec.heads : spec.heads / WORKGROUP;
  return { kernel: decodeKernel(spec), words, groups: (rows) => Math.ceil(rows * perRow) };
}
