// About how much room a run of a plan takes in the store.

import { sum } from '../../../base/numbers.ts';
import type { BaseRun, Expansion } from '../../../experiments/plans.ts';
import { entriesAfter, planOf } from '../../../terms/stages.ts';

/** Of a checkpoint with its moments, measured. */
const CHECKPOINT_BYTES = { tiny: 0.4e6, small: 2e6, base: 9e6, large: 36e6 } as const;
/** What a run takes over, and the end of its stage. */
const CHECKPOINTS = 2;
/** Of one sampled response, with its share of the prompt, measured. */
const RESPONSE_BYTES = 400;

/** Checkpoints and samples; the rest is small. */
export function runBytes({ base, expansion }: { base: BaseRun; expansion: Expansion }): number {
  const run = expansion.runs.find(({ kind }) => kind === 'cell');
  if (!run) return 0;
  const { settings } = run;
  const left = entriesAfter(planOf({ ...settings, evaluate: false }), base.stage);
  const rollouts = left.map(({ kind, iterations }) => (kind === 'rl' ? iterations : 0));
  const responses = sum(rollouts) * settings.prompts_per_step * settings.group_size;
  return CHECKPOINTS * CHECKPOINT_BYTES[settings.size] + responses * RESPONSE_BYTES;
}
