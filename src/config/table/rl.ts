// Settings of the two RL stages: rollouts, steps, mixes and the optimiser.

import { bool, float, group, int, mix, share } from '../spec.ts';

const CPGD = 'CPGD (arXiv 2505.12504)';
const COSMO = 'COSMO-RL (arXiv 2510.04196)';
const SAFEWORK = 'SafeWork-R1 (arXiv 2507.18576)';

export const rlGroup = group('RL stages', 'Rollouts, optimiser and the two stages of the paper.', {
  prompts_per_step: int('Prompts per iteration', 16, [1, 1024], {
    unit: 'prompts',
    help: 'Prompts that each iteration samples responses to. SafeWork-R1 takes 128; fewer are faster and noisier.',
    formula: 'responses per iteration = prompts * group size',
    source: `${SAFEWORK}; the value is ours`,
  }),
  group_size: int('Group size', 8, [2, 64], {
    unit: 'responses',
    help: 'Responses sampled per prompt, G in the papers. Their mean reward is the baseline of the advantage.',
    formula: 'A = w(x) (R - mean of R over the group)',
    source: CPGD,
  }),
  minibatches: int('Minibatches', 4, [1, 64], {
    help: 'Optimiser steps per pass over a rollout. With one minibatch and one epoch the ratio is always 1: clip and drift do nothing, and most losses are the same.',
    formula: 'optimiser steps per iteration = minibatches * epochs',
    source: CPGD,
  }),
  epochs: int('Epochs', 1, [1, 8], {
    help: 'Passes over each rollout. More of them use samples better and move the policy further from the one that sampled them.',
    formula: 'optimiser steps per iteration = minibatches * epochs',
    source: CPGD,
  }),
  max_response_tokens: int('Longest response', 32, [8, 64], {
    unit: 'tokens',
    help: 'Responses are cut here and then count as malformed. Thought, answer and `<eos>` must fit in.',
  }),
  temperature: float('Temperature', 1, [0.1, 2], {
    help: 'Temperature at which rollouts are sampled and at which the policy is trained. Near the least value all responses of a group are the same, and nothing can be learnt.',
    formula: 'p(token) proportional to exp(logit / temperature)',
    source: SAFEWORK,
  }),
  top_k: int('Top-k', 0, [0, 256], {
    unit: 'tokens',
    help: 'Rollouts sample from the k likeliest tokens only. 0 turns it off.',
    formula: 'p(token) = 0 outside the k largest, the rest scaled to sum 1',
    source: 'Fan et al. (arXiv 1805.04833)',
  }),
  top_p: float('Top-p', 1, [0, 1], {
    aboveMin: true,
    help: 'Rollouts sample from the smallest set of tokens that holds this probability. 1 turns it off.',
    formula: 'the smallest set of the likeliest tokens with sum of p >= top_p',
    source: 'Holtzman et al. (arXiv 1904.09751)',
  }),
  stage1_steps: int('Stage 1 iterations', 80, [0, 100000], {
    unit: 'iterations',
    help: 'Iterations of the general stage: knowledge, rule-checked reasoning and instruction following. Each iteration is one rollout and its updates.',
    source: COSMO,
  }),
  stage2_steps: int('Stage 2 iterations', 150, [0, 100000], {
    unit: 'iterations',
    help: 'Iterations of the joint stage: safety, value and general tasks with jailbreaks among them. It starts from the weights of stage 1.',
    source: COSMO,
  }),
  stage1_learning_rate: float('Stage 1 learning rate', 2e-4, [0, 0.1], {
    aboveMin: true,
    log: true,
    help: 'Peak step size of AdamW in the general stage. SafeWork-R1 uses 1e-6 for models of 7 to 72 billion parameters.',
    source: `${SAFEWORK}; the value is ours`,
  }),
  stage2_learning_rate: float('Stage 2 learning rate', 2e-4, [0, 0.1], {
    aboveMin: true,
    log: true,
    help: 'Peak step size of AdamW in the joint stage. SafeWork-R1 uses 1e-6 for models of 7 to 72 billion parameters.',
    source: `${SAFEWORK}; the value is ours`,
  }),
  stage1_mix: mix(
    'Stage 1 task mix',
    { knowledge_rule: 4, knowledge: 2, general: 1, instruction: 3 },
    {
      help: 'Relative weights of the prompt labels in the general stage. The label decides which reward terms apply.',
      formula: 'p(label) = weight / sum of weights',
      source: `${COSMO}; the weights are ours`,
    },
  ),
  stage2_mix: mix(
    'Stage 2 task mix',
    {
      safety: 4,
      jailbreak: 3,
      value: 2,
      normal: 3,
      knowledge_rule: 2,
      knowledge: 1,
      general: 1,
      instruction: 2,
    },
    {
      help: 'Relative weights of the prompt labels in the joint stage. Benign and general prompts keep it from refusing everything and from forgetting.',
      formula: 'p(label) = weight / sum of weights',
      source: `${COSMO}; the weights are ours`,
    },
  ),
  freeze_vision: bool('Freeze vision in stage 2', true, {
    help: 'Keeps the vision encoder fixed in the joint stage. SafeWork-R1 does so by its setting `freeze_prefix`.',
    source: SAFEWORK,
  }),
  warmup_fraction: share('Warm-up', 0.03, {
    help: 'Share of the steps of a stage over which the learning rate rises from 0 to its peak. It keeps the first, noisy steps small.',
    formula: 'step i of the first w: peak * i / (w + 1)',
    source: SAFEWORK,
  }),
  weight_decay: share('Weight decay', 0.01, {
    help: 'Decoupled decay of the weight matrices in AdamW. Gains and biases are left out.',
    formula: 'w <- w - learning rate * decay * w',
    source: 'AdamW (arXiv 1711.05101)',
  }),
  beta1: float('Adam beta 1', 0.9, [0, 1], {
    belowMax: true,
    help: 'Memory of the running mean of the gradient. Higher values smooth more and react more slowly.',
    formula: 'm <- beta1 m + (1 - beta1) g',
    source: 'Adam (arXiv 1412.6980)',
  }),
  beta2: float('Adam beta 2', 0.95, [0, 1], {
    belowMax: true,
    help: 'Memory of the running mean of the squared gradient. Higher values smooth more and react more slowly.',
    formula: 'v <- beta2 v + (1 - beta2) g^2',
    source: 'Adam (arXiv 1412.6980)',
  }),
  max_grad_norm: float('Gradient norm limit', 1, [0, 1e6], {
    aboveMin: true,
    log: true,
    help: 'Gradients whose global norm is larger are scaled down to this norm. A very large limit turns clipping off.',
    formula: 'g <- g min(1, limit / |g|)',
    source: 'Pascanu et al. (arXiv 1211.5063)',
  }),
  filter_groups: bool('Leave out equal groups', true, {
    help: 'Leaves out groups in which all responses have the same task-aware score. The total reward would not do: noise of the format term would keep dead groups alive.',
    formula: 'left out where max R_task = min R_task in the group',
    source: CPGD,
  }),
});
