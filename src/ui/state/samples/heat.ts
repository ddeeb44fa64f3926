// Token quantities as heat: levels with a colour class, a second cue, and the words of the legend.

import { formatNumber, formatPercent } from '../../../base/format.ts';
import { extent, mean } from '../../../base/numbers.ts';
import type { TokenExplanation } from '../../../protocol/inspector.ts';
import { type HeatLevel, LOSS_HEAT_TABLE, LOSS_HEATS, type LossHeat } from './lossHeat.ts';

export const HEATS = ['none', 'logProb', 'ratio', ...LOSS_HEATS] as const;
export type Heat = (typeof HEATS)[number];

export const HEAT_TITLES: { readonly [heat in Heat]: string } = {
  none: 'none',
  logProb: 'log-prob when sampled',
  ratio: 'probability ratio',
  ...Object.fromEntries(LOSS_HEATS.map((heat) => [heat, LOSS_HEAT_TABLE[heat].title])),
} as { readonly [heat in Heat]: string };

/** One sentence on what the heat shows. */
export const HEAT_ABOUT: { readonly [heat in Heat]: string } = {
  none: 'Tokens as they were sampled.',
  logProb: 'How likely the policy found each token at the moment it sampled it; ln of that is the log-prob.',
  ratio:
    'π / π_old per token: how much likelier a later checkpoint finds the token than the policy that sampled it; 1 means nothing has changed.',
  ...Object.fromEntries(LOSS_HEATS.map((heat) => [heat, LOSS_HEAT_TABLE[heat].about])),
} as { readonly [heat in Heat]: string };

export function isLossHeat(heat: Heat): heat is LossHeat {
  return (LOSS_HEATS as readonly string[]).includes(heat);
}

const PROBABILITY_BOUNDS = [0.9, 0.5, 0.1, 0.01] as const;

export const PROBABILITY_LEVELS: readonly HeatLevel[] = [
  { name: 'p0', cue: 'plain', words: 'over 90 %' },
  { name: 'p1', cue: 'dotted', words: '50–90 %' },
  { name: 'p2', cue: 'dashed', words: '10–50 %' },
  { name: 'p3', cue: 'line', words: '1–10 %' },
  { name: 'p4', cue: 'double', words: 'under 1 %' },
];

/** Ratios this close to 1 are called unchanged. */
const UNCHANGED = 0.02;

/** The clip settings of the run: `[1 - low, 1 + high]`. */
export type ClipRange = { low: number; high: number };

/** What the shades are relative to; `largest`: the largest size of a loss's number in the group. */
export type HeatScale = ClipRange & { largest: number };

function ratioLevels({ low, high }: ClipRange): readonly HeatLevel[] {
  const beyond = (bound: string) => `${bound}, beyond the clip setting`;
  return [
    { name: 'r0', cue: 'double line below', words: beyond(`under ${formatNumber(1 - low)}`) },
    { name: 'r1', cue: 'dotted line below', words: 'less likely now' },
    { name: 'r2', cue: 'plain', words: 'about 1' },
    { name: 'r3', cue: 'dotted line above', words: 'likelier now' },
    { name: 'r4', cue: 'double line above', words: beyond(`over ${formatNumber(1 + high)}`) },
  ];
}

/** The levels of a heat, in order; empty for `none`. */
export function heatLevels(heat: Heat, range: ClipRange): readonly HeatLevel[] {
  if (isLossHeat(heat)) return LOSS_HEAT_TABLE[heat].levels;
  return heat === 'none' ? [] : heat === 'logProb' ? PROBABILITY_LEVELS : ratioLevels(range);
}

export function probabilityLevel(logProb: number): HeatLevel {
  const level = PROBABILITY_BOUNDS.findIndex((bound) => Math.exp(logProb) >= bound);
  return PROBABILITY_LEVELS.at(level) as HeatLevel;
}

type HeatNumbers = { logProbs: readonly number[]; ratios?: readonly number[] | null };

/** The number that shades each token of a response; null where it is not known. */
export function heatValues(
  heat: Heat,
  sample: HeatNumbers,
  explained: readonly TokenExplanation[] | undefined,
): (number | null)[] {
  return sample.logProbs.map((logProb, index) => {
    if (heat === 'ratio') return sample.ratios?.[index] ?? null;
    if (!isLossHeat(heat)) return logProb;
    const token = explained?.[index];
    return token ? LOSS_HEAT_TABLE[heat].numberOf(token) : null;
  });
}

/** Level of a token; null where its value is not known. */
export function levelOf(heat: Heat, value: number | null, range: HeatScale): HeatLevel | null {
  if (heat === 'none' || value === null || Number.isNaN(value)) return null;
  if (isLossHeat(heat)) return LOSS_HEAT_TABLE[heat].levelOf(value, range.largest);
  if (heat === 'logProb') return probabilityLevel(value);
  const levels = ratioLevels(range);
  if (Math.abs(value - 1) <= UNCHANGED) return levels[2] ?? null;
  if (value < 1) return levels[value < 1 - range.low ? 0 : 1] ?? null;
  return levels[value > 1 + range.high ? 4 : 3] ?? null;
}

/** `log-prob −0.11 (90.0 %) · ratio 1.04`. */
export function tokenWords(logProb: number | null, ratio: number | null): string {
  const parts = [
    logProb === null ? '' : `log-prob ${formatNumber(logProb)} (${formatPercent(Math.exp(logProb))})`,
    ratio === null ? '' : `ratio ${formatNumber(ratio)}`,
  ].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(' · ') : 'no number is stored for this token';
}

export type RatioSummary = { tokens: number; mean: number; low: number; high: number; outside: number };

/** Over all tokens of a group; null where no ratio is known. `outside`: share of tokens beyond the clip range. */
export function ratioSummary(
  samples: readonly { ratios: readonly number[] | null }[],
  range: ClipRange,
): RatioSummary | null {
  const all = samples.flatMap(({ ratios }) => ratios ?? []);
  if (all.length === 0) return null;
  const [low, high] = extent(all);
  const outside = all.filter((ratio) => ratio < 1 - range.low || ratio > 1 + range.high).length;
  return {
    tokens: all.length,
    mean: mean(all),
    low,
    high,
    outside: outside / all.length,
  };
}
