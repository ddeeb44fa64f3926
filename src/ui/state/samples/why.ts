// "Why did this sample win?" in words: made from the stored terms of its group, never from what a term is meant to do.

import { formatNumber, formatSigned, formatWord } from '../../../base/format.ts';
import { mean } from '../../../base/numbers.ts';
import {
  type Contribution,
  contributionsOf,
  type RewardWeights,
  SAME_TOTAL,
  type StoredTerms,
  winnersOf,
} from './contributions.ts';

type Judged = { terms: StoredTerms; advantage: number };

/** Shares below this do not make a difference that a person would see. */
const NEGLIGIBLE = 0.005;

/** One to three sentences on a group: who won, by how much, which term made it, and what the oracle would have said. */
export function whyItWon(
  samples: readonly Judged[],
  settings: RewardWeights,
  discarded = false,
): readonly string[] {
  const totals = samples.map(({ terms }) => terms.total ?? Number.NaN);
  if (samples.length === 0 || totals.some(Number.isNaN)) return ['No totals are stored for this group.'];
  const best = winnersOf(totals);
  const cost = costSentence(samples);
  if (best.length === 0) {
    const same = `No response is best: all ${samples.length} have the total ${formatNumber(totals[0] ?? 0)}`;
    return cost === null
      ? [`${same}, so every advantage is 0 and the group teaches nothing.`]
      : [`${same}.`, cost];
  }
  return [
    leadSentence(best, totals, samples, settings),
    cost,
    untrainedSentence(samples, discarded),
    oracleSentence(best, samples),
  ].filter((sentence) => sentence !== null);
}

function leadSentence(
  winners: readonly number[],
  totals: readonly number[],
  samples: readonly Judged[],
  settings: RewardWeights,
): string {
  const average = mean(totals);
  const top = totals[winners[0] ?? 0] ?? 0;
  const one = winners.length === 1;
  // Who is left out of the update has won nothing.
  const won = winners.some((i) => (samples[i]?.advantage ?? 0) > 0);
  const who = `${names(winners)} ${won ? (one ? 'won' : 'won together') : one ? 'is best' : 'are best'}`;
  const lead = `${who}: ${one ? 'its' : 'their'} total ${formatNumber(round(top))} is ${formatNumber(round(top - average))} above the group’s mean of ${formatNumber(round(average))}`;
  const parts = contributionsOf(
    samples.map(({ terms }) => terms),
    winners,
    settings,
  );
  if (parts === null)
    return `${lead}. The stored terms do not add up to that total, so no single term can be named.`;
  const normalised = settings.aggregation === 'normalize_then_sum';
  const [first, ...others] = parts.filter(({ points }) => points > NEGLIGIBLE);
  const against = parts.filter(({ points }) => points < -NEGLIGIBLE).sort((a, b) => a.points - b.points);
  if (!first) return `${lead}.`;
  const rest = others.length > 0 ? `, then ${others.map(short).join(' and ')}` : ', and no other term';
  const behind = against.length > 0 ? `; against it stood ${against.map(short).join(' and ')}` : '';
  return `${lead}. The ${termWord(first.term)} term made most of it: ${detail(first, one, normalised)}${rest}${behind}.`;
}

/** `+0.75 (1 against a mean of 0.25, weight 1)`. */
function detail({ points, value, mean, weight }: Contribution, one: boolean, normalised: boolean): string {
  const subject = one ? '' : 'on average ';
  const how = normalised ? ', normalised in the group' : '';
  return `${formatSigned(points)} (${subject}${formatNumber(round(value))} against a mean of ${formatNumber(round(mean))}, weight ${formatNumber(weight)}${how})`;
}

function short({ term, points }: Contribution): string {
  return `${termWord(term)} (${formatSigned(points)})`;
}

/** Which responses the safety cost falls on; null where it tells none apart. */
function costSentence(samples: readonly Judged[]): string | null {
  const costs = samples.map(({ terms }) => terms.cost ?? 0);
  if (winnersOf(costs).length === 0) return null;
  const average = mean(costs);
  const dear = costs.flatMap((cost, i) => (cost > average ? [i] : []));
  return `The safety cost is above the group’s mean of ${formatNumber(round(average))} for ${names(dear)}: that lowers the advantage, by the multiplier.`;
}

function untrainedSentence(samples: readonly Judged[], discarded: boolean): string | null {
  if (discarded)
    return 'It was not trained on: dynamic sampling drew another prompt in the place of this group.';
  if (samples.some(({ advantage }) => advantage !== 0)) return null;
  return 'Yet every advantage is 0: the group was left out of the update.';
}

/** Whether the oracle, which is never trained on, would have chosen another one. */
function oracleSentence(winners: readonly number[], samples: readonly Judged[]): string | null {
  const gold = samples.map(({ terms }) => terms.gold ?? Number.NaN);
  if (gold.some(Number.isNaN)) return null;
  const best = winnersOf(gold);
  if (best.length === 0 || winners.some((i) => best.includes(i))) return null;
  const i = winners[0] ?? 0;
  const loss = (gold[best[0] ?? 0] ?? 0) - (gold[i] ?? 0);
  if (loss < SAME_TOTAL) return null;
  return `The oracle would have chosen ${names(best, 'or')}: its reward for ${names([i])} is ${formatNumber(round(loss))} lower, so here the reward that is trained on misleads.`;
}

/** `#3`, `#1 and #4`, `#1, #2 and #4`. */
export function names(indices: readonly number[], word = 'and'): string {
  const all = indices.map((i) => `#${i + 1}`);
  return all.length < 2 ? (all[0] ?? 'none') : `${all.slice(0, -1).join(', ')} ${word} ${all.at(-1)}`;
}

function termWord(term: string): string {
  return term === 'overlong' ? 'overlong penalty' : formatWord(term).replace('visual focus', 'visual-focus');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
