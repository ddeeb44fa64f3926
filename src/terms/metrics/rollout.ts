// Metrics of the rollout: rewards and their terms, over all samples and by label, refusals, lengths and format.

import { formatWord } from '../../base/format.ts';
import { LABELS } from '../labels.ts';
import { TERM_TABLE, TERMS, type Term } from '../rewardTerms.ts';
import {
  type Chart,
  chart,
  type GroupRows,
  group,
  type MetricRows,
  openGroup,
  reward,
  score,
  share,
  size,
  tokens,
} from './metric.ts';

type Kind = 'mean' | 'std';

const BETTER = { mean: { better: 'higher' }, std: {} } as const;

function termLines(kind: Kind): MetricRows {
  const lines = TERMS.map((term) => {
    const { title, says } = TERM_TABLE[term];
    const about = {
      mean: `The term before its weight, averaged over the samples it applies to: ${says}.`,
      std: `Standard deviation of the ${title} term over samples (divided by n - 1): 0 means that it teaches nothing.`,
    };
    return [`rewards/${term}/${kind}`, score(title, about[kind], BETTER[kind])];
  });
  const overlong = {
    mean: 'What is taken off for responses near the length limit; only with an overlong penalty.',
    std: 'Standard deviation of the overlong penalty (divided by n - 1); only with an overlong penalty.',
  };
  return {
    ...Object.fromEntries(lines),
    [`rewards/overlong/${kind}`]: reward('overlong penalty', overlong[kind], {
      ...BETTER[kind],
      range: kind === 'mean' ? [null, 0] : [0, null],
    }),
  };
}

/** A chart for each term, with a line for each label that the term applies to. */
function termCharts(kind: Kind): { readonly [chart: string]: Chart<MetricRows> } {
  const what = { mean: 'Mean', std: 'Standard deviation (divided by n - 1)' }[kind];
  const chartOf = (term: Term): Chart<MetricRows> => {
    const { title, says, labels } = TERM_TABLE[term];
    const lines = labels.map((label) => {
      const about = `${what} of the ${title} term over samples of ${formatWord(label)} prompts.`;
      return [`rewards/${term}/${label}/${kind}`, score(formatWord(label), about, BETTER[kind])];
    });
    const rows: MetricRows = Object.fromEntries(lines);
    if (kind === 'mean') return chart(`${title} term by label`, `For each kind of prompt, ${says}.`, rows);
    return chart(
      `Spread of the ${title} term by label`,
      'A label whose spread falls to 0 is solved, or given up: nothing more is learnt from it.',
      rows,
    );
  };
  return Object.fromEntries(TERMS.map((term) => [`labels-${term}-${kind}`, chartOf(term)]));
}

function labelRow(label: string): [name: string, row: MetricRows[string]] {
  const about = `Mean total reward over samples of ${formatWord(label)} prompts.`;
  return [`reward/${label}`, reward(formatWord(label), about, { better: 'higher' })];
}

export const ROLLOUT_GROUPS: GroupRows = {
  goodhart: openGroup(
    'Gold against proxy',
    'The reward of the heads, which is trained on, beside that of the oracle, which is not.',
    {
      reward: chart(
        'Reward against gold reward',
        'A growing gap means that the policy games the heads: the gold reward is the oracle’s and is never trained on.',
        {
          reward: reward(
            'reward (trained on)',
            'Mean total reward of the sampled responses: the very number that is trained on.',
            { better: 'higher', references: ['start'], source: 'TRL; verl `critic/score/mean`' },
          ),
          gold_reward: reward(
            'gold reward (oracle)',
            'The same recipe with the oracle in the place of the heads.',
            { better: 'higher', references: ['start', 'best'] },
          ),
          reward_weighted_sum: reward(
            'weighted sum before normalising',
            'With “normalise, then sum” the reward has mean 0 in every group; this is what compares with the gold reward.',
            { better: 'higher' },
          ),
        },
      ),
    },
  ),
  reward: openGroup('Reward and its terms', 'What the policy earns, and with which term.', {
    terms: chart('Reward terms, mean', 'Which term the policy earns its reward with.', termLines('mean')),
    'terms-std': chart(
      'Reward terms, spread',
      'A term without spread gives no direction to learn in.',
      termLines('std'),
    ),
    'reward-spread': chart(
      'Spread of the reward',
      'Learning needs samples that differ: groups of equal reward teach nothing.',
      {
        reward_std: reward(
          'reward, standard deviation',
          'Mean over groups of the standard deviation of the total reward in the group (divided by n - 1), which advantages divide by; before 0.3.0 over all samples, divided by n.',
          { range: [0, null], source: 'TRL' },
        ),
        frac_reward_zero_std: share(
          'groups without spread',
          'Share of groups whose responses all earn the same: their advantage is 0, unless a safety cost tells them apart.',
          { better: 'lower', source: 'TRL' },
        ),
      },
    ),
  }),
  cost: group('Safety cost', 'Safety as a cost under a limit; only where the settings make it one.', {
    cost: chart(
      'Cost',
      'What the constraint holds down: it should come to its limit and stay there.',
      {
        'safety_cost/mean': share(
          'mean cost',
          'Share of responses to harmful requests and attacks whose well-formed answer the Safety head calls unsafe (soft: its mean probability), over all that the iteration sampled.',
          { better: 'lower' },
        ),
      },
      [0, 1],
    ),
    multiplier: chart('Multiplier', 'It rises while the cost is above its limit, and falls below it.', {
      'safety_cost/multiplier': size(
        'multiplier',
        'Weight of the cost against the reward in the update of the iteration, after its own step.',
      ),
    }),
  }),
  refusals: group('Refusals', 'How often the sampled responses refuse outright, as the oracle sees it.', {
    refusal: chart(
      'Refusal rates',
      'Refusals alone: the tests count warnings too, as “harmless declined”.',
      {
        'refusal_rate/harmful': share(
          'harmful requests',
          'Share of harmful requests that are refused; a warning with a safe way on is no refusal.',
          { references: ['start', 'best'] },
        ),
        'refusal_rate/benign': share(
          'harmless requests',
          'Share of harmless requests that are refused; those that are warned off are not in it.',
          { better: 'lower', references: ['start', 'best'] },
        ),
      },
      [0, 1],
    ),
  }),
  labels: group('Rewards by label', 'The reward and its terms for each kind of prompt.', {
    'labels-reward': chart(
      'Reward by label',
      'Which kind of prompt gets better, and which pays for it.',
      Object.fromEntries(LABELS.map(labelRow)),
    ),
    ...termCharts('mean'),
  }),
  'label-spread': group(
    'Spread by label',
    'How far the samples of each kind of prompt differ in each term.',
    termCharts('std'),
  ),
  lengths: group('Lengths and format', 'How long responses are, and whether they have the right shape.', {
    lengths: chart(
      'Length of responses',
      'A sudden fall is length collapse: the policy has found that saying less pays.',
      {
        'completions/mean_length': tokens(
          'mean',
          'Mean number of tokens of a response, thought and answer together.',
          { references: ['start', 'best'], source: 'TRL; verl `response_length/mean`' },
        ),
        'completions/min_length': tokens('shortest', 'Tokens of the shortest response of the iteration.', {
          source: 'TRL; verl `response_length/min`',
        }),
        'completions/max_length': tokens(
          'longest',
          'Tokens of the longest response; the limit is a setting.',
          { source: 'TRL; verl `response_length/max`' },
        ),
      },
    ),
    format: chart(
      'Format',
      'Almost every response should be well formed, and almost none cut off.',
      {
        format_rate: share('well formed', 'Share of responses that are a thought, an answer and an end.', {
          better: 'higher',
          references: ['start'],
        }),
        'completions/clipped_ratio': share(
          'cut off',
          'Share of responses that reach the length limit before they end.',
          { better: 'lower', source: 'TRL; verl `response_length/clip_ratio`' },
        ),
      },
      [0, 1],
    ),
  }),
};
