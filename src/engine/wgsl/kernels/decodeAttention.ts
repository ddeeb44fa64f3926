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

/** Copies keys and values of qkv[rows, 3 width] to the rows of the cache [rows, 2 width]. words.cache is the offset of the layer. */
export function fillCache(
  { heads, headSize }: AttentionSpec,
  words: Words<'qkv' | 'cache' | 'rows'>,
): KernelUse {
  const width = heads * headSize;
  const perRow = width / 2;
  const kernel: KernelSource = {
    key: `fill cache ${width}`,
    fields: ['qkv', 'cache', 'rows'],
    buffers: { arena: 'vec4<f32>', cache: 'vec4<f32>' },
    workgroupSize: COPIES,
    body: `
fn run(group: u32, lane: u32) {
  let id = group * ${COPIES}u + lane;
  let row = id / ${perRow}u;
  if (row >= rowsInUse()) { return; }
  cache[op.cache / 4u + id] = arena[op.qkv / 4u + id + (row + 1u) * ${width / 4}u];
}
`,
  };
  return { kernel, words, groups: (rows) => Math.ceil((rows * perRow) / COPIES) };
}

/**
 * Sets the row's slot, the keys before its own (those of the prompt, then of the slot's earlier tokens), and where they stand; rotates its
 * query and key; stores key and value where `stores` holds.
 */
function beginRow(spec: DecodeSpec, stores: string): string {
  const { each, load } = headCode(spec);
  const { heads, headSize, rope } = spec;
  const width = heads * headSize;
  return `
  let slot = inputs[op.slots + row];
  let promptStart = inputs[op.promptStart + slot];
  let promptRows = inputs[op.promptRows + slot];
  let tokens = clamp(state[op.counts + slot], 1u, step.maxNewTokens) - 1u;
  let keys = promptRows + tokens;
  let ownStart = step.sequenceRows + slot * step.maxNewTokens;
  let at = op.qkv + row * ${3 * width}u + head * ${headSize}u;
  ${load('q', 'at', 'var')}
  ${load('own', `at + ${width}u`, 'var')}
  ${load('mine', `at + ${2 * width}u`)}
  ${rope ? `let position = inputs[op.promptEnd + slot] + tokens;${rotate(spec, 'q', 'position')}${rotate(spec, 'own', 'position')}` : ''}
  let entry = op.cache / 4u + head * ${headSize / 4}u;
  if (${stores}) {
    let place = entry + (ownStart + tokens) * ${width / 2}u;
    ${each((c) => `cache[place + ${c}u] = own_${c};`)}
    ${each((c) => `cache[place + ${width / 4 + c}u] = mine_${c};`)}
  }
  ${each((c) => `q_${c} *= ${LOG2_E / Math.sqrt(headSize)};`)}
`;
}

/** Online softmax over the keys before the row's own from `from` on, every `step`-th. The row's own key never comes from the cache. */
function cachedKeys(spec: DecodeSpec, from: string, step: number): string {
  const { each, product } = headCode(spec);
  const width = spec.heads * spec.headSize;
  return `
  for (var j = ${from}; j < keys; j += ${step}u) {
    let key = entry + (j + select(ownStart - promptRows, promptStart, j < promptRows)) * ${width / 2}u;
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
  ${cachedKeys(spec, '0u', 1)}
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
  ${cachedKeys(spec, 'lane', WORKGROUP)}
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
      'slots',
      'promptStart',
      'promptRows',
      'counts',
      'rows',
      ...(rope ? ['promptEnd', 'rope'] : []),
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
 * One decode step for qkv[rows, 3 width] and out[rows, width]. The row's slot is inputs[slots + row]; its token is the slot's
 * state[counts + slot]-th, at position inputs[promptEnd + slot] + state[counts + slot] - 1. In the cache stand the step.sequenceRows rows of
 * all prompts, then step.maxNewTokens rows for each slot. Stores the row's (rotated) key and value in its place there, and attends to the
 * slot's prompt, rows inputs[promptStart + slot] .. + inputs[promptRows + slot], and to the slot's tokens up to this one. Every head reads
 * and writes only its own part of the cache.
 */
export function decodeAttention(
  spec: DecodeSpec,
  words: Words<
    | 'qkv'
    | 'out'
    | 'cache'
    | 'slots'
    | 'promptEnd'
    | 'promptStart'
    | 'promptRows'
    | 'counts'
    | 'rows'
    | 'rope'
  >,
): KernelUse {
  const perRow = spec.variant === 'workgroup' ? spec.heads : spec.heads / WORKGROUP;
  return { kernel: decodeKernel(spec), words, groups: (rows) => Math.ceil(rows * perRow) };
}
