// One metric as columns and the newest values, against the rows that they come from.

import { expect, test } from 'vitest';
import { curveOfChunks, latestOfChunks } from '../../src/storage/curves.ts';
import { chunkRows, groupByChunk, mergeIntoChunk } from '../../src/storage/metricChunks.ts';
import type { MetricRow } from '../../src/storage/types.ts';

const rows: MetricRow[] = Array.from({ length: 150 }, (_, index) => {
  const step = index + 1;
  const stage = step <= 40 ? 'sft' : step <= 100 ? 'stage1' : 'stage2';
  const iteration = step <= 40 ? step : step <= 100 ? step - 40 : step - 100;
  const values: { [name: string]: number } = { grad_norm: step / 7 };
  if (stage === 'sft') values['sft/loss'] = 5 - step / 10;
  else if (step % 2 === 0) values.reward = step === 70 ? Number.NaN : step;
  return { step, stage, iteration, values };
});
const chunks = [...groupByChunk(rows)].map(([chunk, group]) => mergeIntoChunk(undefined, 'a', chunk, group));

test.each(['grad_norm', 'sft/loss', 'reward'])('the curve of %s is that of the rows', (metric) => {
  const wanted = rows.filter((row) => metric in row.values);
  const curve = curveOfChunks(chunks, metric);
  expect(chunks.length).toBeGreaterThan(2);
  expect([...curve.steps]).toEqual(wanted.map(({ step }) => step));
  expect([...curve.iterations]).toEqual(wanted.map(({ iteration }) => iteration));
  expect([...curve.values]).toEqual(wanted.map(({ values }) => values[metric]));
  expect([...curve.stageOf].map((index) => curve.stages[index])).toEqual(wanted.map(({ stage }) => stage));
});

test('some metrics of the rows, without the rows that have none of them', () => {
  const read = (only?: readonly string[]) => chunks.flatMap((chunk) => chunkRows(chunk, only));
  expect(read()).toEqual(rows);
  const wanted = rows.flatMap(({ values, ...row }) =>
    'reward' in values ? [{ ...row, values: { reward: values.reward } }] : [],
  );
  expect(read(['reward', 'kl'])).toEqual(wanted);
  expect(read(['kl'])).toEqual([]);
});

test('a metric that the run has not is an empty curve', () => {
  expect(curveOfChunks(chunks, 'kl').steps).toHaveLength(0);
});

test('the newest value of each metric is the last one that there is', () => {
  expect(latestOfChunks(chunks)).toEqual({
    grad_norm: { value: 150 / 7, step: 150 },
    'sft/loss': { value: 1, step: 40 },
    reward: { value: 150, step: 150 },
  });
});
