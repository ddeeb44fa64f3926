// One metric of a run as columns, and the newest value of each, without making a row of every step.

import type { MetricChunk } from './metricChunks.ts';

/** The steps at which a run has the metric, in order; entry i belongs to the stage `stages[stageOf[i]]`. */
export type StoredCurve = {
  stages: readonly string[];
  stageOf: Uint16Array;
  steps: Float64Array;
  /** Iteration inside the stage, from 1. */
  iterations: Float64Array;
  values: Float64Array;
};

/** Newest value of each metric, and the step that it is of. */
export type LatestMetrics = { readonly [metric: string]: { readonly value: number; readonly step: number } };

/** Chunks in order of step. */
export function curveOfChunks(chunks: readonly MetricChunk[], metric: string): StoredCurve {
  const stages: string[] = [];
  const stageOf: number[] = [];
  const steps: number[] = [];
  const iterations: number[] = [];
  const values: number[] = [];
  for (const chunk of chunks) {
    const column = chunk.names.indexOf(metric);
    if (column < 0) continue;
    chunk.steps.forEach((step, row) => {
      const at = row * chunk.names.length + column;
      if (!chunk.present[at]) return;
      const stage = chunk.stages[row];
      let index = stages.lastIndexOf(stage);
      if (index < 0) index = stages.push(stage) - 1;
      stageOf.push(index);
      steps.push(step);
      iterations.push(chunk.iterations[row]);
      values.push(chunk.values[at]);
    });
  }
  return {
    stages,
    stageOf: Uint16Array.from(stageOf),
    steps: Float64Array.from(steps),
    iterations: Float64Array.from(iterations),
    values: Float64Array.from(values),
  };
}

/** Chunks in order of step. */
export function latestOfChunks(chunks: readonly MetricChunk[]): LatestMetrics {
  const latest: { [metric: string]: { value: number; step: number } } = {};
  for (const { steps, names, values, present } of chunks) {
    names.forEach((name, column) => {
      for (let row = steps.length - 1; row >= 0; row--) {
        const at = row * names.length + column;
        if (!present[at]) continue;
        latest[name] = { value: values[at], step: steps[row] };
        break;
      }
    });
  }
  return latest;
}
