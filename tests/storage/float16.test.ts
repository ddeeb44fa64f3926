// Half floats: nearest even, subnormals, overflow; and safetensors that hold them.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { halfBits, halvesOf, ofHalfBits } from '../../src/storage/float16.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/storage/index.ts';

describe('half floats', () => {
  test.each([
    [0, 0x0000],
    [-0, 0x8000],
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000], // a tie goes to the even one, which is 0
    [1.5 * 2 ** -24, 0x0002], // and here up
    [2 ** -14, 0x0400],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [65520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
  ])('%s is %i', (value, bits) => {
    expect(halfBits(value)).toBe(bits);
  });

  test('every half comes back as itself', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = ofHalfBits(bits);
      if (Number.isNaN(value)) expect(Number.isNaN(ofHalfBits(halfBits(value)))).toBe(true);
      else expect(halfBits(value)).toBe(bits);
    }
  });

  test('the nearest half is never further than half its spacing', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const spacing = Math.max(2 ** -24, 2 ** (Math.floor(Math.log2(Math.abs(value) || 1)) - 10));
        expect(Math.abs(ofHalfBits(halfBits(value)) - value)).toBeLessThanOrEqual(spacing / 2);
      }),
    );
  });

  test('what no half can hold is refused by name', () => {
    expect(() => halvesOf(Float32Array.of(1, 1e5), 'w')).toThrow(/"w" holds 100000/);
    expect(() => halvesOf(Float32Array.of(Number.NaN), 'w')).toThrow(/"w"/);
  });
});

test('a safetensors file holds halves in half the space and gives floats', () => {
  const tensors = {
    odd: { shape: [3], data: Float32Array.of(0.5, -1.25, 3) },
    ints: { shape: [2], data: Int32Array.of(7, 8) },
    one: { shape: [1], data: Float32Array.of(0.1) },
  };
  const half = encodeSafetensors(tensors, { half: true });
  expect(half.length).toBeLessThan(encodeSafetensors(tensors).length);
  const read = decodeSafetensors(half);
  expect(read.odd.data).toEqual(tensors.odd.data);
  expect(read.ints.data).toEqual(tensors.ints.data);
  expect(read.one.data[0]).toBeCloseTo(0.1, 4);
  expect(() => decodeSafetensors(half.slice(0, -1))).toThrow(/cut off/);
});
