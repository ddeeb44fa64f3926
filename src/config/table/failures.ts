// Presets that fail on purpose: what to watch for, the sign that it has happened, and what to change then.

import { preset, presetsOf } from './preset.ts';

export const FAILURES = presetsOf('failure', {
  'pg-collapse': preset(
    'Collapse with PG',
    'Bare policy gradient with large steps on stale samples: entropy and length collapse.',
    {
      loss_type: 'pg',
      policy_drift_coef: 0,
      epochs: 4,
      stage1_learning_rate: 5e-3,
      stage2_learning_rate: 5e-3,
      max_grad_norm: 1e6,
    },
    {
      watch:
        'the length of responses, which falls, and the KL to the reference, which climbs within a few iterations until the guard ends the run.',
      sign: {
        kind: 'metric',
        metric: 'completions/mean_length',
        what: 'the mean length of a response',
        is: 'below',
        timesStart: 0.6,
      },
      title: 'Length has collapsed',
      remedy:
        'Nothing limits the step size. Use CPGD, one epoch and a smaller learning rate. SFT ran without the gradient limit, so it stays off.',
      undo: ['loss_type', 'policy_drift_coef', 'epochs', 'stage1_learning_rate', 'stage2_learning_rate'],
    },
  ),
  'drift-no-clip': preset(
    'Drift without clip',
    'No clip, almost no drift term, eight passes a rollout: the ratio runs away.',
    {
      loss_type: 'pgd',
      policy_drift_coef: 1e-4,
      epochs: 8,
    },
    {
      watch:
        'the largest ratio: near 1 it is calm; here it passes 10 within a few iterations, and the KL follows.',
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
    'Paid for the form alone, in large steps: whatever stands between the tags is good enough.',
    {
      recipe: 'safework',
      w_format: 5,
      w_visual: 0,
      w_helpful: 0,
      w_task: 0,
      beta: 0,
      stage1_learning_rate: 1e-3,
      stage2_learning_rate: 1e-3,
    },
    {
      watch:
        'the reward, which is full from the start, beside the task term, which nobody pays for and which withers.',
      sign: {
        kind: 'metric',
        metric: 'rewards/task/mean',
        what: 'the mean of the task term',
        is: 'below',
        timesStart: 0.75,
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
    'Attacks alone, and nothing paid for help: the policy learns to decline whatever looks risky.',
    {
      stages: ['sft', 'heads', 'stage2'],
      stage2_mix: { jailbreak: 1 },
      recipe: 'safework',
      w_helpful: 0,
    },
    {
      watch:
        'the attacks that are withstood while it trains: they rise, and nothing tells what that costs, for no harmless request is among its prompts. The test after the stage does, in the view Evaluation: the share of harmless requests that are declined, refused or warned off, stands far above where SFT left it.',
      sign: {
        kind: 'score',
        score: 'declined',
        what: 'the share of harmless requests that are declined',
        by: 0.1,
      },
      title: 'Harmless requests are declined',
      remedy:
        'Nothing pays for an answer here. Harmless requests in the mix and the helpful term pull against it; stage 1 before keeps what the model knew.',
      undo: ['stages', 'stage2_mix', 'recipe', 'w_helpful'],
    },
  ),
  'weak-heads': preset(
    'Weak judges',
    'Reward heads trained briefly on noisy labels, and nothing that holds the policy near its start: they end up paying for nonsense.',
    {
      heads_steps: 60,
      heads_label_noise: 0.3,
      score_mode: 'soft',
      beta: 0,
      stage1_learning_rate: 1e-3,
      stage2_learning_rate: 1e-3,
    },
    {
      watch:
        'the gap between the reward and the gold reward: it opens while the oracle’s falls, and the answers in the view Samples stop making sense.',
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
