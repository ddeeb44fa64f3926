// Metrics of a rollout: reward, terms overall and per label, lengths, refusal rates, gold reward.

import type { Settings } from '../config/index.ts';
import { isFlat } from '../losses/index.ts';
import { TERMS, termApplies } from '../rewards/index.ts';
import { EOS } from '../world/vocabulary.ts';
import type { Group } from './rollout.ts';

class Tally {
  private readonly sums = new Map<string, { sum: number; squares: number; n: number }>();

  add(name: string, value: number): void {
    const entry = this.sums.get(name) ?? { sum: 0, squares: 0, n: 0 };
    entry.sum += value;
    entry.squares += value * value;
    entry.n++;
    this.sums.set(name, entry);
  }

  mean(name: string): number | undefined {
    const entry = this.sums.get(name);
    return entry && entry.sum / entry.n;
  }

  std(name: string): number | undefined {
    const entry = this.sums.get(name);
    if (!entry) return undefined;
    const mean = entry.sum / entry.n;
    return Math.sqrt(Math.max(0, entry.squares / entry.n - mean * mean));
  }

  names(): string[] {
    return [...this.sums.keys()];
  }
}

/**
 * Reward, terms (overall and per label, over the samples that a term applies to), lengths, refusal rates and gold reward of a
 * rollout. `entropy/rollout` is the mean of -log p over its own tokens, an unbiased estimate that needs no update. Totals normalised in their group have mean 0: `reward_weighted_sum` is then what compares with `gold_reward`.
 */
export function rewardMetricsOf(groups: readonly Group[], settings: Settings): { [name: string]: number } {
  const tally = new Tally();
  const lengths: number[] = [];
  let flat = 0;
  for (const { prompt, samples } of groups) {
    if (isFlat(samples.map((sample) => sample.terms.total))) flat++;
    for (const sample of samples) {
      tally.add('reward', sample.terms.total);
      tally.add('gold_reward', sample.gold);
      for (const term of TERMS) {
        if (!termApplies(term, prompt.label, prompt.scene !== null, settings)) continue;
        tally.add(`rewards/${term}`, sample.terms[term]);
        tally.add(`rewards/${term}/${prompt.label}`, sample.terms[term]);
      }
      if (settings.overlong_penalty > 0) tally.add('rewards/overlong', sample.terms.overlong);
      if (settings.aggregation === 'normalize_then_sum') {
        tally.add('reward_weighted_sum', sample.terms.weighted_sum);
      }
      tally.add(`reward/${prompt.label}`, sample.terms.total);
      tally.add(`refusal_rate/${prompt.harmful ? 'harmful' : 'benign'}`, sample.judgement.refusal ? 1 : 0);
      tally.add('format_rate', sample.judgement.format ? 1 : 0);
      tally.add('clipped', sample.response[sample.response.length - 1] === EOS ? 0 : 1);
      for (const logp of sample.oldLogp) tally.add('entropy/rollout', -logp);
      lengths.push(sample.response.length);
    }
  }
  const metrics: { [name: string]: number } = {
    reward_std: tally.std('reward') ?? 0,
    frac_reward_zero_std: flat / Math.max(1, groups.length),
    'completions/mean_length': lengths.reduce((a, b) => a + b, 0) / Math.max(1, lengths.length),
    'completions/min_length': Math.min(...lengths),
    'completions/max_length': Math.max(...lengths),
    'completions/clipped_ratio': tally.mean('clipped') ?? 0,
  };
  for (const name of tally.names()) {
    if (name === 'clipped') continue;
    const mean = tally.mean(name) ?? 0;
    if (name.startsWith('rewards/')) {
      metrics[`${name}/mean`] = mean;
      metrics[`${name}/std`] = tally.std(name) ?? 0;
    } else {
      metrics[name] = mean;
    }
  }
  return metrics;
}
