// Where released models come from, as the inspector sees it.

import type { Settings } from '../config/index.ts';
import type { ModelSpec } from '../model/graph.ts';
import type { ReleasedModel } from '../protocol/inspector.ts';
import type { RunStore } from '../storage/types.ts';

/** Weights as one flat buffer in the layout of the spec. */
export type ReleasedWeights = { spec: ModelSpec; parameters: Float32Array };

export interface ReleaseSource {
  /** Empty where the page comes without any. */
  list(): Promise<readonly ReleasedModel[]>;
  /** @throws PlaygroundError `not-found` for an unknown model or stage or a file that does not come, `bad-bundle` for a damaged one. */
  policy(model: string, stage: string): Promise<ReleasedWeights & { settings: Settings }>;
  heads(model: string): Promise<ReleasedWeights>;
  /** Writes the release as a stored run, once; gives its run id. */
  adopt(store: RunStore, model: string): Promise<string>;
}
