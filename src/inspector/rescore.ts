// What another reward recipe makes of a stored rollout batch: totals, advantages and winners, before and after.

import { computeAdvantages } from '../advantages/index.ts';
import { PlaygroundError } from '../base/errors.ts';
import { extent, isFlat } from '../base/numbers.ts';
import { type Settings, type SettingsInput, validateSettings } from '../config/index.ts';
import type { EngineModel } from '../engine/types.ts';
import { type GroupScores, RESCORABLE, type RescoredGroup } from '../protocol/inspector.ts';
import { filterScore } from '../rewards/index.ts';
import type { SampleBatch } from '../storage/types.ts';
import { judgeParts } from '../training/judges.ts';
import { advantageKey, advantageOptions, chosenLoss } from '../training/lossSettings.ts';
import { spreadAdvantages } from '../training/rl.ts';
import { overlongTerm, rewardAll, type SampleTerms, trainedTerms } from '../training/sampleRewards.ts';
import { SequenceEncoder } from '../training/sequences.ts';
import { sampleAdvantages } from '../training/update.ts';
import type { World } from '../world/index.ts';
import { itemsOf } from './groups.ts';

/** @throws PlaygroundError `bad-setting` for a change that cannot be computed from what is stored. */
export function changedSettings(settings: Settings, change: SettingsInput): Settings {
  const after = validateSettings({ ...settings, ...change });
  for (const key of Object.keys(change) as (keyof Settings)[]) {
    if (JSON.stringify(after[key]) === JSON.stringify(settings[key])) continue;
    if (!(RESCORABLE as readonly string[]).includes(key))
      throw new PlaygroundError(
        'bad-setting',
        `Stored samples cannot be scored again under another ${key}.`,
        'Change it in the settings and start a run.',
        { setting: key },
      );
  }
  if (after.visual_focus !== settings.visual_focus && !['grounded', 'off'].includes(after.visual_focus))
    throw new PlaygroundError(
      'bad-setting',
      `visual_focus "${after.visual_focus}" is measured on the policy that sampled, which is not stored with the samples.`,
      'Choose grounded or off, or start a run with it.',
      { setting: 'visual_focus' },
    );
  return after;
}

/** Scores every group of a batch under the settings `after`. `heads`: those of the run; `judge` asks them. @throws PlaygroundError `missing-head` */
export async function rescored(
  world: World,
  after: Settings,
  batch: SampleBatch,
  heads: EngineModel | null,
  judge: typeof judgeParts = judgeParts,
): Promise<RescoredGroup[]> {
  const count = batch.promptIds.length;
  const items = Array.from({ length: count }, (_, g) => itemsOf(world, batch, g)).flat();
  // What the policy of that time measured is taken as it was stored.
  const measured = !['grounded', 'off'].includes(after.visual_focus);
  const own = await rewardAll(
    { settings: measured ? { ...after, visual_focus: 'off' } : after, world },
    heads,
    new SequenceEncoder(world, heads?.spec ?? specless(world)),
    items,
    { judge },
  );
  const groups = Array.from({ length: count }, (_, g) => {
    const members = own.slice(g * batch.groupSize, (g + 1) * batch.groupSize);
    const terms = members.map(({ terms: each }, i) => {
      if (!measured) return each;
      const visual = batch.terms.visual_focus?.[g * batch.groupSize + i] ?? 0;
      return { ...each, visual_focus: visual, total: each.total + after.w_visual * visual };
    });
    const overlong = members.map((_, i) =>
      overlongTerm(items[g * batch.groupSize + i].response.length, after),
    );
    return trainedTerms(terms, overlong, after);
  });
  const advantages = newAdvantages(after, batch, groups);
  return groups.map((terms, g) => {
    const part = <T>(values: ArrayLike<T>) =>
      Array.from({ length: batch.groupSize }, (_, i) => values[g * batch.groupSize + i]);
    return {
      group: g,
      before: scores(part(batch.terms.total), part(batch.advantages)),
      after: scores(
        terms.map(({ total }) => total),
        advantages && part(advantages),
      ),
    };
  });
}

function specless(world: World): never {
  throw new PlaygroundError(
    'missing-head',
    `The run of world ${world.config.seed} has no reward heads, so its samples cannot be scored again.`,
    'Choose a run that went through the stage `heads`.',
  );
}

function scores(totals: readonly number[], advantages: readonly number[] | null): GroupScores {
  return { totals, advantages, winner: winnerOf(totals) };
}

/** Totals of float32 that differ by rounding are equal. */
function winnerOf(totals: readonly number[]): number | null {
  const [bottom, top] = extent(totals);
  return top - bottom < 1e-6 ? null : totals.indexOf(top);
}

/** Which groups of a batch the update trains on: dynamic sampling and the filter leave some out. */
export function aliveGroups(
  settings: Settings,
  batch: SampleBatch,
  groups: readonly (readonly SampleTerms[])[],
): boolean[] {
  return groups.map((terms, g) => {
    if (batch.discarded?.[g] === 1) return false;
    if (!settings.filter_groups && settings.replay !== 'group_heap') return true;
    const label = batch.labels[g] as Parameters<typeof filterScore>[0];
    return !isFlat(terms.map((each) => filterScore(label, each, settings)));
  });
}

/** Advantages as the update would make them; 0 for groups left out. Null where they need more than rewards. */
export function newAdvantages(
  settings: Settings,
  batch: SampleBatch,
  groups: readonly (readonly SampleTerms[])[],
): Float64Array | null {
  const key = advantageKey(settings);
  const options = advantageOptions(settings);
  // GAE needs the value head's estimates, a KL inside the reward the reference's log-probs, a cost the multiplier of that time: none of
  // them is stored.
  if (chosenLoss(settings).needsValueHead || options.klCoef !== 0 || settings.safety_cost) return null;
  const alive = aliveGroups(settings, batch, groups);
  const sampledRewards = groups.flatMap((terms) => terms.map(({ total }) => total));
  const rewards = groups.flatMap((terms, g) => (alive[g] ? terms.map(({ total }) => total) : []));
  if (rewards.length === 0) return new Float64Array(groups.length * batch.groupSize);
  const lengths = alive.flatMap((keep, g) => {
    const own = batch.offsets.subarray(g * batch.groupSize, (g + 1) * batch.groupSize + 1);
    return keep ? Array.from(own.subarray(1), (end, i) => end - own[i]) : [];
  });
  const time = Math.max(1, extent(lengths)[1]);
  const mask = new Float64Array(rewards.length * time);
  lengths.forEach((length, b) => {
    mask.fill(1, b * time, b * time + length);
  });
  const result = computeAdvantages(
    key,
    { batch: rewards.length, time, groupSize: batch.groupSize, rewards, sampledRewards, mask },
    options,
  );
  return spreadAdvantages(alive, sampleAdvantages(result, mask, time), batch.groupSize);
}
