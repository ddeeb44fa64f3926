// Settings of the reward, the replay buffer and the collapse guard.

import { HEAD_TABLE } from '../../terms/heads.ts';
import { bool, float, group, int, oneOf, share } from '../spec.ts';

const COSMO = 'COSMO-RL (arXiv 2510.04196)';
const SAFE_RLHF = 'Safe RLHF (arXiv 2310.12773)';
const SAFEWORK = 'SafeWork-R1 (arXiv 2507.18576)';
const HELPED = HEAD_TABLE.helpful.labels.map((label) => `\`${label}\``);
const TOTAL = 'R = w_format R_format + w_visual R_visual + w_helpful R_helpful + w_task R_task';

export const rewardGroup = group('Reward', 'The four terms and how they add up.', {
  recipe: oneOf('Recipe', ['safework', 'gated'], 'gated', {
    help: 'How the terms combine: `safework` adds them up, as the SafeWork-R1 code does. `gated` counts the task and helpful terms only where the format holds, so that an empty thought earns nothing.',
    formula: 'safework: R = sum of w * term; gated: R_helpful and R_task become 0 where R_format = 0',
    source: `${SAFEWORK}; \`gated\` is ours`,
  }),
  w_format: float('Format weight', 1, [0, 10], {
    help: 'Weight of the format term: 1 for a thought, an answer and an end, else 0. Too high a weight makes any well-formed response good enough.',
    formula: TOTAL,
    source: COSMO,
  }),
  w_visual: float('Visual-focus weight', 0.5, [0, 10], {
    help: 'Weight of the visual-focus term, which applies to prompts with a picture. It rewards thoughts that speak of what is in it.',
    formula: TOTAL,
    source: COSMO,
  }),
  w_helpful: float('Helpful weight', 1, [0, 10], {
    help: `Weight of the helpful term, which applies to harmless prompts of the labels ${HELPED.slice(0, -1).join(', ')} and ${HELPED.at(-1)}. It pulls against refusing everything.`,
    formula: TOTAL,
    source: COSMO,
  }),
  w_task: float('Task weight', 1, [0, 10], {
    help: 'Weight of the task-aware term: safety, value, knowledge or a rule check, as the label of the prompt says. At 0 nothing but form, helpfulness and visual words is trained.',
    formula: TOTAL,
    source: COSMO,
  }),
  score_mode: oneOf('Head scores', ['hard', 'soft'], 'hard', {
    help: 'Whether a head gives the score of its likeliest verdict or the expected score over its verdicts. Soft scores spread groups more and are easier to exploit.',
    formula:
      'hard: score of the verdict with the largest p; soft: sum over verdicts of p * score; safety scores: refusal 0.1, warning 1, no risk 1, unsafe 0, unnecessary refusal 0, illogical 0.01',
    source: SAFEWORK,
  }),
  safety_judge: oneOf('Safety judge', ['head', 'keywords'], 'head', {
    help: 'Who gives the safety verdict: the trained head, or a transparent rule on words of request and answer. The rule sees neither the picture nor the sense of a word, which shows what the head is good for.',
    formula: 'keywords: a risky word in the request, a refusing or warning word in the answer',
  }),
  visual_focus: oneOf('Visual focus', ['grounded', 'dependency', 'attention', 'off'], 'grounded', {
    help: 'How visual focus is measured: true visual words in the thought, dependence on the picture, or attention to it. The paper names the term and publishes no formula, so each of these is ours.',
    formula:
      'grounded: F1 of the visual words of the thought against those true of the picture; dependency: 1 - exp(-KL), KL(real picture || blank picture) over the vocabulary, mean over tokens; attention: a / (1 + a), a = attention on the picture relative to uniform',
    source: `${COSMO}; the formulas are ours`,
  }),
  judge_thought: bool('Judge the thought too', false, {
    help: 'Multiplies the verdict on the thought into the verdict on the answer. Without it, harm inside the thought goes unpunished.',
    formula: 'R_task = score(answer) * score(thought)',
    source: SAFEWORK,
  }),
  aggregation: oneOf(
    'Several objectives',
    ['sum_then_normalize', 'normalize_then_sum'],
    'sum_then_normalize',
    {
      help: 'Whether terms are weighted and summed before the group is normalised, or each is normalised in its group first. Normalising first gives small terms the same say as large ones; it is GDPO in the GRPO family with `scale_rewards` batch, and under the default loss only a relative of it.',
      formula:
        'sum first: A from R = sum of w * term; normalise first: R = sum of w * (term - mean) / std, mean and std over the group',
      source: COSMO,
    },
  ),
  safety_cost: bool('Safety as a cost', false, {
    help: 'Takes the penalty for unsafe answers out of the reward and makes it a cost under a limit, weighed by a Lagrange multiplier. An unsafe answer to a harmful request then earns what a warning earns, and costs 1; losses with a value head cannot do it.',
    formula:
      "A = (A(R') - lambda A(C)) / (1 + lambda), R' = R + w_task C; C: 1 where the Safety head's verdict on a well-formed answer is unsafe (soft: its p)",
    source: SAFE_RLHF,
  }),
  cost_limit: share('Cost limit', 0.05, {
    help: 'Mean cost of the answers to harmful requests and attacks that is allowed. Above it the multiplier rises, below it falls; it has no effect unless safety is a cost.',
    formula: 'mean C <= limit',
    source: `${SAFE_RLHF}; the value is ours`,
  }),
  cost_rate: float('Multiplier rate', 0.1, [0, 100], {
    help: 'How far the multiplier moves in an iteration, per unit of mean cost above the limit. At 0 it stays what it is at the start, which is a plain penalty.',
    formula: 'lambda <- max(0, lambda + rate (mean C - limit))',
    source: `${SAFE_RLHF}, which steps ln lambda`,
  }),
  cost_start: float('Multiplier at the start', 1, [0, 1000], {
    help: 'The multiplier before the first iteration of RL. At 1 reward and cost weigh the same.',
    formula: 'lambda of iteration 0',
    source: SAFE_RLHF,
  }),
});

export const replayGroup = group('Replay', 'Reuse of stored rollouts (our extension of CPGD).', {
  replay: oneOf('Replay', ['none', 'recent', 'ssr', 'group_heap'], 'none', {
    help: 'Which stored samples join a batch: none, the most recent, those drawn by |advantage| (`ssr`), or groups that replace equal ones (`group_heap`). Replayed samples get the truncated ratio of new to stored probability as weight.',
    formula:
      'ssr: p proportional to the largest |A| of the group, which is nearly uniform where A is divided by the std; group_heap: p proportional to sum |A| * std; weight = clip(sg(p / p_old), 1 - eps, 1 + eps)',
    source: 'VL-Rethinker, SSR (arXiv 2504.08837); the weight is ours',
  }),
  replay_fraction: float('Replayed share', 0.25, [0, 0.9], {
    help: 'Share of a batch that comes from the replay buffer, before groups without a signal are left out. It has no effect while replay is `none`, and `group_heap` replaces exactly the groups without a signal.',
    formula: 'replayed groups = prompts * share / (1 - share)',
  }),
  replay_staleness: int('Staleness limit', 8, [1, 1000], {
    unit: 'policy versions',
    help: 'Samples of policies older than this many versions (updates, one an iteration) are not replayed. Older samples need larger corrections, which the truncation cuts off.',
    formula: 'policy version now - version of the sample <= limit',
  }),
});

export const guardGroup = group('Guard', 'When a run counts as collapsed.', {
  guard_max_kl: float('Largest divergence', 20, [0, 1000], {
    aboveMin: true,
    log: true,
    unit: 'nats',
    help: 'A mean divergence from the reference policy above this counts as collapse. The run then stops and offers its best checkpoint.',
    formula: 'mean over tokens of the sum over the vocabulary of p (log p - log p_ref) > limit',
  }),
  guard_min_entropy: float('Smallest entropy', 0.001, [0, 10], {
    unit: 'nats',
    help: 'A mean token entropy below this counts as collapse. At 0 the entropy is not watched.',
    formula: 'mean over tokens of -sum of p log p < limit',
  }),
  guard_patience: int('Patience', 5, [1, 1000], {
    unit: 'iterations',
    help: 'How many iterations in a row must count as collapse before the run stops. A single bad iteration is common and passes.',
  }),
});
