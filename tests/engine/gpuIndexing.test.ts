// The GPU kernels for embeddings and row moves, and the counting sort behind their gradients.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  embed,
  embedDecode,
  gatherRows,
  groupByIndex,
  joinRows,
  scatterRows,
  splitRows,
  tableGradient,
} from '../../src/engine/wgsl/kernels/indexing.ts';
import { expectClose, randoms } from './bench.ts';
import { gather, scatter } from './float64Rows.ts';
import { closeDawnAfterAll, GpuBench, ROWS } from './gpuBench.ts';

closeDawnAfterAll();

/** starts [keys + 1], then order [index.length]. */
function grouped(index: readonly number[], keys: number): Uint32Array {
  const target = new Uint32Array(keys + 1 + index.length);
  groupByIndex(Int32Array.from(index), 0, index.length, keys, target, 0, keys + 1);
  return target;
}

describe('groupByIndex', () => {
  test('agrees with a naive grouping, and writes nothing else', () => {
    const cases = fc
      .integer({ min: 1, max: 9 })
      .chain((keys) =>
        fc.tuple(
          fc.constant(keys),
          fc.array(fc.integer({ min: 0, max: keys - 1 }), { maxLength: 40 }),
          fc.nat(5),
          fc.nat(5),
        ),
      );
    fc.assert(
      fc.property(cases, ([keys, list, before, between]) => {
        const index = Int32Array.from([...Array(before).fill(-7), ...list, -7]);
        const startsAt = between;
        const orderAt = startsAt + keys + 1 + before;
        const target = new Uint32Array(orderAt + list.length + 3).fill(999);
        groupByIndex(index, before, list.length, keys, target, startsAt, orderAt);
        const expected = new Uint32Array(target.length).fill(999);
        let filled = 0;
        for (let key = 0; key < keys; key++) {
          expected[startsAt + key] = filled;
          list.forEach((other, i) => {
            if (other === key) expected[orderAt + filled++] = i;
          });
        }
        expected[startsAt + keys] = filled;
        expect(target).toEqual(expected);
      }),
    );
  });

  test.each([-1, 3])('refuses the index %i of 3 keys', (wrong) => {
    expect(() => grouped([0, wrong], 3)).toThrow(RangeError);
  });
});

describe.each([4, 36, 5, 64])('%i columns', (cols) => {
  const index = [3, 0, 0, 6, 2, 3, 0, 0, 0, 6, 0, 3, 0];
  const rows = index.length;
  const entries = 8;

  test('embed and gather pick rows', async () => {
    const bench = new GpuBench();
    const table = randoms(entries * cols, 1);
    bench.fresh('parameters', 1);
    const [parameters, x] = [bench.floats('parameters', table), bench.floats('arena', table)];
    bench.ints('inputs', [5]);
    const tokens = bench.ints('inputs', index);
    const [embedded, gathered] = [bench.fresh('arena', rows * cols), bench.fresh('arena', rows * cols)];
    const uses = [
      embed({ cols }, { table: parameters.at, tokens: tokens.at, out: embedded.at, rows: ROWS }),
      gatherRows({ cols }, { x: x.at, index: tokens.at, out: gathered.at, rows: ROWS }),
    ];
    const { read } = await bench.run(uses, { rows });
    const expected = Float32Array.from(gather(table, index, cols));
    expect(read(embedded)).toEqual(expected);
    expect(read(gathered)).toEqual(expected);
  });

  test('embedDecode reads the last token of each slot in use', async () => {
    const bench = new GpuBench();
    const table = randoms(entries * cols, 2);
    const parameters = bench.floats('parameters', table);
    const alive = [1, 2, 4];
    const tokens = [7, 1, 5, 7, 0];
    bench.ints('inputs', [9, 9]);
    const slots = bench.ints('inputs', [...alive, 99, 99]);
    bench.ints('state', [9]);
    const current = bench.ints('state', tokens);
    const out = bench.fresh('arena', tokens.length * cols);
    const places = { table: parameters.at, out: out.at, slots: slots.at, current: current.at };
    const words = { ...places, rows: ROWS };
    const { read } = await bench.run([embedDecode({ cols }, words)], { rows: alive.length });
    const picked = alive.map((slot) => tokens[slot]);
    const expected = new Float32Array(tokens.length * cols).fill(777);
    expected.set(gather(table, picked, cols));
    expect(read(out)).toEqual(expected);
  });

  test('scatterRows and tableGradient sum rows by index', async () => {
    const bench = new GpuBench();
    const gradient = randoms(rows * cols, 3);
    const dOut = bench.floats('arena', gradient);
    bench.ints('inputs', [5]);
    const starts = bench.ints('inputs', grouped(index, entries));
    const order = starts.at + entries + 1;
    const dX = bench.fresh('arena', entries * cols);
    const [written, added] = [2, 3].map((value) => bench.fresh('partials', entries * cols, value));
    const groups = { dOut: dOut.at, starts: starts.at, order };
    const table = { ...groups, entries };
    const uses = [
      scatterRows({ cols }, { ...groups, dX: dX.at, rows: ROWS }),
      tableGradient({ cols, accumulate: false }, { ...table, dTable: written.at }),
      tableGradient({ cols, accumulate: true }, { ...table, dTable: added.at }),
    ];
    const { read } = await bench.run(uses, { rows: entries });
    const sums = scatter(gradient, index, entries, cols);
    expectClose(read(dX), sums);
    expectClose(read(written), sums);
    expectClose(
      read(added),
      sums.map((value) => value + 3),
    );
    // A row that nothing was taken from is zero exactly.
    expect(read(dX).slice(cols, 2 * cols)).toEqual(new Float32Array(cols));
  });

  test('joinRows and splitRows undo each other', async () => {
    const bench = new GpuBench();
    const [a, b] = [randoms(4 * cols, 4), randoms(5 * cols, 5)];
    // Complements name rows of pictures.
    const source = [~0, ~1, 0, 1, 2, ~2, ~3, 3, 4];
    const [image, text] = [bench.floats('arena', a), bench.floats('arena', b)];
    const joined = bench.fresh('arena', a.length + b.length);
    const [imageBack, textBack] = [bench.fresh('arena', a.length), bench.fresh('arena', b.length)];
    bench.ints('inputs', [7]);
    const words = { joined: joined.at, source: bench.ints('inputs', source).at, rows: ROWS };
    const uses = [
      joinRows({ cols }, { image: image.at, text: text.at, ...words }),
      splitRows({ cols }, { image: imageBack.at, text: textBack.at, ...words }),
    ];
    const { read } = await bench.run(uses, { rows: source.length });
    const rowOf = (from: number) =>
      from < 0 ? a.slice(~from * cols, (~from + 1) * cols) : b.slice(from * cols, (from + 1) * cols);
    expect(read(joined)).toEqual(Float32Array.from(source.flatMap((from) => [...rowOf(from)])));
    expect(read(imageBack)).toEqual(a);
    expect(read(textBack)).toEqual(b);
  });
});
