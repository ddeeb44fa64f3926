// A loss as the view shows it: its formula in symbols and numbers, its push as heat.

import { describe, expect, it } from 'vitest';
import { LOSSES } from '../../../src/losses/index.ts';
import type { LossExplanation, TokenExplanation } from '../../../src/protocol/inspector.ts';
import { filledFormula, formulaText, symbolsOf } from '../../../src/ui/state/samples/formula.ts';
import { heatLevels, heatValues, levelOf } from '../../../src/ui/state/samples/heat.ts';
import { LOSS_HEATS, type LossHeat, largestOf, mostMoved } from '../../../src/ui/state/samples/lossHeat.ts';

const cpgd = LOSSES.cpgd.formula(LOSSES.cpgd.defaults);

function token(gradient: number, rest: Partial<TokenExplanation> = {}): TokenExplanation {
  return {
    values: { A: 1, logp: -1 },
    value: 0,
    weight: 0.1,
    clipped: 0,
    loss: { objective: 0.2, drift: 0.1, kl: 0 },
    gradient: { objective: gradient, drift: 0, kl: 0 },
    ...rest,
  };
}

describe('a formula', () => {
  it('is written in symbols and in numbers', () => {
    expect(formulaText(cpgd)).toBe('−A · log p_old − min(A · l, A · clip(l, low, high))');
    const values = { A: -1.5, old: -0.25, l: 0.1, low: -0.223143, high: 0.182322 };
    expect(filledFormula(cpgd, values)).toBe(
      '−(−1.5) · (−0.25) − min(−1.5 · 0.1, −1.5 · clip(0.1, −0.2231, 0.1823))',
    );
    expect(symbolsOf([cpgd, null])).toEqual(['A', 'old', 'l', 'low', 'high']);
  });

  it('of a loss without clip has infinite bounds', () => {
    expect(filledFormula('clip(r, low, high)', { r: 1, low: -Infinity, high: Infinity })).toBe(
      'clip(1, −∞, ∞)',
    );
  });
});

describe('the heat of a loss', () => {
  const samples = [[token(-0.4), token(0.1)], [token(0, { clipped: 1, weight: 0.02 })]];
  const explanation = { samples } as unknown as LossExplanation;
  const shades = (heat: LossHeat) => {
    const scale = { low: 0.2, high: 0.2, largest: largestOf(heat, explanation) };
    return samples.map((tokens) =>
      heatValues(heat, { logProbs: tokens.map(() => 0) }, tokens).map(
        (value) => levelOf(heat, value, scale)?.words,
      ),
    );
  };

  it('shows against the gradient which way a step moves a token', () => {
    expect(shades('push')).toEqual([['up, hard', 'down'], ['not moved']]);
    expect(mostMoved(explanation)).toEqual({ sample: 0, index: 0 });
    const sure = { samples: [[token(-0.4, { values: { logp: -1e-4 } }), token(0.1)]] };
    expect(mostMoved(sure as unknown as LossExplanation)).toEqual({ sample: 0, index: 1 });
  });

  it('shows clip, weight and share', () => {
    expect(shades('clip')).toEqual([['not clipped', 'not clipped'], ['clipped above']]);
    expect(shades('weight')).toEqual([['the largest', 'the largest'], ['under half of the largest']]);
    expect(shades('loss')[0]?.[0]).toBe('raises it, much');
    expect(shades('drift').flat()).toEqual(['not moved', 'not moved', 'not moved']);
  });

  it('is unknown without an explanation, and has a legend', () => {
    expect(heatValues('push', { logProbs: [0] }, undefined)).toEqual([null]);
    for (const heat of LOSS_HEATS)
      expect(heatLevels(heat, { low: 0.2, high: 0.2 }).length).toBeGreaterThan(2);
  });
});
