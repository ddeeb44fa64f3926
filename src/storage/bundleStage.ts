// A bundle with no more than another run needs to begin after one stage of this one.

import { exportRun } from './bundleExport.ts';
import { importContents } from './bundleImport.ts';
import type { BundleContents } from './bundleRead.ts';
import { compareCheckpoints } from './checkpointOrder.ts';
import { MemoryStore } from './memoryStore.ts';

/** Names of the stages whose last checkpoint a bundle holds, oldest first. */
export function stageEnds({ checkpoints }: Pick<BundleContents, 'checkpoints'>): string[] {
  return checkpoints
    .map(({ manifest }) => manifest)
    .filter(({ kind }) => kind === 'stage-end')
    .sort(compareCheckpoints)
    .map(({ stage }) => stage);
}

/** The run with one checkpoint, the end of `stage`; its samples only where the new run replays them, for they are large. */
export async function stageBundle(
  contents: BundleContents,
  stage: string,
  withSamples: boolean,
): Promise<Uint8Array> {
  const store = new MemoryStore();
  const runId = await importContents(store, {
    ...contents,
    checkpoints: contents.checkpoints.filter(
      ({ manifest }) => manifest.kind === 'stage-end' && manifest.stage === stage,
    ),
    samples: withSamples ? contents.samples : [],
  });
  return exportRun(store, runId);
}
