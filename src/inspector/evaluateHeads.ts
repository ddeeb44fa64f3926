// The reward heads on held-out responses, as their stage reports them.

import type { Settings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import type { HeadReport } from '../terms/heads.ts';
import { heldOutExamples, reportHeads } from '../training/heads.ts';
import type { OpenPolicy } from './modelCache.ts';

/** What `heldOutExamples` tells of, in its order. */
const PARTS = ['writing', 'sampling', 'labelling'];

/**
 * `open`: the policy that the heads were trained beside (after SFT); part of the responses are its own. `between` is awaited now and
 * then, with how many hundredths are done.
 */
export async function evaluateHeads(
  open: OpenPolicy,
  heads: EngineModel,
  settings: Settings,
  between: (done: number, total: number) => Promise<void> = async () => undefined,
): Promise<readonly HeadReport[]> {
  const { world, encoder, model } = open;
  const state = { policy: model, rewardModel: heads, encoder };
  const examples = await heldOutExamples({ settings, world }, state, async (what, done, total) => {
    // The scoring that follows is the last part.
    const part = PARTS.indexOf(what) + done / Math.max(1, total);
    await between(Math.floor((100 * part) / (PARTS.length + 1)), 100);
    return 'go';
  });
  if (!examples) throw new Error('the held-out examples ended although nobody stopped them');
  const reports = await reportHeads(state, examples);
  await between(100, 100);
  return reports;
}
