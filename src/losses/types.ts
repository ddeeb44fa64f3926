// The types of a token loss: what goes in, what comes out, and what every loss in the table declares.

/** A flat array of floats; shapes stand in the comment of each field, row-major. */
export type Floats = Float64Array | Float32Array;

/**
 * What the importance ratio is taken over: each token; the sequence, length-normalised (GSPO); or the whole
 * sequence's probability (`sequence-sum`, RLOO).
 */
export const IMPORTANCE_SAMPLING_LEVELS = ['token', 'sequence', 'sequence-sum'] as const;
export type ImportanceSamplingLevel = (typeof IMPORTANCE_SAMPLING_LEVELS)[number];

/**
 * How per-token losses become one number:
 * `token-mean` sum over all tokens / number of tokens; `seq-mean-token-mean` mean of per-sequence means;
 * `prompt-token-mean` mean over prompts of the token mean inside a prompt's group (CPGD Eq. 2);
 * `seq-mean-token-sum` mean of per-sequence sums; `fixed-length` sum / (batch x maxCompletionLength) (Dr. GRPO).
 */
export const LOSS_AGG_MODES = [
  'token-mean',
  'seq-mean-token-mean',
  'prompt-token-mean',
  'seq-mean-token-sum',
  'fixed-length',
] as const;
export type LossAggMode = (typeof LOSS_AGG_MODES)[number];

/** One batch of completions. B = batch, T = time; row b belongs to prompt floor(b / groupSize). */
export type TokenLossInput = {
  batch: number;
  time: number;
  /** Completions per prompt, G. */
  groupSize: number;
  /** Log-prob of each sampled token under the policy being trained, nats, [B*T]. */
  logp: Floats;
  /** The same under the behaviour policy that sampled it, [B*T]. */
  oldLogp: Floats;
  /** The same under the frozen reference policy, [B*T]; needed only where `beta` is not 0. */
  refLogp: Floats | null;
  /** Advantage per token, [B*T]; a sequence's advantage is broadcast over its tokens. */
  advantage: Floats;
  /** 1 for a valid completion token, 0 for padding, [B*T]. Padded positions are never read. */
  mask: ArrayLike<number>;
  /**
   * Constant factor on each token's policy term, [B*T] (see `replayWeights`); absent or null: 1.
   * Policy drift and reference KL are not weighted.
   */
  sampleWeight?: Floats | null;
};

/** The knobs of all losses; each loss honours those its definition names in `knobs`. */
export type LossOptions = {
  /** Clip range below 1 of the ratio (above too, unless `epsilonHigh` is set). GMPO: in log space. */
  epsilon: number;
  /** Clip range above 1; null: the same as `epsilon`. CISPO with bounds `cap`: the largest ratio itself. */
  epsilonHigh: number | null;
  /** Coefficient alpha of the policy drift (CPGD); 0 switches it off. */
  policyDriftCoef: number;
  /** Largest gradient weight c of the policy drift. */
  policyDriftClipEps: number;
  /** Coefficient of the k3 KL to the reference policy; 0 switches it off. */
  beta: number;
  /** Multiply the reference k3 by the importance ratio (TRL `use_bias_correction_kl`). */
  klBiasCorrection: boolean;
  /** Upper bound of the unclipped ratio (TRL two-sided clip, INTELLECT-2); null: none. */
  delta: number | null;
  /** Dual clip: for A < 0 the loss never exceeds -A times this; null: none. */
  dualClip: number | null;
  importanceSamplingLevel: ImportanceSamplingLevel;
  lossAggMode: LossAggMode;
  /** Denominator per sequence of `fixed-length`, tokens. */
  maxCompletionLength: number;
  /** Denominator of `token-mean`; null: the number of valid tokens given (set it when a batch comes in parts). */
  itemsInBatch: number | null;
  /** lambda of CPGD's tight-to-loose clip range; null: one range for all positions. */
  tightToLooseLambda: number | null;
  /** Value that CPGD reports: with the clamped log-prob (as the public code) or log-ratio (as the paper). */
  cpgdValue: 'log-prob' | 'log-ratio';
  /** CISPO weight bounds: `cap` is [0, epsilonHigh] (TRL); `band` is [1 - epsilon, 1 + epsilonHigh] (verl). */
  cispoBounds: 'cap' | 'band';
  /** beta of DPO: how much a margin over the reference counts, per nat. */
  preferenceBeta: number;
};

export type LossOptionName = keyof LossOptions;

/** Numbers worth a chart, over valid tokens. */
export type TokenLossMetrics = {
  /** The aggregated drift surrogate, before its coefficient; no KL. */
  policyDrift: number;
  /** Share of tokens with A < 0 whose ratio is below the clip range. */
  clipLow: number;
  /** Share of tokens with A > 0 whose ratio is above the clip range. */
  clipHigh: number;
  /** Largest ratio of a token, also where the loss takes it over the sequence. */
  ratioMax: number;
};

/** The parts that a loss is a sum of. */
export const LOSS_PARTS = ['objective', 'drift', 'kl'] as const;
export type LossPart = (typeof LOSS_PARTS)[number];

/** What one part adds at each token, [B*T]; 0 on padding. */
export type PartShares = {
  /** Shares in the loss: over all parts and tokens they sum to it. */
  loss: Float64Array;
  /** Shares in `gradLogp`: over the parts they sum to it. */
  gradLogp: Float64Array;
};

/** How the loss comes about at each token; all arrays are [B*T]. */
export type TokenBreakdown = { readonly [part in LossPart]: PartShares } & {
  /** Weight of the token in the mean. */
  weights: Float64Array;
  /** Log-ratio that the policy term is a function of, nats. */
  logRatios: Float64Array;
  /** The policy term's value, before its weight. */
  values: Float64Array;
  /** Its clip range, in the unit of its formula; NaN where it has none. */
  low: Float64Array;
  high: Float64Array;
  /** -1 where the ratio left the clip range below with A < 0, 1 above with A > 0, else 0. */
  clipped: Int8Array;
};

export type TokenLossResult = {
  /** To be minimised. */
  loss: number;
  /** dLoss/dlogp per token, [B*T]; stop-gradient factors are constants; 0 on padding. */
  gradLogp: Float64Array;
  metrics: TokenLossMetrics;
  breakdown: TokenBreakdown;
};

/** A loss on a batch; every option has a value. */
export type LossFunction = (input: TokenLossInput, options: LossOptions) => TokenLossResult;

/** One row of the table of losses. */
export type LossDefinition = {
  /** The name that the field uses. */
  name: string;
  /** One sentence for the reference of settings. */
  description: string;
  /** Paper and equation, or the public code whose convention is followed. */
  source: string;
  /** Key of `ADVANTAGES` this loss is usually trained with. */
  advantage: string;
  /** Whether the policy term holds an importance ratio, which corrects off-policy samples by itself. */
  usesRatio: boolean;
  /** The policy term of one token in the symbols of `formula.ts`, under these options. */
  formula: (options: LossOptions) => string;
  /** Where `beta` puts the KL to the reference: into the loss (k3), or into the reward of each token (k1). */
  klIn: 'loss' | 'reward';
  /** What its advantage divides rewards by, where the estimator has the choice. */
  scaleRewards: 'group' | 'none';
  /** Whether the policy carries a value head that is trained beside it. */
  needsValueHead: boolean;
  /** Whose responses it trains on: those of the policy as it stands, or (offline) those of the policy at the start of the stage. */
  samplesFrom: 'policy' | 'reference';
  /** The options this loss reads; the others stay at their defaults. */
  knobs: readonly LossOptionName[];
  defaults: LossOptions;
  compute: LossFunction;
};

/** Options under which every extra term is off; a loss's defaults are these with a few replaced. */
const NEUTRAL_OPTIONS: LossOptions = {
  epsilon: 0.2,
  epsilonHigh: null,
  policyDriftCoef: 0,
  policyDriftClipEps: 2,
  beta: 0,
  klBiasCorrection: false,
  delta: null,
  dualClip: null,
  importanceSamplingLevel: 'token',
  lossAggMode: 'token-mean',
  maxCompletionLength: 16,
  itemsInBatch: null,
  tightToLooseLambda: null,
  cpgdValue: 'log-prob',
  cispoBounds: 'cap',
  preferenceBeta: 0.1,
};

/** Knobs that every loss honours, whatever its policy term. */
const COMMON_KNOBS: readonly LossOptionName[] = [
  'lossAggMode',
  'maxCompletionLength',
  'itemsInBatch',
  'beta',
  'klBiasCorrection',
];

/** Knobs of the policy drift. */
export const DRIFT_KNOBS = [
  'policyDriftCoef',
  'policyDriftClipEps',
] as const satisfies readonly LossOptionName[];

/** What the file of a loss says of itself, beside its policy term. */
export type LossFacts = Pick<LossDefinition, 'name' | 'description' | 'source' | 'advantage'> &
  Partial<Pick<LossDefinition, 'klIn' | 'scaleRewards' | 'needsValueHead' | 'samplesFrom'>> & {
    defaults?: Partial<LossOptions>;
  };

/** A loss from its facts and its policy term; what the facts leave out is neutral. */
export function defineLoss(
  facts: LossFacts & Pick<LossDefinition, 'usesRatio' | 'formula' | 'knobs' | 'compute'>,
): LossDefinition {
  return {
    klIn: 'loss',
    scaleRewards: 'group',
    needsValueHead: false,
    samplesFrom: 'policy',
    ...facts,
    knobs: [...facts.knobs, ...COMMON_KNOBS],
    defaults: { ...NEUTRAL_OPTIONS, ...facts.defaults },
  };
}
