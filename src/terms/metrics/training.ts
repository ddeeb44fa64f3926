// Metrics of what is trained: drift and entropy of the policy, the optimiser, the reward heads, SFT, and speed.

import { HEADS } from '../heads.ts';
import {
  chart,
  type GroupRows,
  group,
  groups,
  type MetricRow,
  type MetricRows,
  milliseconds,
  nats,
  number,
  openGroup,
  share,
  size,
  tokensPerSecond,
  updates,
} from './metric.ts';

const EVERY_STAGE = ['sft', 'heads', 'rl'] as const;

function headLines(kind: string, row: (head: string) => MetricRow): MetricRows {
  return Object.fromEntries(HEADS.map((head) => [`heads/${head}/${kind}`, row(head)]));
}

export const TRAINING_GROUPS: GroupRows = {
  drift: group(
    'KL, drift, ratio and clip',
    'How far the policy moves, from where it began and within one iteration.',
    {
      kl: chart(
        'KL to the reference',
        'How far the policy has come from the one at the start of the stage. A steep rise announces collapse.',
        {
          kl: nats(
            'KL to the reference',
            'Exact KL(policy || reference) per token over the whole vocabulary, of the policy that sampled, against that at the start of the stage, on up to 64 responses that lie evenly in the batch; before 0.3.0 the mean of k3, which one token can rule.',
          ),
        },
      ),
      drift: chart('Policy drift', 'How far one iteration moves the policy from the one that sampled.', {
        'policy_drift/exact': nats(
          'exact',
          'KL(old || new) per token over the whole vocabulary, on as many responses of the iteration as two groups have; in every iteration that `exact_drift_every` asks for.',
        ),
        'policy_drift/k3': nats(
          'k3',
          'The same by the k3 estimate on all sampled tokens, without a clamp: a single token can rule it.',
        ),
        'policy_drift/loss': number(
          'drift term of the loss',
          'The drift as CPGD adds it to the loss: a pull by its gradient, no KL itself.',
        ),
      }),
      ratio: chart(
        'Largest ratio',
        'New probability over old, of the token that moved most. Near 1 is calm.',
        {
          'ratio/max': size(
            'largest ratio',
            'The largest ratio of any token over all steps of the iteration.',
            { better: 'lower' },
          ),
        },
      ),
      clip: chart(
        'Clipped tokens',
        'Tokens that have moved as far as the clip lets them. Many of them: the steps are large.',
        {
          'clip_ratio/low_mean': share(
            'at the lower clip',
            'Share of tokens whose ratio fell to the lower clip, with an advantage below 0; 0 where the loss has no clip.',
            { source: 'TRL; verl `actor/pg_clipfrac` counts both clips' },
          ),
          'clip_ratio/high_mean': share(
            'at the upper clip',
            'Share of tokens whose ratio rose to the upper clip, with an advantage above 0; 0 where the loss has no clip.',
            { source: 'TRL; verl `actor/pg_clipfrac` counts both clips' },
          ),
        },
      ),
    },
  ),
  entropy: group('Entropy', 'How undecided the policy is at each token.', {
    entropy: chart('Entropy', 'Near zero, the policy has stopped exploring.', {
      entropy: nats(
        'entropy per token',
        'Mean entropy of the next-token distribution, in nats, over the tokens trained on; of all tokens of the vocabulary, also with top-k or top-p.',
        { references: ['start'], stages: ['sft', 'rl'], source: 'TRL; verl `actor/entropy`' },
      ),
      'entropy/rollout': nats(
        'estimate from the rollout',
        'Mean of −log p of the sampled tokens: the same from the samples alone; lower with top-k or top-p, which sample from the likeliest tokens only.',
      ),
    }),
  }),
  optimisation: group('Optimisation', 'Loss, gradient, learning rate, and which groups are trained on.', {
    loss: chart('Policy loss', 'Its size says little in RL, its sign less; a jump says something.', {
      loss: number(
        'loss',
        'The loss without the entropy bonus (with the value loss in PPO), mean over what the loss is normalised by in all steps of the iteration.',
      ),
      'value/loss': size('value loss', 'Loss of the value head; only with PPO.', {
        better: 'lower',
        source: 'verl `critic/vf_loss`',
      }),
    }),
    grad: chart('Gradient norm', 'Before clipping. Spikes announce instability.', {
      grad_norm: size('gradient norm', 'Norm of the whole gradient before it is clipped.', {
        stages: EVERY_STAGE,
        source: 'TRL; verl `actor/grad_norm`',
      }),
    }),
    'learning-rate': chart(
      'Learning rate',
      'Rises during the warm-up; falls in SFT and heads, and stays in RL.',
      {
        learning_rate: size('learning rate', 'Step size of AdamW at this iteration.', {
          stages: EVERY_STAGE,
          source: 'TRL; verl `actor/lr`',
        }),
      },
    ),
    groups: chart(
      'Groups trained on',
      'Groups of equal task score are left out; replay can fill their place.',
      {
        'groups/trained': groups('trained on', 'Groups in the update of the iteration, with replayed ones.'),
        'groups/replayed': groups('of these replayed', 'Groups that came from the replay buffer.'),
      },
    ),
    staleness: chart('Staleness of replayed groups', 'Older samples need larger corrections.', {
      'staleness/mean': updates(
        'policy versions',
        'How many policy versions ago the replayed groups were sampled, on average; 0 without replay.',
      ),
    }),
    'policy-version': chart(
      'Policy version',
      'Stands still where every group was left out and nothing was trained.',
      {
        policy_version: updates('policy version', 'Updates of the policy since the start of RL.'),
      },
    ),
  }),
  heads: group('Heads against the oracle', 'How good the judges are on what the policy says now.', {
    judges: chart(
      'Accuracy of the heads',
      'How often each head is right on fresh responses: it falls when the policy finds its blind spots.',
      headLines('accuracy', (head) =>
        share(head, `Share of fresh responses on which the ${head} head agrees with the oracle.`, {
          better: 'higher',
          references: ['chance'],
        }),
      ),
      [0, 1],
    ),
    'judges-ece': chart(
      'Calibration error of the heads',
      'How far a head’s confidence is from how often it is right: 0 is perfect.',
      headLines('ece', (head) =>
        share(head, `Expected calibration error of the ${head} head on fresh responses, in ten bins.`, {
          better: 'lower',
        }),
      ),
    ),
  }),
  sft: openGroup('SFT', 'Supervised fine-tuning on demonstrations.', {
    sft: chart('SFT loss', 'It falls while the policy learns to imitate the demonstrations.', {
      'sft/loss': nats('loss', 'Mean of −log p of the demonstrated tokens, in nats.', {
        better: 'lower',
        references: ['chance'],
        stages: ['sft'],
      }),
    }),
  }),
  'heads-training': openGroup('Heads training', 'The judges in training, before RL.', {
    heads: chart(
      'Reward heads in training',
      'The heads learn to judge answers; their held-out report is in the view Evaluation.',
      {
        'heads/loss': nats('loss', 'Cross-entropy of the verdicts, summed over the heads with a label.', {
          better: 'lower',
          stages: ['heads'],
        }),
        'heads/train_accuracy': share('accuracy', 'Share of verdicts of the batch that are right.', {
          better: 'higher',
          stages: ['heads'],
        }),
      },
    ),
    'heads-holdout': chart(
      'Heads on held-out responses',
      'Measured now and then, if at all: where it stays level, more steps teach no more.',
      headLines('holdout_accuracy', (head) =>
        share(
          head,
          `Share of held-out responses on which the ${head} head is right, after the step; only where \`heads_measure_every\` asks for it.`,
          { better: 'higher', stages: ['heads'] },
        ),
      ),
    ),
  }),
  speed: group('Speed', 'What this device does in a second.', {
    speed: chart(
      'Tokens per second',
      'A fall in the midst of a run: the device is busy with something else, or too warm.',
      {
        'tokens_per_second/rollout': tokensPerSecond(
          'rollout',
          'Response tokens sampled and judged in a second.',
          { better: 'higher' },
        ),
        'tokens_per_second/update': tokensPerSecond(
          'update',
          'Response tokens of the rollout per second of the update.',
          { better: 'higher' },
        ),
      },
    ),
    time: chart('Time of an iteration', 'What the time left is reckoned from.', {
      'time/iteration_ms': milliseconds(
        'milliseconds',
        'Time of the iteration from its first sample to its metrics.',
        { better: 'lower', stages: EVERY_STAGE },
      ),
    }),
  }),
};
