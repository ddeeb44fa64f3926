// Half floats against a search over all of them: nearest, ties to even, subnormals; overflow is refused, never stored.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { halvesOf, ofHalves } from '../../src/storage/float16.ts';

/** Every finite half from 0 up, by its bits: bits and values are in the same order. */
const HALVES = Array.from({ length: 0x7c00 }, (_, bits) => {
  const exponent = bits >> 10;
  const fraction = (bits & 0x3ff) / 1024;
  return exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15);
});

/** Bits of the nearest half of a value from 0 up, found by bisection. Past the last one: its neighbour would be 65536. */
function nearest(value: number): number {
  let low = 0;
  let high = HALVES.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (HALVES[middle] <= value) low = middle;
    else high = middle;
  }
  const above = HALVES[low + 1] ?? 65536;
  const [down, up] = [value - HALVES[low], above - value];
  if (down === up) return low % 2 === 0 ? low : low + 1;
  return down < up ? low : low + 1;
}

const float32 = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  // Where halves are subnormal, on ties between them, and around the largest one.
  fc.float({ min: -(2 ** -13), max: 2 ** -13, noNaN: true }),
  fc.tuple(fc.nat({ max: 0x7bff }), fc.integer({ min: -1, max: 1 })).map(([bits, nudge]) => {
    const tie = (HALVES[bits] + (HALVES[bits + 1] ?? 65536)) / 2;
    return Math.fround(tie * (1 + nudge * 2 ** -23));
  }),
  fc.float({ min: 65400, max: 65600, noNaN: true }),
);

describe('float32 to half', () => {
  test('gives the nearest half, or refuses what has none', () => {
    fc.assert(
      fc.property(float32, (value) => {
        const bits = nearest(Math.abs(value));
        const made = () => halvesOf(Float32Array.of(value), 'w');
        if (bits >= 0x7c00) {
          expect(made).toThrow(/"w"/);
          return;
        }
        const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
        expect(made()[0]).toBe(sign | bits);
        expect(ofHalves(made())[0]).toBe((sign ? -1 : 1) * HALVES[bits]);
      }),
      { numRuns: 3000 },
    );
  });

  test.each([65520, -65520, 1e30, Infinity, -Infinity, Number.NaN])('refuses %s by name', (value) => {
    expect(() => halvesOf(Float32Array.of(0, value, 1), 'layer.w')).toThrow(RangeError);
    expect(() => halvesOf(Float32Array.of(0, value, 1), 'layer.w')).toThrow(/layer\.w/);
  });

  test('the largest half and all that rounds to it are kept', () => {
    expect(ofHalves(halvesOf(Float32Array.of(65504, 65519.996, -65519.996), 'w'))).toEqual(
      Float32Array.of(65504, 65504, -65504),
    );
  });
});
