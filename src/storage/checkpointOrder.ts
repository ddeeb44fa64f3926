// Which checkpoint is newest, and which may go.

import { shapeMismatch } from './errors.ts';
import type { Checkpoint, CheckpointManifest } from './types.ts';

/** Rolling checkpoints that stay per run. */
export const ROLLING_KEPT = 2;

/**
 * Oldest first: by step, then by where the run goes on (an evaluation does no step, so the checkpoint after it is newer than the
 * one before); at the same place the one that knows of more skipped stages, then a stage-end one counts as newer, then the later made.
 */
export function compareCheckpoints(a: CheckpointManifest, b: CheckpointManifest): number {
  const rank = (manifest: CheckpointManifest) => (manifest.kind === 'stage-end' ? 1 : 0);
  return (
    a.step - b.step ||
    a.stageIndex - b.stageIndex ||
    a.nextIteration - b.nextIteration ||
    skips(a) - skips(b) ||
    rank(a) - rank(b) ||
    compareText(a.createdAt, b.createdAt) ||
    compareText(a.id, b.id)
  );
}

function skips({ state }: CheckpointManifest): number {
  const skipped = typeof state === 'object' && state !== null && 'skipped' in state ? state.skipped : null;
  return typeof skipped === 'object' && skipped !== null ? Object.keys(skipped).length : 0;
}

/** Plain order of texts, the same in every locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Ids of the rolling checkpoints to delete now that `justPut` is whole; `justPut` itself always stays. */
export function thinned(manifests: readonly CheckpointManifest[], justPut: string): string[] {
  const isNewRolling = manifests.some(({ id, kind }) => id === justPut && kind === 'rolling');
  return manifests
    .filter(({ id, kind }) => kind === 'rolling' && id !== justPut)
    .sort(compareCheckpoints)
    .reverse()
    .slice(isNewRolling ? ROLLING_KEPT - 1 : ROLLING_KEPT)
    .map(({ id }) => id);
}

/** Throws `shape-mismatch` if a tensor's shape and data disagree. */
export function checkTensors(tensors: Checkpoint['tensors'], what: string): void {
  for (const [name, { shape, data }] of Object.entries(tensors)) {
    const wanted = shape.reduce((product, size) => product * size, 1);
    if (wanted === data.length) continue;
    throw shapeMismatch(
      `${what}: tensor "${name}" of shape [${shape.join(', ')}] has ${data.length} numbers.`,
    );
  }
}
