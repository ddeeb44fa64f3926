// Metrics of a rollout: reward, terms overall and per label, lengths, refusal rates, gold reward.

import { mean, standardDeviation } from '../base/numbers.ts';
import type { Settings } from '../config/index.ts';
import { completionMetrics, rewardMetrics } from '../losses/index.ts';
import { termIsMeasured } from '../rewards/index.ts';
import { TERMS } from '../terms/rewardTerms.ts';
import { EOS } from '../world/vocabulary.ts';
import type { Group } from './rollout.ts';

/**
 * Reward, terms (overall and per label, over the samples that a term applies to), lengths, refusal rates and gold reward of a
 * rollout. `entropy/rollout` is the mean of -log p over its own tokens, an unbiased estimate that needs no update. Totals normalised
 * in their group have mean 0: `reward_weighted_sum` is then what compares with `gold_reward`. Every deviation is divided by n - 1.
 */
export function rewardMetricsOf(groups: readonly Group[], settings: Settings): { [name: string]: number } {
  const observed = new Map<string, number[]>();
  const add = (name: string, value: number) => {
    const values = observed.get(name);
    if (values) values.push(value);
    else observed.set(name, [value]);
  };
  for (const { prompt, samples } of groups) {
    for (const sample of samples) {
      add('gold_reward', sample.gold);
      for (const term of TERMS) {
        if (!termIsMeasured(term, prompt.label, prompt.scene !== null, settings)) continue;
        add(`rewards/${term}`, sample.terms[term]);
        add(`rewards/${term}/${prompt.label}`, sample.terms[term]);
      }
      if (settings.overlong_penalty > 0) add('rewards/overlong', sample.terms.overlong);
      if (settings.aggregation === 'normalize_then_sum')
        add('reward_weighted_sum', sample.terms.weighted_sum);
      add(`reward/${prompt.label}`, sample.terms.total);
      add(`refusal_rate/${prompt.harmful ? 'harmful' : 'benign'}`, sample.judgement.refusal ? 1 : 0);
      add('format_rate', sample.judgement.format ? 1 : 0);
      for (const logp of sample.oldLogp) add('entropy/rollout', -logp);
    }
  }
  const responses = groups.flatMap(({ samples }) => samples.map(({ response }) => response));
  const metrics: { [name: string]: number } = {
    ...rewardMetrics(groups.map(({ samples }) => samples.map(({ terms }) => terms.total))),
    ...completionMetrics(
      responses.map(({ length }) => length),
      responses.map((response) => response[response.length - 1] !== EOS),
    ),
  };
  for (const [name, values] of observed) {
    if (name.startsWith('rewards/')) {
      metrics[`${name}/mean`] = mean(values);
      metrics[`${name}/std`] = standardDeviation(values);
    } else {
      metrics[name] = mean(values);
    }
  }
  return metrics;
}
