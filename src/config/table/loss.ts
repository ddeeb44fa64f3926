// Settings of the policy update: the loss, its clip, drift, reference and advantage terms.

import { LOSS_KEYS, LOSSES } from '../../losses/index.ts';
import { bool, float, group, int, oneOf, share } from '../spec.ts';

const CPGD = 'CPGD (arXiv 2505.12504)';
const GRPO = 'GRPO (arXiv 2402.03300)';
const PPO = 'PPO (arXiv 1707.06347)';

export const lossGroup = group('Policy update', 'The loss that turns advantages into a step of the policy.', {
  loss_type: oneOf('Loss', LOSS_KEYS, 'cpgd', {
    notes: Object.fromEntries(
      Object.entries(LOSSES).map(([key, { name, description, source }]) => [
        key,
        `${name}. ${description} ${source}.`,
      ]),
    ),
    help: 'The policy loss: CPGD of the paper, its parts (`cpg` has no drift, `pgd` no clip, `pg` neither), or a baseline. Choosing one sets clip range and reward scaling to its own; a preset of the same name also sets the rest of its paper.',
    formula:
      'CPGD, with eps the clip: A > 0: -A min(log p, log p_old + ln(1 + eps)); A < 0: -A max(log p, log p_old + ln(1 - eps)); both + alpha min(sg(r) - 1, c) log p',
    source: CPGD,
  }),
  clip: bool('Clip', true, {
    help: 'Whether the loss clips the ratio of new to old probability at all. Without it the two bounds below have no effect on the loss.',
  }),
  epsilon: float('Clip, lower', 0.2, [0, 10], {
    help: 'How far the ratio of new to old probability may fall below 1 before a token with a negative advantage earns nothing more. Choosing a loss sets it to the value of that loss; `gmpo` reads it in log space.',
    formula: 'r >= 1 - epsilon',
    source: PPO,
  }),
  epsilon_high: float('Clip, upper', 0.2, [0, 10], {
    help: 'How far the ratio of new to old probability may rise above 1 before a token with a positive advantage earns nothing more. Choosing a loss sets it to the value of that loss: DAPO has it higher than the lower clip, so that rare tokens can grow.',
    formula: 'r <= 1 + epsilon_high; cispo, above 1: r <= epsilon_high',
    source: 'DAPO (arXiv 2503.14476)',
  }),
  policy_drift: oneOf('Policy drift', ['auto', 'on', 'off'], 'auto', {
    help: 'Whether the policy drift is added to the loss. `auto` adds it where the loss has it by definition (CPGD and PGD); `on` tries it on the losses with a ratio (GRPO, PPO and others) too.',
    formula: 'loss + alpha min(sg(r) - 1, c) log p, with r = p / p_old',
    source: CPGD,
  }),
  policy_drift_coef: float('Drift coefficient', 0.01, [0, 100], {
    help: 'Weight of the policy drift of CPGD, alpha, which pulls the policy back to the one that sampled. At 0 `cpgd` becomes `cpg`.',
    formula: 'alpha min(sg(r) - 1, c) log p',
    source: CPGD,
  }),
  policy_drift_clip_eps: float('Drift cap', 2, [0, 100], {
    help: 'Cap c on the gradient weight of the policy drift. It keeps a single token with a huge ratio from ruling the step.',
    formula: 'alpha min(sg(r) - 1, c) log p',
    source: CPGD,
  }),
  exact_drift_every: int('Measure the drift every', 5, [1, 100000], {
    unit: 'iterations',
    help: 'The exact drift, a metric that costs a forward pass after the update, is measured in the first iteration of a stage and in every so-manyth after it; the others have no value. The guard reads the exact KL to the reference, which every iteration measures.',
  }),
  beta: float('Reference coefficient', 0, [0, 10], {
    help: 'Weight of the k3 estimate of the divergence from the reference policy, the one at the start of the stage. The CPGD paper uses 0, the released SafeWork-R1 code 0.001; REINFORCE++ has it in the reward of each token instead of the loss.',
    formula: 'loss + beta k3, k3 = exp(ref - log p) - (ref - log p) - 1',
    source: GRPO,
  }),
  delta: float('Two-sided clip', 0, [0, 100], {
    help: 'Upper bound on the ratio where the advantage is negative, in the GRPO family. 0 turns it off.',
    formula: 'min(r, delta) A',
    source: 'INTELLECT-2 (arXiv 2505.07291)',
  }),
  dual_clip: float('Dual clip', 0, [0, 100], {
    help: 'Lower bound on the PPO objective where the advantage is negative; 3 is usual. 0 turns it off.',
    formula: 'A < 0: max(min(r A, clip(r) A), c A)',
    source: 'Ye et al. (arXiv 1912.09729)',
  }),
  advantage_weight: oneOf('Group weight', ['equal', 'std', 'clip_filter', 'unprocessed'], 'std', {
    help: 'Weight w(x) of a group in the CPGD family: 1, one over the unbiased standard deviation, or a weight that makes up for equal groups; in a group of equal rewards the advantage is exactly 0 under these. Or the rewards unprocessed, without a baseline.',
    formula:
      'A = w(x) (R - mean R); clip_filter: w = min(3, groups sampled / groups sampled with spread); unprocessed: A = R',
    source: CPGD,
  }),
  scale_rewards: oneOf('Reward scaling', ['group', 'batch', 'none'], 'group', {
    help: 'What the centred rewards of the GRPO family are divided by: the standard deviation of their group, that of the batch, or nothing. Choosing `dr_grpo` sets it to nothing, since a division favours questions that are very easy or very hard.',
    formula: 'A = (R - mean R) / s; s: std of the group, std of the batch, or 1',
    source: 'Dr. GRPO (arXiv 2503.20783)',
  }),
  importance_sampling_level: oneOf('Ratio level', ['auto', 'token', 'sequence'], 'auto', {
    help: 'Whether each token has its own ratio or the whole response has one. GSPO takes one per response.',
    formula: 'sequence: r = exp(mean over tokens of log p - old)',
    source: 'GSPO (arXiv 2507.18071)',
  }),
  loss_agg_mode: oneOf(
    'Aggregation',
    ['auto', 'token-mean', 'seq-mean-token-mean', 'prompt-token-mean'],
    'auto',
    {
      help: 'How the losses of tokens become one number: over all tokens, first within each response, or first within the tokens of each prompt. It decides how much a long response counts; `auto` is what the loss itself uses (CPGD: token-mean).',
      formula:
        'token-mean: sum over all tokens / tokens; seq-mean-token-mean: mean over responses of their token means; prompt-token-mean: mean over prompts of theirs',
      source: CPGD,
    },
  ),
  tight_to_loose: share('Tight to loose', 0, {
    help: 'Narrows the clip for early tokens and widens it along the response. This is lambda, the share that does not depend on the position: 0.01 is strongest, 1 the same clip everywhere, and 0 turns it off.',
    formula: 'eps_i = lambda eps + (1 - lambda) eps i / |y|',
    source: CPGD,
  }),
  entropy_coef: float('Entropy bonus', 0, [-1, 1], {
    help: 'Weight of the mean token entropy in the objective. Positive values keep the policy exploring.',
    formula: 'loss - coefficient * mean entropy',
    source: 'Williams and Peng (1991)',
  }),
  gamma: share('Discount', 1, {
    help: 'Discount per token of the losses that estimate returns, PPO and REINFORCE++. 1 counts all tokens of a response alike.',
    formula: 'R_t = sum over k of gamma^k r_(t+k)',
    source: PPO,
  }),
  gae_lambda: share('GAE lambda', 0.95, {
    help: 'Trade between bias and variance of the PPO advantage. 1 trusts the rewards alone, 0 trusts the value head alone.',
    formula: 'A_t = delta_t + gamma lambda A_(t+1)',
    source: 'GAE (arXiv 1506.02438)',
  }),
  value_clip: float('Value clip', 0.2, [0, 100], {
    help: 'How far the PPO value head may move from its old value in one rollout. A very large one turns it off.',
    formula: '0.5 max((v - R)^2, (clip(v) - R)^2)',
    source: PPO,
  }),
  value_coef: float('Value coefficient', 0.5, [0, 100], {
    help: 'Weight of the loss of the value head beside the PPO policy loss. It has no effect on losses without a value head.',
    formula: 'loss + coefficient * value loss',
    source: PPO,
  }),
  preference_beta: float('Preference beta', 0.1, [0, 10], {
    help: 'How much DPO lets a pair count by its margin over the reference, per nat of the whole response. Smaller values let the policy move further from the reference before a pair is settled; it has no effect on the other losses.',
    formula: '-log sigma(beta (d_chosen - d_rejected)), d = sum over tokens of log p - log p_ref',
    source: 'DPO (arXiv 2305.18290)',
  }),
  dynamic_sampling: bool('Dynamic sampling', false, {
    help: 'Samples further prompts until the batch is full of groups with spread. It costs rollouts and keeps the step size of the update even.',
    formula: 'a group is drawn anew while max R_task = min R_task',
    source: 'DAPO (arXiv 2503.14476)',
  }),
  overlong_penalty: share('Overlong penalty', 0, {
    help: 'Largest amount taken from the reward of responses near the length limit. It grows over the last stretch before the limit.',
    formula: 'R - penalty * max(0, length - (limit - s)) / s, with s = stretch * limit',
    source: 'DAPO (arXiv 2503.14476)',
  }),
  overlong_stretch: float('Overlong stretch', 0.2, [0, 1], {
    aboveMin: true,
    help: 'Share of the length limit over which the overlong penalty grows to its full amount. It has no effect without a penalty; DAPO takes 4096 of 20480 tokens.',
    formula: 's = stretch * limit',
    source: 'DAPO (arXiv 2503.14476)',
  }),
});
