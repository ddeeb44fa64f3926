// Metrics as CSV: lossless, and damage is named by line.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metricsFromCsv, metricsToCsv } from '../../src/storage/metricsCsv.ts';
import type { MetricRow } from '../../src/storage/types.ts';

const row: fc.Arbitrary<MetricRow> = fc.record({
  step: fc.nat(),
  stage: fc.string({ unit: 'grapheme' }),
  iteration: fc.nat(),
  values: fc.dictionary(fc.string({ unit: 'grapheme' }), fc.double()),
});

test('rows come back exactly', () => {
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      const back = metricsFromCsv(metricsToCsv(rows));
      expect(back).toEqual(rows.map((item) => ({ ...item, values: { ...item.values } })));
    }),
  );
});

test('a spreadsheet can read it', () => {
  const rows: MetricRow[] = [
    { step: 1, stage: 'sft', iteration: 1, values: { loss: 0.5, 'a,b': Number.NaN } },
    { step: 2, stage: 'a "b"', iteration: 2, values: { loss: -0 } },
  ];
  expect(metricsToCsv(rows)).toBe('step,stage,iteration,"a,b",loss\n1,sft,1,NaN,0.5\n2,"a ""b""",2,,-0\n');
});

test.each([
  ['', 'begin with the columns'],
  ['stage,step\n', 'begin with the columns'],
  ['step,stage,iteration,a,a\n', 'twice'],
  ['step,stage,iteration\n1,sft\n', 'Line 2'],
  ['step,stage,iteration,a\n1,sft,1,1\n1,sft,1,x\n', 'Line 3'],
  ['step,stage,iteration\n-1,sft,1\n', '"-1"'],
  ['step,stage,iteration\n1,"sft,1\n', 'damaged at character'],
])('%j is refused', (text, part) => {
  expect(() => metricsFromCsv(text)).toThrow(part);
});
