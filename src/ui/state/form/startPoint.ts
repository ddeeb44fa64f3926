// Where the next run begins: after a stage of a released model or of a stored run; as a value and as the part `from` of an address.

import { type Fork, releaseOfRun } from '../../../terms/run.ts';
import type { Draft } from './draft.ts';

/** `model`: a released model by name, which every page of the same release has; `runId`: a run that this browser stores. */
export type StartPoint = { readonly stage: string } & (
  | { readonly model: string; readonly runId?: never }
  | { readonly runId: string; readonly model?: never }
);

/** What the next run begins with: its settings, and its starting point; null for a run that is trained whole. */
export type Form = { draft: Draft; start: StartPoint | null };

/** In the address, before the id of a stored run. */
const RUN = 'run:';

/** The starting point that a fork stands for: a run that is a released model is named by that model. */
export function startOfFork({ runId, stage }: Fork): StartPoint {
  const model = releaseOfRun(runId);
  return model === null ? { runId, stage } : { model, stage };
}

/** `qwen-mini@heads`, `run:20261129-101500-s7-k3x9@stage1`. */
export function startText({ model, runId, stage }: StartPoint): string {
  return `${model ?? RUN + runId}@${stage}`;
}

/** Reads what `startText` writes; null for anything else. */
export function readStart(text: string): StartPoint | null {
  const [, run, name, stage] = /^(run:)?(.{1,200})@(\w{1,40})$/.exec(text) ?? [];
  if (name === undefined || stage === undefined) return null;
  return run === undefined ? { model: name, stage } : { runId: name, stage };
}

export function isSameStart(a: StartPoint | null, b: StartPoint | null): boolean {
  return (a && startText(a)) === (b && startText(b));
}
