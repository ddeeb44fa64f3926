// Sampling follows its distribution; the random numbers are those of the Random123 test vectors.

import { describe, expect, test } from 'vitest';
import { philox4x32 } from '../../src/random/philox.ts';
import { sampleToken, sampleUniform } from './sortedSample.ts';

describe('philox4x32-10 (known answers of Random123)', () => {
  const hex = (words: ArrayLike<number>) =>
    Array.from(words, (word) => (word >>> 0).toString(16).padStart(8, '0'));
  const ones = 0xffffffff;
  test.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      ['6627e8d5', 'e169c58d', 'bc57ac4c', '9b00dbd8'],
    ],
    [
      [ones, ones, ones, ones],
      [ones, ones],
      ['408f276d', '41c83b0e', 'a20bc7c6', '6d5451fd'],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      ['d16cfe09', '94fdcceb', '5001e420', '24126ea1'],
    ],
  ])('counter %j, key %j', (counter, key, expected) => {
    expect(hex(philox4x32(counter, key[0], key[1], new Uint32Array(4)))).toEqual(expected);
  });
});

const LOGITS = Float32Array.of(0.5, -1, 2, 0, 1.5, -3, 0.7, 2.2, -0.4, 1);
const DRAWS = 20_000;
/** 99.9 % quantile of chi-square by degrees of freedom. */
const CHI_SQUARE_999: Record<number, number> = { 2: 13.8, 3: 16.3, 4: 18.5, 9: 27.9 };

function softmax(temperature: number): Float64Array {
  const raised = Float64Array.from(LOGITS, (value) => Math.exp(value / temperature));
  const total = raised.reduce((sum, value) => sum + value, 0);
  return raised.map((value) => value / total);
}

/** Chi-square of draws with a fixed seed against the given probabilities; a draw of probability 0 fails. */
function chiSquare(
  options: { temperature: number; topK: number; topP: number },
  expected: Float64Array,
): [number, number] {
  const counts = new Float64Array(LOGITS.length);
  for (let sample = 0; sample < DRAWS; sample++) {
    const { token } = sampleToken(LOGITS, 0, LOGITS.length, options, sampleUniform(7, 1, sample, sample % 3));
    counts[token]++;
  }
  let statistic = 0;
  let kept = 0;
  expected.forEach((probability, token) => {
    if (probability === 0) expect(counts[token]).toBe(0);
    else {
      statistic += (counts[token] - DRAWS * probability) ** 2 / (DRAWS * probability);
      kept++;
    }
  });
  return [statistic, kept - 1];
}

/** Keeps the listed tokens and scales to 1. */
function only(tokens: readonly number[], probabilities: Float64Array): Float64Array {
  const kept = probabilities.map((value, token) => (tokens.includes(token) ? value : 0));
  const total = kept.reduce((sum, value) => sum + value, 0);
  return kept.map((value) => value / total);
}

describe('sampleToken', () => {
  test.each([1, 0.6, 2])('follows the softmax at temperature %f', (temperature) => {
    const [statistic, freedom] = chiSquare({ temperature, topK: 0, topP: 1 }, softmax(temperature));
    expect(statistic).toBeLessThan(CHI_SQUARE_999[freedom]);
  });

  test('top-k keeps the k largest', () => {
    const [statistic, freedom] = chiSquare(
      { temperature: 1, topK: 4, topP: 1 },
      only([7, 2, 4, 9], softmax(1)),
    );
    expect(freedom).toBe(3);
    expect(statistic).toBeLessThan(CHI_SQUARE_999[freedom]);
  });

  test('top-p keeps the smallest set of at least that mass', () => {
    const order = Array.from(LOGITS.keys()).sort((a, b) => LOGITS[b] - LOGITS[a]);
    const probabilities = softmax(1);
    const kept: number[] = [];
    for (let mass = 0; mass < 0.7; mass += probabilities[kept[kept.length - 1]])
      kept.push(order[kept.length]);
    const [statistic, freedom] = chiSquare({ temperature: 1, topK: 0, topP: 0.7 }, only(kept, probabilities));
    expect(statistic).toBeLessThan(CHI_SQUARE_999[freedom]);
  });

  test('greedy takes the largest; log-probs are of the untruncated distribution', () => {
    const greedy = sampleToken(LOGITS, 0, LOGITS.length, { temperature: 0, topK: 0, topP: 1 }, 0.99);
    expect(greedy.token).toBe(7);
    expect(greedy.logp).toBeCloseTo(Math.log(softmax(1)[7]), 6);
    const cut = sampleToken(LOGITS, 0, LOGITS.length, { temperature: 0.6, topK: 1, topP: 1 }, 0.99);
    expect(cut.token).toBe(7);
    expect(cut.logp).toBeCloseTo(Math.log(softmax(0.6)[7]), 6);
  });

  test('numbers of other samples, rollouts and positions differ', () => {
    const draws = [
      sampleUniform(1, 0, 0, 0),
      sampleUniform(1, 0, 0, 1),
      sampleUniform(1, 0, 1, 0),
      sampleUniform(1, 1, 0, 0),
      sampleUniform(2, 0, 0, 0),
    ];
    expect(new Set(draws).size).toBe(5);
    expect(sampleUniform(1, 0, 0, 0)).toBe(draws[0]);
  });
});
