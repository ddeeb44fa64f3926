// How long a run will take: time per unit of work, from stored runs on the same device or from a measured step.

import { median } from '../base/numbers.ts';
import { readSettings, type Settings } from '../config/index.ts';
import { measureStep, STEP_TOKENS } from '../engine/index.ts';
import type { Engine } from '../engine/types.ts';
import type { ModelSpec } from '../model/graph.ts';
import type { RunEstimate } from '../protocol/messages.ts';
import type { MetricRow, RunStore } from '../storage/types.ts';
import { type EngineIdentity, engineText } from '../terms/origin.ts';
import { type StagePlan, stagePlan } from './stages.ts';

type Kind = StagePlan['kind'];

/** Milliseconds per unit of work, by kind of stage where it is known, and for the others. */
export type Speed = { byKind: { readonly [kind in Kind]?: number }; other: number; basis: string };

/** Runs that are looked at, newest first. */
const RUNS = 5;
/** Fewer iterations than this are warm-up. */
const ENOUGH = 3;
/** What makes two runs comparable, beside the device. */
const SAME: readonly (keyof Settings)[] = [
  'backbone',
  'size',
  'image_size_px',
  'wasm_threads',
  'wasm_simd',
  'gpu_kernels',
];

/** Settings with the same key run at the same speed per unit of work on this device. */
export function speedKey(settings: Settings, engine: EngineIdentity): string {
  return JSON.stringify([engineText(engine), ...SAME.map((key) => settings[key])]);
}

/** Forward and backward of an update cost about three passes. */
const PASSES = 3;

/** From the newest run with such a model on the same device that did enough iterations; null where there is none. */
export async function pastSpeed(
  store: Pick<RunStore, 'listRuns' | 'readMetrics'>,
  settings: Settings,
  engine: EngineIdentity,
): Promise<Speed | null> {
  const key = speedKey(settings, engine);
  const runs = (await store.listRuns()).filter((run) => engineText(run.engine) === engineText(engine));
  for (const run of runs.slice(0, RUNS)) {
    const { settings: source, refused } = readSettings(run);
    if (refused.length > 0 || speedKey(source, engine) !== key) continue;
    const byKind = speedsOf(stagePlan(source), await store.readMetrics(run.id));
    const known = Object.values(byKind);
    if (known.length === 0) continue;
    const rest = known.length < 3 ? '; stages that it did not reach are judged by the others' : '';
    return {
      byKind,
      other: median(known),
      basis: `From the times of ${run.name ? `the run ${run.name}` : 'an earlier run'} on this device${rest}.`,
    };
  }
  return null;
}

/** From one update step of the model, timed now. */
export async function measuredSpeed(engine: Engine, spec: ModelSpec): Promise<Speed> {
  const ms = await measureStep(engine, spec);
  return {
    byKind: {},
    other: ms / (STEP_TOKENS * PASSES),
    basis: `From one training step, timed here (${ms.toFixed(0)} ms); rollouts may be slower than it tells.`,
  };
}

export function estimateRun(settings: Settings, speed: Speed | null): RunEstimate {
  const stages = stagePlan(settings).map(({ name, kind, iterations, workPerIteration }) => ({
    name,
    iterations,
    ms: speed && iterations * workPerIteration * (speed.byKind[kind] ?? speed.other),
  }));
  return {
    stages,
    totalMs: speed && stages.reduce((sum, { ms }) => sum + (ms ?? 0), 0),
    basis: speed?.basis ?? 'Not known before the first run on this device.',
  };
}

function speedsOf(plan: readonly StagePlan[], rows: readonly MetricRow[]): { [kind in Kind]?: number } {
  const times = new Map<Kind, number[]>();
  for (const { stage, values } of rows) {
    const entry = plan.find(({ name }) => name === stage);
    const ms = values['time/iteration_ms'];
    if (!entry || ms === undefined) continue;
    const list = times.get(entry.kind) ?? [];
    list.push(ms / entry.workPerIteration);
    times.set(entry.kind, list);
  }
  const enough = [...times].filter(([, list]) => list.length >= ENOUGH);
  return Object.fromEntries(enough.map(([kind, list]) => [kind, median(list)]));
}
