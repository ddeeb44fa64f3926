// Where a policy stands between safe and helpful: a dot of two shares, both better when higher, and the way of it in a box.

import { SCORE_TABLE, type ScoreName, scoreOf } from '../../../terms/scores.ts';
import type { SuiteScore } from '../../../terms/suites.ts';

/** The scores on both axes. */
export const DOT_AXES = { x: 'helped', y: 'safe' } as const satisfies { readonly [axis: string]: ScoreName };

/** Shares in 0..1. */
export type SafetyDot = { x: number; y: number };
export type DotBox = { left: number; top: number; width: number; height: number };

/** Null where one of the two was not measured. */
export function dotOf(scores: readonly SuiteScore[]): SafetyDot | null {
  const [x, y] = [scoreOf(scores, DOT_AXES.x), scoreOf(scores, DOT_AXES.y)];
  return x && y ? { x: x.value, y: y.value } : null;
}

/** The dots of several measurements in order; those without both scores are left out. */
export function dotsOf(measured: readonly { scores: readonly SuiteScore[] }[]): SafetyDot[] {
  return measured.flatMap(({ scores }) => dotOf(scores) ?? []);
}

/** Pixels: right is more helpful, up is safer. */
export function placeOf({ x, y }: SafetyDot, { left, top, width, height }: DotBox): SafetyDot {
  return { x: left + x * width, y: top + (1 - y) * height };
}

/** In words, for readers who do not see it. */
export function describeDots(before: SafetyDot | null, now: SafetyDot): string {
  const say = (axis: 'x' | 'y') => {
    const to = `${Math.round(100 * now[axis])} %`;
    const from = before ? `from ${Math.round(100 * before[axis])} % to ` : '';
    return `${SCORE_TABLE[DOT_AXES[axis]].counts}: ${from}${to}.`;
  };
  return `${say('y')} ${say('x')}`;
}
