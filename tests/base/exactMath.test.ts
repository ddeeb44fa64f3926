// Our exponentials and angles: as near as those of the engine, their bits fixed, and no others used where results are made.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { atan2, cos, exp, expm1, hypot, log, log1p, power, sin } from '../../src/base/exactMath.ts';

const exact = { exp, expm1, log, log1p, sin, cos };
const COUNT = 20_000;

/** Arguments from `low` to `high`, in even steps. */
const range = (low: number, high: number) =>
  Array.from({ length: COUNT + 1 }, (_, i) => low + ((high - low) * i) / COUNT);

const CASES: readonly [name: keyof typeof exact, low: number, high: number][] = [
  ['exp', -750, 712],
  ['exp', -1, 1],
  ['expm1', -40, 40],
  ['expm1', -0.4, 0.4],
  ['log', 0, 3],
  ['log', 1e-320, 1e-300],
  ['log', 1, 1e300],
  ['log1p', -0.999, 4],
  ['log1p', -1e-9, 1e-9],
  ['sin', -7, 7],
  ['cos', -7, 7],
  ['sin', 0, 1e5],
  ['cos', 0, 1e5],
];

test.each(CASES)('%s from %d to %d is that of the engine, but for the last bits', (name, low, high) => {
  let worst = 0;
  for (const x of range(low, high)) {
    const [ours, theirs] = [exact[name](x), Math[name](x)];
    if (ours === theirs) continue;
    // An angle near a zero of the sine is as exact as its argument.
    const scale = name === 'sin' || name === 'cos' ? Math.max(Math.abs(theirs), 1e-5) : Math.abs(theirs);
    worst = Math.max(worst, Math.abs(ours - theirs) / Math.max(scale, Number.MIN_VALUE / Number.EPSILON));
  }
  expect(worst).toBeLessThan(4 * Number.EPSILON);
});

test('edges are those of the engine', () => {
  const edges = [0, -0, -1e-310, 710, -746, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  for (const name of ['exp', 'expm1'] as const)
    expect(edges.map((x) => exact[name](x))).toEqual(edges.map((x) => Math[name](x)));
  const bounds = [1, -2, 0, -0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN];
  expect(bounds.map(log)).toEqual(bounds.map(Math.log));
  expect([...bounds.slice(1), -1].map(log1p)).toEqual([...bounds.slice(1), -1].map(Math.log1p));
});

test('atan2, power and hypot are those of the engine, but for the last bits', () => {
  for (const angle of range(-3.14, 3.14)) {
    const [x, y] = [3 * Math.cos(angle), 3 * Math.sin(angle)];
    expect(Math.abs(atan2(y, x) - Math.atan2(y, x))).toBeLessThan(1e-15);
    expect(Math.abs(hypot(x, y) - 3)).toBeLessThan(1e-15);
  }
  expect(power(0.5, 3)).toBe(0.125);
  expect(power(0.999, 1000) / 0.999 ** 1000).toBeCloseTo(1, 12);
  expect(power(0.9, 0)).toBe(1);
});

test('the bits are those of every browser', () => {
  const hash = createHash('sha256');
  for (const [name, low, high] of CASES)
    hash.update(Float64Array.from(range(low, high), (x) => exact[name](x)));
  expect(hash.digest('hex')).toBe('a91291e264066b732641d11648abefba98a59fd4e5c72d85a19aa326f61924e2');
});

/** Rooms whose results a digest covers, and files in them that no digest depends on. */
const ROOMS = [
  'base',
  'random',
  'world',
  'losses',
  'advantages',
  'rewards',
  'model',
  'engine',
  'training',
  'evaluation',
];
const FREE = /exactMath\.ts$|base\/ticks\.ts$|wgsl\/gpu\.ts$|wasm\/kernels\/|training\/runStart\.ts$/;

test('no result is made with functions whose last bits are the engine’s own', () => {
  const found = ROOMS.flatMap((room) =>
    (readdirSync(join('src', room), { recursive: true }) as string[])
      .map((name) => join('src', room, name))
      .filter((file) => file.endsWith('.ts') && !FREE.test(file))
      .flatMap((file) =>
        readFileSync(file, 'utf8')
          .split('\n')
          .filter((line) =>
            /Math\.(exp|expm1|log|log1p|log2|log10|pow|a?sinh?|a?cosh?|a?tanh?|atan2|hypot|cbrt)\(/.test(
              line,
            ),
          )
          .filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line))
          .map((line) => `${file}: ${line.trim()}`),
      ),
  );
  expect(found).toEqual([]);
});
