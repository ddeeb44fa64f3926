// Draws one token per row of logits, as src/engine/sampler.ts does: temperature, top-k, top-p, one Philox word per token.

import type { KernelSource, KernelUse, Words } from '../kernel.ts';
import { LOG_ONE_PLUS } from './head.ts';
import { PHILOX } from './philox.ts';

/** Rows per workgroup: small, for there are few rows and each is long. */
const SIZE = 32;

/** Stands after the last logit where the vocabulary is no multiple of 4: never the largest, weight 0. */
const ABSENT = '-1.0e30';

/** `four(row, j)`: logits j .. j + 3 of a row that starts at element `row`. */
function fourLogits(vocabulary: number): string {
  if (vocabulary % 4 === 0) {
    return 'fn four(row: u32, j: u32) -> vec4<f32> { return arena[(row + j) >> 2u]; }';
  }
  const lane = (k: number) =>
    `select(${ABSENT}, arena[row + min(j + ${k}u, ${vocabulary - 1}u)], j + ${k}u < ${vocabulary}u)`;
  return `fn four(row: u32, j: u32) -> vec4<f32> { return vec4<f32>(${[0, 1, 2, 3].map(lane).join(', ')}); }`;
}

/** Keeps logit x[lane] as the next one if it comes after the last one kept and before the best so far. */
const compareNext = (lane: string, k: number) => `
        if (x.${lane} > next && (x.${lane} < limit || (x.${lane} == limit && j + ${k}u > limitAt))) {
          next = x.${lane};
          nextAt = j + ${k}u;
        }`;

/**
 * Finds where the sorted order is cut: takes tokens from the largest down, ties by index, until k are kept or their mass reaches
 * top-p (nucleus, Holtzman et al. 2020). No sort: the next one is the largest after the last one. `limit` and `limitAt` are the
 * last token kept.
 */
const TRUNCATE = (vocabulary: number) => `
  let limitK = step.topK > 0u && step.topK < ${vocabulary}u;
  if (limitK || step.topP < 1.0) {
    let most = select(${vocabulary}u, step.topK, limitK);
    limit = top;
    limitAt = best;
    mass = 1.0;
    var part = 0.0;
    for (var kept = 1u; kept < most && mass + part < step.topP * total; kept++) {
      var next = ${ABSENT};
      var nextAt = ${vocabulary}u;
      for (var j = 0u; j < ${vocabulary}u; j += 4u) {
        let x = four(row, j);
${['x', 'y', 'z', 'w'].map(compareNext).join('\n')}
      }
      limit = next;
      limitAt = nextAt;
      part += weights(vec4<f32>(next), top, beta).x;
      if ((kept & 15u) == 0u) {
        mass += part;
        part = 0.0;
      }
    }
    mass += part;
  }`;

const KEEP = `
      let above = x > vec4<f32>(limit);
      let level = (x == vec4<f32>(limit)) & (vec4<u32>(j, j + 1u, j + 2u, j + 3u) <= vec4<u32>(limitAt));
      w = select(vec4<f32>(0.0), w, above | level);`;

function body(vocabulary: number, truncated: boolean): string {
  // The token and the total come from the same sums of 16, so that the walk ends where the total does.
  return `${PHILOX}${LOG_ONE_PLUS}
${fourLogits(vocabulary)}

/** Relative to the largest logit, which weighs exactly 1. */
fn weights(x: vec4<f32>, top: f32, beta: f32) -> vec4<f32> {
  let z = (x - top) * beta;
  let e = select(exp(max(z, vec4<f32>(-87.0))), vec4<f32>(0.0), z < vec4<f32>(-87.0));
  return select(e, vec4<f32>(1.0), x == vec4<f32>(top));
}

fn run(group: u32, lane: u32) {
  let r = group * ${SIZE}u + lane;
  if (r >= rowsInUse()) { return; }
  let slot = inputs[op.slots + r];
  if (state[op.done + slot] == 1u) { return; }
  let k = state[op.counts + slot];
  let row = op.logits + (r / select(1u, step.groupSize, op.ofPrompt == 1u)) * ${vocabulary}u;
  let greedy = step.greedy != 0u;
  let beta = select(step.inverseTemperature, 1.0, greedy);

  var top = four(row, 0u).x;
  var best = 0u;
  for (var j = 0u; j < ${vocabulary}u; j += 4u) {
    let x = four(row, j);
    if (x.x > top) { top = x.x; best = j; }
    if (x.y > top) { top = x.y; best = j + 1u; }
    if (x.z > top) { top = x.z; best = j + 2u; }
    if (x.w > top) { top = x.w; best = j + 3u; }
  }
  // Without the largest, beside which small ones would be lost.
  var rest = 0.0;
  var part = 0.0;
  for (var j = 0u; j < ${vocabulary}u; j += 4u) {
    let w = weights(four(row, j), top, beta);
    let others = select(w, vec4<f32>(0.0), vec4<u32>(j, j + 1u, j + 2u, j + 3u) == vec4<u32>(best));
    part += ((others.x + others.y) + others.z) + others.w;
    if ((j & 12u) == 12u) {
      rest += part;
      part = 0.0;
    }
  }
  rest += part;

  var token = best;
  var chosen = top;
  if (!greedy) {
    let total = 1.0 + rest;
    var mass = total;${truncated ? `\n  var limit = ${ABSENT};\n  var limitAt = ${vocabulary}u;${TRUNCATE(vocabulary)}` : ''}
    let random = philox(vec4<u32>(0u, 0u, step.rollout, slot), vec2<u32>(step.seed, inputs[op.streamKeys + k]));
    var goal = toUnitFloat(random.x) * mass;
    var sum = 0.0;
    for (var j = 0u; j < ${vocabulary}u; j += 4u) {
      let x = four(row, j);
      var w = weights(x, top, beta);${truncated ? KEEP : ''}
      let a = w.x;
      let b = a + w.y;
      let c = b + w.z;
      let d = c + w.w;
      if (goal < sum + d) {
        if (goal < sum + a) { token = j; chosen = x.x; }
        else if (goal < sum + b) { token = j + 1u; chosen = x.y; }
        else if (goal < sum + c) { token = j + 2u; chosen = x.z; }
        else { token = j + 3u; chosen = x.w; }
        break;
      }
      sum += d;
      if ((j & 12u) == 12u) {
        goal -= sum;
        sum = 0.0;
      }
    }
    // A goal that rounding put beyond the end leaves the likeliest token.
  }

  let at = slot * step.maxNewTokens + k;
  state[op.tokens + at] = token;
  state[op.logProbs + at] = bitcast<u32>((chosen - top) * beta - logOnePlus(rest));
  state[op.current + slot] = token;
  state[op.counts + slot] = k + 1u;
  state[op.done + slot] = select(0u, 1u, token == step.eos || k + 1u == step.maxNewTokens);
}
`;
}

/** What it needs of the regions, the logits' offset in the arena, and whether the samples of a prompt share a row of them (0 or 1). */
const REGIONS = ['slots', 'streamKeys', 'counts', 'done', 'current', 'tokens', 'logProbs'] as const;
const FIELDS = [...REGIONS, 'logits', 'ofPrompt', 'rows'] as const;

/**
 * The next token of each row that is not done, its log-prob under the tempered, untruncated distribution (greedy: at
 * temperature 1), and what follows for the slot's count and end. `truncated`: obeys step.topK and step.topP, which cost a scan for each token kept.
 * The token is that of the CPU unless the uniform number lies within about 1e-6 of a boundary between two tokens.
 */
export function sampleTokens(
  spec: { vocabulary: number; truncated: boolean },
  words: Words<(typeof FIELDS)[number]>,
): KernelUse {
  const { vocabulary, truncated } = spec;
  const kernel: KernelSource = {
    key: `sampleTokens ${vocabulary} ${truncated ? 'truncated' : 'whole'}`,
    fields: FIELDS,
    buffers: { arena: vocabulary % 4 === 0 ? 'vec4<f32>' : 'f32', inputs: 'u32', state: 'u32' },
    workgroupSize: SIZE,
    body: body(vocabulary, truncated),
  };
  return { kernel, words, groups: (rows) => Math.ceil(rows / SIZE) };
}
