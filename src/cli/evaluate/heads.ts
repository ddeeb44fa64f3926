// The reward heads of a released model or of a run, on the held-out responses that their stage reports on.

import { evaluateHeads } from '../../inspector/evaluateHeads.ts';
import type { HeadReport } from '../../terms/heads.ts';
import type { Evaluated } from './models.ts';
import { progressShown } from './progress.ts';

/** Null where there are no heads, or no SFT policy beside which they were trained. */
export async function reportHeadsOf({
  settings,
  stages,
  modelCache,
}: Evaluated): Promise<readonly HeadReport[] | null> {
  const sft = stages.find(({ stage }) => stage === 'sft');
  if (!sft || !settings.stages.includes('heads')) return null;
  const heads = await modelCache.heads(sft.ref);
  if (!heads) return null;
  const show = progressShown();
  return await evaluateHeads(await modelCache.policy(sft.ref), heads, settings, async (done, total) =>
    show('heads', done, total),
  );
}
