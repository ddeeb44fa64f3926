// The norm GPU kernels, both variants, against float64 references.

import { describe, expect, test } from 'vitest';
import { normBackward, normForward } from '../../src/engine/wgsl/kernels/norm.ts';
import { expectClose, randoms } from './bench.ts';
import { dot, normRows, numericGradient } from './float64.ts';
import { normRowsBackward } from './float64Rows.ts';
import { closeDawnAfterAll, GpuBench, ROWS } from './gpuBench.ts';

closeDawnAfterAll();

const KINDS = ['rms', 'layer'] as const;
const VARIANTS = ['thread', 'workgroup'] as const;
type Kind = (typeof KINDS)[number];

/** Rows, columns, planes, rows of each, adding to dX: single ones, odd ones, beyond a workgroup, more planes than rows can fill. */
const SHAPES = [
  [1, 4, 1, 1, false],
  [7, 36, 3, 1, true],
  [6, 5, 5, 4, true],
  [3, 260, 4, 1, false],
  [70, 12, 32, 3, true],
] as const;

function makeInputs(kind: Kind, rows: number, cols: number) {
  return {
    // Off centre, so that a variance taken as a difference of squares would show.
    x: randoms(rows * cols, 20, 3).map((value) => value + 5),
    gain: randoms(cols, 21),
    bias: kind === 'layer' ? randoms(cols, 22) : null,
    gradient: randoms(rows * cols, 23),
  };
}

/** Mean (layer) and inverse deviation of each row, as the forward pass keeps them. */
function statistics(kind: Kind, x: ArrayLike<number>, cols: number): number[] {
  const result: number[] = [];
  for (let start = 0; start < x.length; start += cols) {
    const row = Array.from({ length: cols }, (_, c) => x[start + c]);
    const mean = kind === 'layer' ? row.reduce((sum, value) => sum + value, 0) / cols : 0;
    if (kind === 'layer') result.push(mean);
    result.push(1 / Math.sqrt(row.reduce((sum, value) => sum + (value - mean) ** 2, 0) / cols + 1e-5));
  }
  return result;
}

describe.each(KINDS)('%s norm', (kind) => {
  test('the reference of the gradient agrees with finite differences', () => {
    const cols = 6;
    const { x, gain, bias, gradient } = makeInputs(kind, 4, cols);
    const { dX, dGain, dBias } = normRowsBackward(x, gain, gradient, kind === 'layer');
    const reference = (values: ArrayLike<number>, g: ArrayLike<number>, b: ArrayLike<number> | null) =>
      dot(normRows(values, g, b, cols), gradient);
    expectClose(
      dX,
      numericGradient((values) => reference(values, gain, bias), x),
      1e-8,
    );
    expectClose(
      dGain,
      numericGradient((values) => reference(x, values, bias), gain),
      1e-8,
    );
    if (bias)
      expectClose(
        dBias,
        numericGradient((values) => reference(x, gain, values), bias),
        1e-8,
      );
  });

  describe.each(VARIANTS)('a %s per row', (variant) => {
    test.each(SHAPES)('%i x %i, %i planes of %i, added: %s', async (...shape) => {
      const [rows, cols, planes, rowsPerPlane, accumulate] = shape;
      const { x, gain, bias, gradient } = makeInputs(kind, rows, cols);
      const bench = new GpuBench();
      bench.fresh('parameters', 1);
      const [xs, d] = [bench.floats('arena', x), bench.floats('arena', gradient)];
      const [gains, biases] = [bench.floats('parameters', gain), bench.floats('parameters', bias ?? [])];
      const out = bench.fresh('arena', rows * cols);
      const stats = bench.fresh('arena', rows * (bias ? 2 : 1));
      const dX = bench.fresh('arena', rows * cols, 2);
      const stride = Math.ceil(cols / 64) * 64 + 64;
      const [dGain, dBias] = [0, 1].map(() => bench.fresh('partials', planes * stride));
      const shared = { x: xs.at, gain: gains.at, stats: stats.at, rows: ROWS };
      const uses = [
        normForward({ kind, cols, variant }, { ...shared, bias: biases.at, out: out.at }),
        normBackward(
          { kind, cols, accumulate, variant },
          {
            ...shared,
            ...{ dOut: d.at, dX: dX.at },
            ...{ dGain: dGain.at, dGainStride: stride, dBias: dBias.at, dBiasStride: stride },
            ...{ planes, rowsPerPlane },
          },
        ),
      ];
      const { read } = await bench.run(uses, { rows });
      expectClose(read(out), normRows(x, gain, bias, cols), 5e-6);
      expectClose(read(stats), statistics(kind, x, cols));
      const whole = normRowsBackward(x, gain, gradient, bias !== null);
      const expectedX = whole.dX.map((value) => value + (accumulate ? 2 : 0));
      expectClose(read(dX), expectedX, 5e-6);
      const [gainPlanes, biasPlanes] = [read(dGain), read(dBias)];
      const share = Math.ceil(rows / Math.min(planes, Math.ceil(rows / rowsPerPlane)));
      const pad = new Float32Array(stride - cols).fill(777);
      for (let plane = 0; plane < planes; plane++) {
        const part = [plane * share * cols, (plane + 1) * share * cols] as const;
        const expected = normRowsBackward(x.slice(...part), gain, gradient.slice(...part), bias !== null);
        const [start, end] = [plane * stride, (plane + 1) * stride];
        expectClose(gainPlanes.slice(start, start + cols), expected.dGain, 5e-6);
        expect(gainPlanes.slice(start + cols, end)).toEqual(pad);
        if (bias) expectClose(biasPlanes.slice(start, start + cols), expected.dBias);
        else expect(biasPlanes.slice(start, start + cols)).toEqual(new Float32Array(cols).fill(777));
        expect(biasPlanes.slice(start + cols, end)).toEqual(pad);
      }
    });

    test('only the rows in use; a row of zeros stays finite', async () => {
      const [cols, most, used] = [16, 9, 5];
      const { x, gain, bias } = makeInputs(kind, most, cols);
      x.fill(0, cols, 2 * cols);
      const bench = new GpuBench();
      const xs = bench.floats('arena', x);
      const [gains, biases] = [bench.floats('parameters', gain), bench.floats('parameters', bias ?? [])];
      const [out, stats] = [bench.fresh('arena', most * cols), bench.fresh('arena', most * 2)];
      const words = { x: xs.at, gain: gains.at, bias: biases.at, out: out.at, stats: stats.at, rows: ROWS };
      const { read } = await bench.run([normForward({ kind, cols, variant }, words)], {
        rows: used,
      });
      expectClose(read(out).slice(0, used * cols), normRows(x.slice(0, used * cols), gain, bias, cols), 5e-6);
      const perRow = bias ? 2 : 1;
      expect([...read(out).slice(used * cols), ...read(stats).slice(used * perRow)]).toEqual(
        Array((most - used) * cols + (2 * most - used * perRow)).fill(777),
      );
    });
  });
});
