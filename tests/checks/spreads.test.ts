// No spread over data: an argument list has room for some 10^5 values, then "Maximum call stack size exceeded".

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { extent } from '../../src/base/numbers.ts';
import { completionMetrics, rewardMetrics } from '../../src/losses/metrics.ts';
import { ratioSummary } from '../../src/ui/state/samples/heat.ts';

/** Calls that take any number of values; a piece of known length may be spread. */
const SPREAD =
  /(Math\.\w+|\.(push|unshift|splice|concat|of|fromCharCode|fromCodePoint))\([^()[{]*\.\.\.(?!bytes\.subarray\(at)/;

test('CASES 18: no call spreads data over its arguments', () => {
  const found = ['src', 'workers'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name))
      .flatMap((name) => {
        const path = join(folder, name);
        const lines = readFileSync(path, 'utf8').split('\n');
        return lines.flatMap((line, i) => (SPREAD.test(line) ? [`${path}:${i + 1}: ${line.trim()}`] : []));
      }),
  );
  expect(found).toEqual([]);
});

test('CASES 18: a million values have metrics, extremes and a summary', () => {
  const values = Array.from({ length: 1e6 }, (_, i) => i % 7);
  expect(extent(values)).toEqual([0, 6]);
  expect(completionMetrics(values, [])).toMatchObject({
    'completions/min_length': 0,
    'completions/max_length': 6,
  });
  expect(rewardMetrics([values]).reward).toBeCloseTo(3, 3);
  expect(ratioSummary([{ ratios: values }], { low: 0.2, high: 0.2 })).toMatchObject({ low: 0, high: 6 });
});
