// One part of a divided kernel call.

import type { Kernels } from '../kernels.ts';
import { type Arguments, DIVISIONS, MAX_ARGUMENTS } from './divisions.ts';

/** A kernel with as many arguments as any has; others ignore those that they do not know. */
export type AnyKernel = Kernels['gemm'];

/** What the first half of the parts holds, one for each thread: the small ones after it even out who was late. */
const FIRST_SHARE = 0.7;

/** First item of a part; the end of a part is the first item of the next. */
export function firstItem(items: number, grain: number, part: number, parts: number): number {
  const grains = Math.ceil(items / grain);
  const at = (2 * part) / parts;
  const share = at <= 1 ? FIRST_SHARE * at : FIRST_SHARE + (1 - FIRST_SHARE) * (at - 1);
  return Math.min(items, Math.floor(grains * share) * grain);
}

/** Makes parts of calls on this thread's own instance of the kernels. */
export class Sharing {
  private readonly own = new Int32Array(MAX_ARGUMENTS);
  private readonly kernels: readonly AnyKernel[];

  /** `scratchOffset`: bytes from the leader's scratch to this thread's. */
  constructor(
    kernels: Kernels,
    private readonly parts: number,
    private readonly scratchOffset: number,
  ) {
    this.kernels = DIVISIONS.map(({ kernel }) => kernels[kernel] as AnyKernel);
  }

  /** One part of the call with these arguments; nothing where there are too few items for it. */
  run(number: number, whole: Arguments, part: number): void {
    const division = DIVISIONS[number];
    const items = whole[division.items];
    const from = firstItem(items, division.grain, part, this.parts);
    const to = firstItem(items, division.grain, part + 1, this.parts);
    if (from === to) return;
    const { own } = this;
    own.set(whole);
    for (let i = 0; i < division.moves.length; i++) {
      const move = division.moves[i];
      if (own[move[0]] !== 0) own[move[0]] += from * move[1](own) * 4;
    }
    own[division.items] = to - from;
    if (division.scratch >= 0) own[division.scratch] += this.scratchOffset;
    call(this.kernels[number], own);
  }
}

function call(kernel: AnyKernel, a: Arguments): void {
  kernel(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7], a[8], a[9], a[10], a[11], a[12], a[13]);
}
