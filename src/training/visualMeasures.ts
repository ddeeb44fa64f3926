// How much a response depends on its picture, measured on the policy that wrote it.

import { mean } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import { attentionRatio, splitResponse } from '../rewards/index.ts';
import type { Prompt } from '../world/types.ts';
import type { RunState } from './context.ts';
import { pictureKl } from './logProbRows.ts';

const SCORE_BATCH = 64;

/** Per response: mean exact KL per token to a blank picture (`dependency`), or mean attention ratio of the thought (`attention`); undefined under other kinds of visual focus. */
export async function visualMeasures(
  { visual_focus: kind }: Pick<Settings, 'visual_focus'>,
  { policy, encoder }: Pick<RunState, 'policy' | 'encoder'>,
  items: readonly { prompt: Prompt; response: Int32Array }[],
): Promise<(number | undefined)[]> {
  const measures = items.map(() => undefined as number | undefined);
  if (kind !== 'dependency' && kind !== 'attention') return measures;
  const seeing = items.map((_, i) => i).filter((i) => encoder.seesPicture(items[i].prompt));
  for (const i of items.keys()) if (!encoder.seesPicture(items[i].prompt)) measures[i] = 0;
  for (let start = 0; start < seeing.length; start += SCORE_BATCH) {
    const chunk = seeing.slice(start, start + SCORE_BATCH);
    const asked = chunk.map((i) => items[i]);
    const real = encoder.responses(asked);
    if (kind === 'dependency') {
      const blank = encoder.responses(asked, true);
      const kl = await pictureKl(policy, real, blank);
      chunk.forEach((i, b) => {
        measures[i] = mean(kl.subarray(real.offsets[b], real.offsets[b + 1]));
      });
      continue;
    }
    const mass = await policy.imageAttention(real.batch, real.rows);
    const { imageTokens } = policy.spec;
    chunk.forEach((i, b) => {
      const [from, to] = [real.offsets[b], real.offsets[b + 1]];
      const thought = splitResponse(Array.from(items[i].response)).thought.length;
      let total = 0;
      let count = 0;
      // The row whose input is response token i stands at from + i + 1; the thought is tokens 1 .. thought.
      for (let r = from + 2; r < Math.min(to, from + 2 + thought); r++) {
        const visible = imageTokens + (real.rows[r] % real.batch.time) + 1;
        total += attentionRatio(mass[r], imageTokens, visible);
        count++;
      }
      measures[i] = total / Math.max(1, count);
    });
  }
  return measures;
}
