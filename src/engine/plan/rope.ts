// The rotation table of RoPE, the same for every executor.

import { cos, exp, log, sin } from '../../base/exactMath.ts';
import type { ModelSpec } from '../../model/graph.ts';
import { MAX_TEXT, ROPE_BASE } from '../../terms/model.ts';

/** The table for every position that a sequence of the model can have. */
export function modelRopeTable({ imageTokens, dimensions: { width, heads } }: ModelSpec): Float32Array {
  return ropeTable(imageTokens + MAX_TEXT, width / heads);
}

/** [position][pair] (cos, sin) of position * base^(-pair / half) (RoFormer, Su et al. 2021), half = headSize / 2. */
export function ropeTable(positions: number, headSize: number): Float32Array {
  const half = headSize / 2;
  const table = new Float32Array(positions * half * 2);
  for (let position = 0; position < positions; position++) {
    for (let pair = 0; pair < half; pair++) {
      const angle = position * exp((-pair / half) * log(ROPE_BASE));
      table[(position * half + pair) * 2] = cos(angle);
      table[(position * half + pair) * 2 + 1] = sin(angle);
    }
  }
  return table;
}
