// The one map from names in the test vectors to rows of our tables: loss keys, advantage keys, their options.

import type { AdvantageKey, AdvantageOptions } from '../advantages/index.ts';
import {
  IMPORTANCE_SAMPLING_LEVELS,
  LOSS_AGG_MODES,
  type LossKey,
  type LossOptions,
} from '../losses/index.ts';

/** The `config` of one loss in a vector file. */
export type VectorConfig = Readonly<Record<string, unknown>>;

type LossMapping = { loss: LossKey; options: Partial<LossOptions> };

export type AdvantageMapping = {
  advantage: AdvantageKey;
  options?: Partial<AdvantageOptions>;
  /** What stands in for the total rewards: terms normalised in their group and summed, or RLOO's own advantages. */
  rewards?: 'normalized_terms' | 'rloo';
};

/** Losses of the files that this project does not offer. */
export const SKIPPED_LOSSES: ReadonlySet<string> = new Set(['sapo', 'luspo', 'vespo', 'prime_rl_default']);

/** Rows of our table by the pattern of the vectors' key, with what the key alone says; the config says the rest. */
const LOSS_PATTERNS: readonly (readonly [RegExp, LossKey, Partial<LossOptions>])[] = [
  [/^reinforce$/, 'reinforce', {}],
  [/^reinforce_token_mean$/, 'reinforce', { lossAggMode: 'token-mean' }],
  [/^reinforce_group_baseline$/, 'pg', {}],
  [/^reinforce_pp_/, 'reinforce_plus_plus', {}],
  [/^ppo_gae_/, 'ppo', {}],
  [/^rloo_trl(_normalized)?$/, 'rloo', {}],
  [/^rloo_verl$/, 'rloo', { importanceSamplingLevel: 'token', lossAggMode: 'token-mean' }],
  [
    /^grpo(_beta[\d.]+(_bias_corrected_kl)?|_delta[\d.]+|_no_clip|_dual_clip[\d.]*|_policy_drift)?$/,
    'grpo',
    {},
  ],
  [/^bnpo$/, 'bnpo', {}],
  [/^dr_grpo$/, 'dr_grpo', {}],
  [/^dapo$/, 'dapo', {}],
  [/^cispo_trl/, 'cispo', { cispoBounds: 'cap' }],
  [/^cispo_verl$/, 'cispo', { cispoBounds: 'band' }],
  [/^gspo(_eps[\d.e-]+)?$/, 'gspo', {}],
  [/^gmpo(_eps[\d.]+)?$/, 'gmpo', {}],
  [/^cpgd_prompt_token_mean$/, 'cpgd', { lossAggMode: 'prompt-token-mean' }],
  [/^cpgd_seq_mean_token_mean$/, 'cpgd', { lossAggMode: 'seq-mean-token-mean' }],
  [/^cpgd_paper_value$/, 'cpgd', { lossAggMode: 'prompt-token-mean', cpgdValue: 'log-ratio' }],
  [/^cpgd_tight_to_loose/, 'cpgd', { tightToLooseLambda: 0.5 }],
  [/^cpgd(_token_mean|_alpha[\d.]+(_c[\d.]+)?|_equal_weight|_clip_filter_weight|_std_weight)?$/, 'cpgd', {}],
  [/^cpg(_ref_k3_safework)?$/, 'cpg', {}],
  [/^pgd$/, 'pgd', {}],
  [/^pg$/, 'pg', {}],
];

/** Our loss and options for a loss of the vectors; null where the name is not known. */
export function mapLoss(key: string, config: VectorConfig): LossMapping | null {
  const found = LOSS_PATTERNS.find(([pattern]) => pattern.test(key));
  return found ? { loss: found[1], options: { ...found[2], ...optionsOf(config) } } : null;
}

/** The config's entries in our names. Entries that say nothing about the loss itself are passed over. */
function optionsOf(config: VectorConfig): Partial<LossOptions> {
  const [first, second] = Array.isArray(config.clip) ? config.clip : [];
  const low = numberOf(config.epsilon ?? config.eps_clip ?? config.clip_ratio_low ?? first);
  const high = numberOf(config.epsilon_high ?? config.clip_ratio_high ?? second);
  // 'lambda*eps+(1-lambda)*eps*i/|y|, lambda=.5, eps=.2, i 1-based'
  const range = typeof config.eps === 'string' ? config.eps : '';
  return given({
    epsilon: low ?? assignedIn(range, 'eps'),
    // A single epsilon is symmetric, whatever the loss's own default above 1 is.
    epsilonHigh: high ?? (low === undefined ? undefined : null),
    tightToLooseLambda: assignedIn(range, 'lambda'),
    policyDriftCoef: numberOf(config.policy_drift_coef),
    policyDriftClipEps: numberOf(config.policy_drift_clip_eps),
    beta: numberOf(config.beta ?? config.init_kl_coef),
    delta: numberOf(config.delta),
    dualClip: numberOf(config.dual_clip),
    maxCompletionLength: numberOf(config.max_completion_length),
    itemsInBatch: numberOf(config.num_items_in_batch),
    klBiasCorrection: config.use_bias_correction_kl === true ? true : undefined,
    importanceSamplingLevel: oneOf(
      IMPORTANCE_SAMPLING_LEVELS,
      config.importance_sampling_level ?? config.level,
    ),
    lossAggMode: oneOf(LOSS_AGG_MODES, String(config.agg ?? config.loss_agg_mode).replaceAll('_', '-')),
  });
}

function oneOf<Choice>(choices: readonly Choice[], value: unknown): Choice | undefined {
  return choices.find((choice) => choice === value);
}

/** A number, or 'inf'; anything else is undefined. */
function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value === 'inf' ? Number.POSITIVE_INFINITY : undefined;
}

/** The number after `name=` in a text. */
function assignedIn(text: string, name: string): number | undefined {
  const match = new RegExp(`(?:^|[^\\w])${name}\\s*=\\s*([\\d.]+)`).exec(text);
  return match ? Number(match[1]) : undefined;
}

/** The entries that are defined. */
function given<T extends object>(entries: T): Partial<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/**
 * Our estimator and options for an advantage of the vectors; null where the name is not known.
 *
 * All run through estimators that train, with the reference's own epsilon. No setting gives `rloo_normalized_trl`,
 * `reinforce_pp_verl` (training whitens as OpenRLHF does) and `reinforce_pp_baseline_verl`: they are our parts put together.
 * GDPO is `aggregation` normalize_then_sum with `scale_rewards` batch, but for TRL's epsilon (see `normalizedSum`).
 * @param configs the configs of the losses that use it: `kl_in_reward`, `gamma`, `lam` and `c_omega` stand there.
 */
export function mapAdvantage(key: string, configs: readonly VectorConfig[]): AdvantageMapping | null {
  const setting = (name: string): number | undefined =>
    configs.map((config) => numberOf(config[name])).find((value) => value !== undefined);
  const klInReward = { klCoef: setting('kl_in_reward') ?? 0.02, gamma: setting('gamma') ?? 1 };
  const known: Record<string, AdvantageMapping> = {
    raw: { advantage: 'raw' },
    group_mean: { advantage: 'group_mean' },
    scale_rewards_batch_trl: { advantage: 'group', options: { scaleRewards: 'batch' } },
    rloo: { advantage: 'rloo' },
    rloo_normalized_trl: { advantage: 'group', options: { scaleRewards: 'batch' }, rewards: 'rloo' },
    gdpo_normalize_then_sum_trl: {
      advantage: 'group',
      options: { scaleRewards: 'batch' },
      rewards: 'normalized_terms',
    },
    cpgd_equal: { advantage: 'cpgd', options: { weight: 'equal' } },
    cpgd_std: { advantage: 'cpgd', options: { weight: 'std' } },
    cpgd_clip_filter: {
      advantage: 'cpgd',
      options: { weight: 'clip_filter', clipFilterMax: setting('c_omega') },
    },
    reinforce_pp_verl: { advantage: 'reinforce_plus_plus', options: { ...klInReward, whiten: 'unbiased' } },
    reinforce_pp_openrlhf: { advantage: 'reinforce_plus_plus', options: { ...klInReward, whiten: 'biased' } },
    reinforce_pp_baseline_verl: { advantage: 'group_mean', options: { whiten: 'unbiased' } },
    gae_verl_whitened: {
      advantage: 'gae',
      options: { gamma: setting('gamma'), lambda: setting('lam') },
    },
  };
  const epsilon = /^group_norm_eps1e_(\d+)_/.exec(key);
  if (epsilon) return { advantage: 'group', options: { epsilon: 10 ** -Number(epsilon[1]) } };
  return Object.hasOwn(known, key) ? known[key] : null;
}
