// The largest work of each kind that a run asks of an engine, to be held against what it has room for before the run begins.

import type { ModelSpec } from '../model/graph.ts';
import { type PlanKind, type PlanShape, roomFor, roomyShape } from './plan/planShape.ts';

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
  /** Groups of items that begin alike, and how many tokens those of a group have in common; absent: each item is by itself. */
  shared?: { groups: number; tokens: number };
  /** Output rows. */
  outputs: number;
  /** Of a prefill: the samples that are decoded after it, of all prompts together. */
  rollout?: { samples: number; maxNewTokens: number };
};

/** `An update on 64 responses through qwen-mini large`. */
export function workloadName({ what, spec: { config } }: Workload): string {
  return `${what} through ${config.backbone} ${config.size}`;
}

/** The room that it takes at most: every item with a picture and as long as the longest. */
export function shapeOf({ spec, batch, time, outputs, shared }: Workload): PlanShape {
  const { groups, tokens } = shared ?? { groups: batch, tokens: 0 };
  const pictures = spec.imageTokens > 0 ? groups : 0;
  const texts = groups * tokens + batch * (time - tokens);
  const segments = batch + (shared ? groups : 0);
  const sequences = texts + pictures * spec.imageTokens;
  return roomyShape({ pictures, texts, sequences, segments, keys: spec.imageTokens + time, outputs });
}

/** Keys and values of its rollout, in 4-byte elements: the rows of the prompts, then those of each sample's tokens. */
export function cacheLength(work: Workload): number {
  const { spec, rollout } = work;
  if (!rollout) return 0;
  const { width, layers } = spec.dimensions;
  return layers * roomFor(shapeOf(work).sequences + rollout.samples * rollout.maxNewTokens) * 2 * width;
}
