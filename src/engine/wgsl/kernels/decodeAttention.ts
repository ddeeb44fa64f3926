// Attention with a KV cache: the cache filled from a prompt's pass, and one decode step.

import type { KernelSource, KernelUse, Words } from '../kernel.ts';
import {
  type AttentionSpec,
  arenaAccess,
  headCode,
  LOG2_E,
  LOWEST,
  rotate,
  WORKGROUP,
} from './attentionCode.ts';

const COPIES = 64;

export type DecodeSpec = AttentionSpec & {
  /** qkv holds unrotated queries and keys: the kernel rotates them by their position. */
  rope: boolean;
  /** 'thread' (default): one invocation per row and head. 'workgroup', for real GPUs: one workgroup, its lanes share out the keys. */
  variant?: 'thread' | 'workgroup';
};

function fillKernel(width: number): KernelSource {
  return {
    key: `fill cache ${width}`,
    fields: ['qkv', 'cache', 'groupSize', 'batch', 'time', 'capacity'],
    buffers: { arena: 'vec4<f32>', cache: 'vec4<f32>' },
    workgroupSize: COPIES,
    body: `
fn run(group: u32, lane: u32) {
  let id = group * ${COPIES}u + lane;
  let piece = id % ${width / 2}u;
  let row = id / ${width / 2}u;
  let item = row / op.time;
  let position = row % op.time;
  if (item >= op.batch || position >= op.capacity) { return; }
  let value = arena[op.qkv / 4u + row * ${(3 * width) / 4}u + ${width / 4}u + piece];
  for (var sample = 0u; sample < op.groupSize; sample++) {
    let slot = item * op.groupSize + sample;
    cache[op.cache / 4u + (slot * op.capacity + position) * ${width / 2}u + piece] = value;
  }
}
`,
  };
}

/**
 * Copies keys and values of a full pass, qkv[batch, time, 3 width], to the cache [slot][capacity][2 width]: prompt b goes to the slots
 * b * groupSize .. + groupSize. words.cache is the offset of the layer.
 */
export function fillCache(
  { heads, headSize }: { heads: number; headSize: number },
  words: Words<'qkv' | 'cache' | 'groupSize' | 'batch' | 'time' | 'capacity'>,
): KernelUse {
  const width = heads * headSize;
  const pieces = words.batch * words.time * (width / 2);
  return { kernel: fillKernel(width), words, groups: Math.ceil(pieces / COPIES) };
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
  if (row >= step.rows) { return; }
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
  if (row >= step.rows) { return; }
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
 * One decode step for the first step.rows rows of qkv[rows, 3 width] and out[rows, width]. The row's slot is inputs[slots + row]; its token stands at
 * position inputs[promptEnd + slot] + state[counts + slot] - 1. Stores the row's (rotated) key and value in the cache there, then attends to keys
 * inputs[slotKeyStart + slot] .. position. Every head reads and writes only its own part of the cache.
 */
export function decodeAttention(
  spec: DecodeSpec,
  words: Words<
    'qkv' | 'out' | 'cache' | 'capacity' | 'slots' | 'promptEnd' | 'slotKeyStart' | 'counts' | 'rope'
  >,
): KernelUse {
  const perRow = spec.variant === 'workgroup' ? spec.heads : spec.heads / WORKGROUP;
  return { kernel: decodeKernel(spec), words, groups: (rows) => Math.ceil(rows * perRow) };
}
