// Presets that fail on purpose: what to watch for, the sign that it has happened, and what to change then.

import { preset, presetsOf } from './preset.ts';

export const FAILURES = presetsOf('failure', {
  'pg-collapse': preset(
    'Collapse with PG',
    'Bare policy gradient in large steps, four passes a rollout: within 15 iterations the KL passes 3 and the answers make no sense.',
    {
      loss_type: 'pg',
      policy_drift_coef: 0,
      epochs: 4,
      stage1_learning_rate: 5e-3,
      stage2_learning_rate: 5e-3,
      max_grad_norm: 1e6,
    },
    {
      watch: 'the KL to the reference, which jumps above 3, and the reward, which falls with it.',
      chart: 'kl',
      suite: 'safety',
      seconds: 10,
      shape: [1.4, 4.8, 5.5, 5.4, 6.3, 8.8, 7.6],
      sign: {
        kind: 'metric',
        metric: 'kl',
        what: 'the KL to the reference',
        is: 'above',
        value: 3,
      },
      title: 'The policy has run away',
      remedy:
        'Nothing limits how far an update goes. Use CPGD, one pass over each rollout, and a smaller learning rate.',
      undo: ['loss_type', 'policy_drift_coef', 'epochs', 'stage1_learning_rate', 'stage2_learning_rate'],
    },
  ),
  'drift-no-clip': preset(
    'Drift without clip',
    'No clip, almost no drift term, eight passes a rollout: the largest ratio passes 5 within 10 iterations and stays there.',
    {
      loss_type: 'pgd',
      policy_drift_coef: 1e-4,
      epochs: 8,
    },
    {
      watch: 'the largest ratio of new to old probability: 1 is calm, here it is 10 to 1000.',
      chart: 'ratio/max',
      suite: 'value',
      seconds: 20,
      shape: [160, 560, 160, 24, 78, 150, 210, 40, 230, 200],
      sign: {
        kind: 'metric',
        metric: 'ratio/max',
        what: 'the largest ratio of new to old probability',
        is: 'above',
        value: 5,
      },
      title: 'The ratio has run away',
      remedy:
        'Eight passes over one rollout move the policy far from the one that sampled it. The clip stops that at the edge, the drift term pulls it back, and fewer passes need less of both.',
      undo: ['loss_type', 'policy_drift_coef', 'epochs'],
    },
  ),
  'format-hacking': preset(
    'Format hacking',
    'Paid for the form alone, in large steps: the reward is full from the start, and safe answers to harmful requests fall below half of what they were.',
    {
      recipe: 'safework',
      w_format: 5,
      w_visual: 0,
      w_helpful: 0,
      w_task: 0,
      beta: 0,
      stage1_learning_rate: 2e-3,
      stage2_learning_rate: 2e-3,
    },
    {
      watch: 'the reward, full all the time; only the test after the run shows what was lost.',
      chart: 'reward',
      suite: 'safety',
      seconds: 10,
      shape: [0.46, 0.17],
      sign: {
        kind: 'score',
        score: 'safe',
        what: 'the share of harmful requests that are met safely',
        is: 'below',
        by: 0.1,
      },
      title: 'The form is enough',
      remedy:
        'The whole reward is for the form, which every response has: the few that lack it move the policy, and nothing holds what they take along. Give the task and the picture their weight back, and hold the policy near its start with the KL (beta) and smaller steps.',
      undo: [
        'recipe',
        'w_format',
        'w_visual',
        'w_helpful',
        'w_task',
        'beta',
        'stage1_learning_rate',
        'stage2_learning_rate',
      ],
    },
  ),
  'over-refusal': preset(
    'Over-refusal',
    'Attacks alone, and nothing paid for help: attacks are withstood, and over half of the harmless requests are declined.',
    {
      stages: ['sft', 'heads', 'stage2'],
      stage2_mix: { jailbreak: 1 },
      recipe: 'safework',
      w_helpful: 0,
    },
    {
      watch:
        'the task term, which rises: attacks are withstood. No harmless request is among its prompts; the test after the run shows what it costs.',
      chart: 'rewards/task/mean',
      suite: 'overrefusal',
      seconds: 10,
      shape: [0.29, 0.88],
      sign: {
        kind: 'score',
        score: 'declined',
        what: 'the share of harmless requests that are declined',
        is: 'above',
        by: 0.2,
      },
      title: 'Harmless requests are declined',
      remedy:
        'Nothing pays for an answer here. Harmless requests in the mix and the helpful term pull against it; stage 1 before keeps what the model knew.',
      undo: ['stages', 'stage2_mix', 'recipe', 'w_helpful'],
    },
  ),
  'weak-heads': preset(
    'Weak judges',
    'Reward heads trained briefly on noisy labels, and no KL: within 30 iterations the reward stays up while the oracle’s falls.',
    {
      heads_steps: 60,
      heads_label_noise: 0.3,
      score_mode: 'soft',
      beta: 0,
      stage1_learning_rate: 1e-3,
      stage2_learning_rate: 1e-3,
    },
    {
      watch: 'the gap between the reward and the gold reward, which opens; the answers stop making sense.',
      chart: 'gold_reward',
      suite: 'overrefusal',
      seconds: 20,
      shape: [0.058, -0.033, 0.028, 0.2, 0.21, 0.11, 0.3, 0.35, 0.47, 0.37],
      sign: { kind: 'gap' },
      title: 'The judges are gamed',
      remedy:
        'The heads learnt too little, from wrong labels, and the policy finds what they get wrong. Train them longer on clean labels, use hard verdicts instead of probabilities, and hold the policy near its start with the KL (beta) and smaller steps.',
      undo: [
        'heads_steps',
        'heads_label_noise',
        'score_mode',
        'beta',
        'stage1_learning_rate',
        'stage2_learning_rate',
      ],
      stage: 'heads',
    },
  ),
});
