// The reward heads on held-out responses, as their stage reports them.

import type { Settings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import type { HeadReport } from '../terms/heads.ts';
import { reportHeads } from '../training/heads.ts';
import type { OpenPolicy } from './modelCache.ts';

/** What `reportHeads` tells of, in its order. */
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
  const reports = await reportHeads({ settings, world }, state, settings, async (what, done, total) => {
    // The scoring that follows is the last part.
    const part = PARTS.indexOf(what) + done / Math.max(1, total);
    await between(Math.floor((100 * part) / (PARTS.length + 1)), 100);
    return 'go';
  });
  if (!reports) throw new Error('the report of the heads ended although nobody stopped it');
  await between(100, 100);
  return reports;
}
