// Every metric that training emits, as charts in groups, each with a sentence in plain words. Held to training by a test.

import { formatWord } from '../../../base/format.ts';
import { HEADS } from '../../../terms/heads.ts';
import { LABELS } from '../../../terms/labels.ts';
import { TERM_TABLE, TERMS } from '../../../terms/rewardTerms.ts';
import type { ChartGroup, ChartLine, ChartSpec } from './chartTypes.ts';

const TERM_ROWS = TERMS.map((term) => ({ term, ...TERM_TABLE[term] }));
type TermRow = (typeof TERM_ROWS)[number];

function termLines(kind: 'mean' | 'std'): ChartLine[] {
  const lines = TERM_ROWS.map(({ term, title, says }) => ({
    metric: `rewards/${term}/${kind}`,
    label: title,
    about:
      kind === 'mean'
        ? `The term before its weight, averaged over the samples it applies to: ${says}.`
        : `How far the ${title} term differs between samples: 0 means that it teaches nothing.`,
  }));
  const overlong = {
    metric: `rewards/overlong/${kind}`,
    label: 'overlong penalty',
    about:
      kind === 'mean'
        ? 'What is taken off for responses near the length limit; only with an overlong penalty.'
        : 'How far the overlong penalty differs between samples; only with an overlong penalty.',
  };
  return [...lines, overlong];
}

function labelChart({ term, title, says, labels }: TermRow, kind: 'mean' | 'std'): ChartSpec {
  const mean = kind === 'mean';
  return {
    id: `labels-${term}-${kind}`,
    title: mean ? `${title} term by label` : `Spread of the ${title} term by label`,
    hint: mean
      ? `For each kind of prompt, ${says}.`
      : 'A label whose spread falls to 0 is solved, or given up: nothing more is learnt from it.',
    lines: labels.map((label) => ({
      metric: `rewards/${term}/${label}/${kind}`,
      label: formatWord(label),
      about: `${mean ? 'Mean' : 'Standard deviation'} of the ${title} term over samples of ${formatWord(label)} prompts.`,
    })),
  };
}

export const CHART_GROUPS: readonly ChartGroup[] = [
  {
    id: 'goodhart',
    title: 'Gold against proxy',
    about: 'The reward of the heads, which is trained on, beside that of the oracle, which is not.',
    open: true,
    charts: [
      {
        id: 'reward',
        title: 'Reward against gold reward',
        hint: 'A growing gap means that the policy games the heads: the gold reward is the oracle’s and is never trained on.',
        lines: [
          {
            metric: 'reward',
            label: 'reward (trained on)',
            about: 'Mean total reward of the sampled responses: the very number that is trained on.',
            references: ['start'],
          },
          {
            metric: 'gold_reward',
            label: 'gold reward (oracle)',
            about: 'The same recipe with the oracle in the place of the heads.',
            references: ['start', 'best'],
          },
          {
            metric: 'reward_weighted_sum',
            label: 'weighted sum before normalising',
            about:
              'With “normalise, then sum” the reward has mean 0 in every group; this is what compares with the gold reward.',
          },
        ],
      },
    ],
  },
  {
    id: 'reward',
    title: 'Reward and its terms',
    about: 'What the policy earns, and with which term.',
    open: true,
    charts: [
      {
        id: 'terms',
        title: 'Reward terms, mean',
        hint: 'Which term the policy earns its reward with.',
        lines: termLines('mean'),
      },
      {
        id: 'terms-std',
        title: 'Reward terms, spread',
        hint: 'A term without spread gives no direction to learn in.',
        lines: termLines('std'),
      },
      {
        id: 'reward-spread',
        title: 'Spread of the reward',
        hint: 'Learning needs samples that differ: groups of equal reward teach nothing.',
        lines: [
          {
            metric: 'reward_std',
            label: 'reward, standard deviation',
            about: 'How far the total reward differs between all samples of the iteration.',
          },
          {
            metric: 'frac_reward_zero_std',
            label: 'groups without spread',
            about: 'Share of groups whose responses all earn the same: their advantage is 0.',
          },
        ],
      },
    ],
  },
  {
    id: 'refusals',
    title: 'Refusals',
    about: 'How often the sampled responses refuse, as the oracle sees it.',
    open: true,
    charts: [
      {
        id: 'refusal',
        title: 'Refusal rates',
        hint: 'Harmful requests should be refused or warned about, benign ones should not.',
        lines: [
          {
            metric: 'refusal_rate/harmful',
            label: 'harmful requests',
            about: 'Share of harmful requests that are refused; a warning with a safe way on is no refusal.',
            references: ['start', 'best'],
          },
          {
            metric: 'refusal_rate/benign',
            label: 'benign requests',
            about: 'Share of harmless requests that are refused: over-refusal.',
            references: ['start', 'best'],
          },
        ],
        range: [0, 1],
      },
    ],
  },
  {
    id: 'labels',
    title: 'Rewards by label',
    about: 'The reward and its terms for each kind of prompt.',
    open: false,
    charts: [
      {
        id: 'labels-reward',
        title: 'Reward by label',
        hint: 'Which kind of prompt gets better, and which pays for it.',
        lines: LABELS.map((label) => ({
          metric: `reward/${label}`,
          label: formatWord(label),
          about: `Mean total reward over samples of ${formatWord(label)} prompts.`,
        })),
      },
      ...TERM_ROWS.map((info) => labelChart(info, 'mean')),
    ],
  },
  {
    id: 'label-spread',
    title: 'Spread by label',
    about: 'How far the samples of each kind of prompt differ in each term.',
    open: false,
    charts: TERM_ROWS.map((info) => labelChart(info, 'std')),
  },
  {
    id: 'lengths',
    title: 'Lengths and format',
    about: 'How long responses are, and whether they have the right shape.',
    open: false,
    charts: [
      {
        id: 'lengths',
        title: 'Length of responses',
        hint: 'A sudden fall is length collapse: the policy has found that saying less pays.',
        lines: [
          {
            metric: 'completions/mean_length',
            label: 'mean',
            about: 'Mean number of tokens of a response, thought and answer together.',
            references: ['start', 'best'],
          },
          {
            metric: 'completions/min_length',
            label: 'shortest',
            about: 'Tokens of the shortest response of the iteration.',
          },
          {
            metric: 'completions/max_length',
            label: 'longest',
            about: 'Tokens of the longest response; the limit is a setting.',
          },
        ],
      },
      {
        id: 'format',
        title: 'Format',
        hint: 'Almost every response should be well formed, and almost none cut off.',
        lines: [
          {
            metric: 'format_rate',
            label: 'well formed',
            about: 'Share of responses that are a thought, an answer and an end.',
            references: ['start'],
          },
          {
            metric: 'completions/clipped_ratio',
            label: 'cut off',
            about: 'Share of responses that reach the length limit before they end.',
          },
        ],
        range: [0, 1],
      },
    ],
  },
  {
    id: 'drift',
    title: 'KL, drift, ratio and clip',
    about: 'How far the policy moves, from where it began and within one iteration.',
    open: false,
    charts: [
      {
        id: 'kl',
        title: 'KL to the reference',
        hint: 'How far the policy has come from the one at the start of the stage. A steep rise announces collapse.',
        lines: [
          {
            metric: 'kl',
            label: 'KL to the reference',
            about: 'The k3 estimate per token, against the policy at the start of the stage.',
          },
        ],
      },
      {
        id: 'drift',
        title: 'Policy drift',
        hint: 'How far one iteration moves the policy from the one that sampled.',
        lines: [
          {
            metric: 'policy_drift/exact',
            label: 'exact',
            about: 'KL(old || new) over the whole vocabulary, on two groups of the iteration.',
          },
          {
            metric: 'policy_drift/k3',
            label: 'k3',
            about: 'The same by the k3 estimate on the sampled tokens.',
          },
          {
            metric: 'policy_drift/loss',
            label: 'drift term of the loss',
            about: 'The drift as CPGD adds it to the loss: a pull by its gradient, no KL itself.',
          },
        ],
      },
      {
        id: 'ratio',
        title: 'Largest ratio',
        hint: 'New probability over old, of the token that moved most. Near 1 is calm.',
        lines: [
          {
            metric: 'ratio/max',
            label: 'largest ratio',
            about: 'The largest ratio of any token over all steps of the iteration.',
          },
        ],
      },
      {
        id: 'clip',
        title: 'Clipped tokens',
        hint: 'Tokens that have moved as far as the clip lets them. Many of them: the steps are large.',
        lines: [
          {
            metric: 'clip_ratio/low_mean',
            label: 'at the lower clip',
            about: 'Share of tokens whose probability fell to the lower clip.',
          },
          {
            metric: 'clip_ratio/high_mean',
            label: 'at the upper clip',
            about: 'Share of tokens whose probability rose to the upper clip.',
          },
        ],
      },
    ],
  },
  {
    id: 'entropy',
    title: 'Entropy',
    about: 'How undecided the policy is at each token.',
    open: false,
    charts: [
      {
        id: 'entropy',
        title: 'Entropy',
        hint: 'Near zero, the policy has stopped exploring.',
        lines: [
          {
            metric: 'entropy',
            label: 'entropy per token',
            about: 'Mean entropy of the next-token distribution, in nats, over the tokens trained on.',
            references: ['start'],
          },
          {
            metric: 'entropy/rollout',
            label: 'estimate from the rollout',
            about: 'Mean of −log p of the sampled tokens: the same from the samples alone.',
          },
        ],
      },
    ],
  },
  {
    id: 'optimisation',
    title: 'Optimisation',
    about: 'Loss, gradient, learning rate, and which groups are trained on.',
    open: false,
    charts: [
      {
        id: 'loss',
        title: 'Policy loss',
        hint: 'Its size says little in RL, its sign less; a jump says something.',
        lines: [
          {
            metric: 'loss',
            label: 'loss',
            about: 'The loss that the optimiser gets, mean over the steps of the iteration.',
          },
          {
            metric: 'value/loss',
            label: 'value loss',
            about: 'Loss of the value head; only with PPO.',
          },
        ],
      },
      {
        id: 'grad',
        title: 'Gradient norm',
        hint: 'Before clipping. Spikes announce instability.',
        lines: [
          {
            metric: 'grad_norm',
            label: 'gradient norm',
            about: 'Norm of the whole gradient before it is clipped.',
          },
        ],
      },
      {
        id: 'learning-rate',
        title: 'Learning rate',
        hint: 'Rises during the warm-up; falls in SFT and heads, and stays in RL.',
        lines: [
          { metric: 'learning_rate', label: 'learning rate', about: 'Step size of AdamW at this iteration.' },
        ],
      },
      {
        id: 'groups',
        title: 'Groups trained on',
        hint: 'Groups of equal task score are left out; replay can fill their place.',
        lines: [
          {
            metric: 'groups/trained',
            label: 'trained on',
            about: 'Groups in the update of the iteration, with replayed ones.',
          },
          {
            metric: 'groups/replayed',
            label: 'of these replayed',
            about: 'Groups that came from the replay buffer.',
          },
        ],
      },
      {
        id: 'staleness',
        title: 'Staleness of replayed groups',
        hint: 'Older samples need larger corrections.',
        lines: [
          {
            metric: 'staleness/mean',
            label: 'policy versions',
            about:
              'How many policy versions ago the replayed groups were sampled, on average; 0 without replay.',
          },
        ],
      },
      {
        id: 'policy-version',
        title: 'Policy version',
        hint: 'Stands still where every group was left out and nothing was trained.',
        lines: [
          {
            metric: 'policy_version',
            label: 'policy version',
            about: 'Updates of the policy since the start of RL.',
          },
        ],
      },
    ],
  },
  {
    id: 'heads',
    title: 'Heads against the oracle',
    about: 'How good the judges are on what the policy says now.',
    open: false,
    charts: [
      {
        id: 'judges',
        title: 'Accuracy of the heads',
        hint: 'How often each head is right on fresh responses: it falls when the policy finds its blind spots.',
        lines: HEADS.map((head) => ({
          metric: `heads/${head}/accuracy`,
          label: head,
          about: `Share of fresh responses on which the ${head} head agrees with the oracle.`,
          references: ['chance' as const],
        })),
        range: [0, 1],
      },
      {
        id: 'judges-ece',
        title: 'Calibration error of the heads',
        hint: 'How far a head’s confidence is from how often it is right: 0 is perfect.',
        lines: HEADS.map((head) => ({
          metric: `heads/${head}/ece`,
          label: head,
          about: `Expected calibration error of the ${head} head on fresh responses, in ten bins.`,
        })),
      },
    ],
  },
  {
    id: 'sft',
    title: 'SFT',
    about: 'Supervised fine-tuning on demonstrations.',
    open: true,
    charts: [
      {
        id: 'sft',
        title: 'SFT loss',
        hint: 'It falls while the policy learns to imitate the demonstrations.',
        lines: [
          {
            metric: 'sft/loss',
            label: 'loss',
            about: 'Mean of −log p of the demonstrated tokens, in nats.',
            references: ['chance'],
          },
        ],
      },
    ],
  },
  {
    id: 'heads-training',
    title: 'Heads training',
    about: 'The judges in training, before RL.',
    open: true,
    charts: [
      {
        id: 'heads',
        title: 'Reward heads in training',
        hint: 'The heads learn to judge answers; their held-out report is in the view Evaluation.',
        lines: [
          {
            metric: 'heads/loss',
            label: 'loss',
            about: 'Cross-entropy of the verdicts, summed over the heads with a label.',
          },
          {
            metric: 'heads/train_accuracy',
            label: 'accuracy',
            about: 'Share of verdicts of the batch that are right.',
          },
        ],
      },
    ],
  },
  {
    id: 'speed',
    title: 'Speed',
    about: 'What this device does in a second.',
    open: false,
    charts: [
      {
        id: 'speed',
        title: 'Tokens per second',
        hint: 'A fall in the midst of a run: the device is busy with something else, or too warm.',
        lines: [
          {
            metric: 'tokens_per_second/rollout',
            label: 'rollout',
            about: 'Response tokens sampled and judged in a second.',
          },
          {
            metric: 'tokens_per_second/update',
            label: 'update',
            about: 'Response tokens trained on in a second.',
          },
        ],
      },
      {
        id: 'time',
        title: 'Time of an iteration',
        hint: 'What the time left is reckoned from.',
        lines: [
          {
            metric: 'time/iteration_ms',
            label: 'milliseconds',
            about: 'Time of the iteration from its first sample to its metrics.',
          },
        ],
      },
    ],
  },
];
