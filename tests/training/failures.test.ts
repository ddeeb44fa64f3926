// Each preset that fails on purpose, started from the released model as the page does: what it promises is what happens, on three seeds.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { validateSettings } from '../../src/config/index.ts';
import { createWasmEngine } from '../../src/engine/wasm/engine.ts';
import { scoreSuites } from '../../src/evaluation/index.ts';
import { Inspector } from '../../src/inspector/inspector.ts';
import { ModelCache } from '../../src/inspector/modelCache.ts';
import type { EvaluationEvent } from '../../src/protocol/messages.ts';
import { Releases } from '../../src/releases/releases.ts';
import { MemoryStore } from '../../src/storage/index.ts';
import { METRIC_CHARTS } from '../../src/terms/metrics/index.ts';
import { SCORE_TABLE } from '../../src/terms/scores.ts';
import type { Suite } from '../../src/terms/suites.ts';
import { RunController } from '../../src/training/controller.ts';
import { sampleSuite, suitePrompts } from '../../src/training/evaluate.ts';
import { failureOf } from '../../src/ui/opening/fromRelease.ts';
import { MetricTable } from '../../src/ui/state/charts/metricTable.ts';
import { presetsOf } from '../../src/ui/state/form/draft.ts';
import { signFinding } from '../../src/ui/state/run/sign.ts';

const SEEDS = [1, 2, 3];
const PROMPTS = 400;
/** By when the sentence of a preset says that it has happened; a score is that of the whole run. */
const ITERATIONS: { readonly [preset: string]: number } = {
  'pg-collapse': 12,
  'drift-no-clip': 10,
  'weak-heads': 24,
};

const releases = new Releases(async (path) => new Uint8Array(readFileSync(`public/models/${path}`)));
const engine = () => createWasmEngine();

/** The run, ended after so many iterations and before its test, which asks more than is needed here. */
async function failed(name: string, seed: number) {
  const [model] = await releases.list();
  const { draft, after } = failureOf(model!, name);
  const settings = validateSettings({ ...draft.settings, seed });
  const store = new MemoryStore();
  const last = ITERATIONS[name] ?? settings.stage2_steps;
  const controller: RunController = new RunController({
    store,
    emit: (event) => {
      if (event.kind === 'progress' && event.stage === 'stage2' && event.iteration >= last)
        void controller.stop();
    },
    chooseEngine: async () => ({ engine: await engine(), reason: 'Of the test.', measuredMs: {} }),
    yieldThread: () => new Promise((resolve) => setImmediate(resolve)),
    now: () => performance.now(),
    timestamp: () => '2026-11-23T22:45:01.000Z',
    lock: async () => () => undefined,
  });
  const fork = { runId: await releases.adopt(store, model!.name), stage: after };
  const { runId } = await controller.start({ settings, preset: draft.preset, fork });
  await controller.finished();
  const metrics = new MetricTable();
  for (const row of await store.readMetrics(runId)) metrics.put(row);
  return { store, runId, settings, metrics, model: model! };
}

type Failed = Awaited<ReturnType<typeof failed>>;

/** The sampled scores of one suite on the policy that the run ended with, beside the released ones after SFT. */
async function testsOf({ store, runId, settings, model }: Failed, suite: Suite): Promise<EvaluationEvent[]> {
  const cache = new ModelCache({ store, releases, engine });
  const end = (await store.listCheckpoints(runId)).at(-1)!;
  const {
    model: policy,
    encoder,
    world,
  } = await cache.policy({
    kind: 'stored',
    runId,
    checkpointId: end.id,
  });
  const context = { settings, world };
  const prompts = suitePrompts(context, suite, PROMPTS);
  const items = await sampleSuite({ context, state: { policy, encoder } }, suite, prompts);
  const scores = scoreSuites([{ suite, items }], world);
  const event = { kind: 'evaluation' as const, runId, step: end.step };
  return [
    { ...event, stage: 'sft', scores: model.stages[0]!.scores },
    { ...event, stage: 'stage2', scores },
  ];
}

describe.each(presetsOf('failure'))('$name', ({ name, hint }) => {
  test.each(SEEDS)('fails as it says under seed %i', async (seed) => {
    const run = await failed(name, seed);
    const { sign, suite } = hint!;
    const evaluations =
      sign.kind === 'score' ? await testsOf(run, SCORE_TABLE[sign.score].suite as Suite) : [];
    const found = signFinding({ metrics: run.metrics, evaluations }, hint!);
    expect(found?.title).toBe(hint?.title);
    if (seed !== SEEDS[0]) return;
    // And three answers that broke are there to be shown.
    const inspector = new Inspector({
      store: run.store,
      releases,
      openEngine: engine,
      yieldThread: async () => undefined,
    });
    expect(await inspector.broken({ runId: run.runId, suite })).toHaveLength(3);
  });

  test('names a chart that there is', () => {
    const names = METRIC_CHARTS.flatMap(({ lines }) => lines.map((line) => line.name));
    expect(names).toContain(hint?.chart);
  });
});
