// Trains the runs of a lesson in Node as the page does, and reads its figures; runs that lessons share are trained once.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createWasmEngine } from '../../../src/engine/wasm/engine.ts';
import { Inspector } from '../../../src/inspector/inspector.ts';
import type { Lesson } from '../../../src/lessons/lesson.ts';
import { claimHolds, type Measured, measure, type RunSource } from '../../../src/lessons/measure.ts';
import { LESSONS } from '../../../src/lessons/table.ts';
import { decodeEvaluation } from '../../../src/protocol/decode.ts';
import type { ReleasedModel } from '../../../src/protocol/inspector.ts';
import { Releases } from '../../../src/releases/releases.ts';
import { runOfLesson } from '../../../src/ui/views/lessons/lessonRuns.ts';
import { type TrainedRun, trainFromRelease } from '../../support/releasedTraining.ts';

const { models } = JSON.parse(readFileSync('public/models/index.json', 'utf8')) as {
  models: ReleasedModel[];
};

const GUIDE = readFileSync('docs/WORKSHOP.md', 'utf8');

/** Points by which a figure may lie outside of the guide's range before the guide has to be mended. */
const SLACK = 10;

const SEEDS = [1, 2, 3];

const trained = new Map<string, Promise<TrainedRun>>();

function train(...of: Parameters<typeof runOfLesson>): Promise<TrainedRun> {
  const { model, draft, after } = runOfLesson(...of);
  const key = JSON.stringify([after, draft]);
  const run = trained.get(key) ?? trainFromRelease({ model: model.name, after, ...draft });
  trained.set(key, run);
  return run;
}

function sourceOf({ store }: TrainedRun): RunSource {
  const inspector = new Inspector({
    store,
    releases: new Releases(async () => null),
    openEngine: () => createWasmEngine(),
    yieldThread: async () => undefined,
  });
  return {
    evaluations: async (runId) =>
      (await store.listEvaluations(runId))
        .map((each) => decodeEvaluation(runId, each))
        .sort((a, b) => a.step - b.step),
    metrics: (runId) => store.readMetrics(runId),
    firstBatch: async (runId) => {
      const steps = (await store.sampleIndex({ runId })).map(({ step }) => step);
      const step = Math.min(...steps);
      const batch = await store.getSamples(runId, step);
      return batch && { step, groups: batch.promptIds.length };
    },
    end: async (runId) => {
      const ends = (await store.listCheckpoints(runId)).filter(({ kind }) => kind === 'stage-end');
      const checkpointId = ends.sort((a, b) => a.step - b.step).at(-1)?.id ?? '';
      return { kind: 'stored', runId, checkpointId };
    },
    group: (request) => inspector.group(request),
  };
}

/** The figures of a lesson under one seed, by name. */
async function figuresOfLesson(lesson: Lesson, seed: number): Promise<Map<string, Measured>> {
  const figures = new Map<string, Measured>();
  for (const { name, run: runName, source } of lesson.figures) {
    const run = lesson.runs.find((each) => each.name === runName);
    if (!run) throw new Error(`no run ${runName}`);
    const done = await train(models[0] as ReleasedModel, run, seed);
    const value = await measure(source, sourceOf(done), done.runId);
    if (value) figures.set(name, value);
  }
  return figures;
}

/** The claims of these lessons under every seed, and the guide's ranges. */
export function holdOnSeeds(lessons: readonly Lesson[]): void {
  describe.each(lessons)('lesson $name', (lesson) => {
    it.each(SEEDS)('holds under seed %i', async (seed) => {
      const figures = await figuresOfLesson(lesson, seed);
      const text = [...figures].map(([name, { value }]) => `${name} ${value.toFixed(1)}`).join(', ');
      expect(claimHolds(lesson, figures), text).toBe(true);
      for (const [name, { value }] of figures) {
        const { low, high } = promisedRange(lesson, name);
        expect(value, `${name}: ${text}`).toBeGreaterThan(low - SLACK);
        expect(value, `${name}: ${text}`).toBeLessThan(high + SLACK);
      }
    });
  });
}

/** The range of a figure that the guide for teachers promises, in percent. */
function promisedRange(lesson: Lesson, figure: string): { low: number; high: number } {
  const number = 1 + LESSONS.indexOf(lesson);
  const title = lesson.figures.find(({ name }) => name === figure)?.title;
  const line = GUIDE.split('\n').find((each) => each.startsWith(`| ${number} | ${title} |`));
  const [, low, high] = /\| (\d+) to (\d+) \|$/.exec(line ?? '') ?? [];
  if (low === undefined || high === undefined) throw new Error(`the guide does not tell: ${title}`);
  return { low: Number(low), high: Number(high) };
}
