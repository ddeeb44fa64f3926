// The largest work of each kind that a run asks of an engine, to be held against what it has room for before the run begins.

import type { ModelSpec } from '../model/graph.ts';
import type { PlanKind } from './plan/plan.ts';

export type Workload = {
  /** For a sentence, e.g. `An update on 64 responses`. */
  what: string;
  /** Which settings make it smaller, a sentence. */
  advice: string;
  spec: ModelSpec;
  kind: PlanKind;
  batch: number;
  /** Text tokens of its longest sequence. */
  time: number;
  /** Output rows. */
  outputs: number;
  /** Of a prefill: the samples that are decoded after it, of all prompts together. */
  rollout?: { samples: number; maxNewTokens: number };
};

/** `An update on 64 responses through qwen-mini large`. */
export function workloadName({ what, spec: { config } }: Workload): string {
  return `${what} through ${config.backbone} ${config.size}`;
}

/** Keys and values of a rollout after prompts of padded length `time`, in 4-byte elements; 0 without one. */
export function cacheLength(spec: ModelSpec, time: number, rollout: Workload['rollout']): number {
  if (!rollout) return 0;
  const { width, layers } = spec.dimensions;
  return layers * rollout.samples * (spec.imageTokens + time + rollout.maxNewTokens) * 2 * width;
}
