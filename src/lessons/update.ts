// Lesson 3: one group and one update: advantages, and what a single step does to the probability of each response.

import type { Lesson } from './lesson.ts';
import { FAST_STEPS } from './runs.ts';

export const update: Lesson = {
  name: 'update',
  title: 'One group, one update',
  minutes: 7,
  question: 'What does one step of training do to the answers it has just seen?',
  look: {
    says: 'Training asks each prompt several times and gets different answers. The reward of each is compared with the mean of its group: the difference, divided by the spread of the group, is its advantage. The first update of a rollout begins where old and new probability are the same: a ratio of 1.',
    prompts: ['suite:jailbreak-seen:0', 'suite:reasoning:0'],
  },
  runs: [{ name: 'one', title: 'One update', change: { ...FAST_STEPS, stage2_steps: 1 } }],
  figures: [
    {
      name: 'above',
      run: 'one',
      source: { rises: 'above' },
      title: 'Responses better than their group that become more likely',
    },
    {
      name: 'below',
      run: 'one',
      source: { rises: 'below' },
      title: 'Responses worse than their group that become more likely',
    },
  ],
  claim: {
    says: 'After one update most responses with a positive advantage are more likely than before, and far fewer of those with a negative one.',
    bounds: [
      { left: 'above', is: 'above', than: 60 },
      { left: 'above', is: 'above', than: 'below', by: 20 },
    ],
  },
  explain: [
    'The loss weighs the log-probability of every response by its advantage. The gradient makes responses above the mean of their group more likely and those below it less likely.',
    'Not all obey: responses share words. If a good and a bad response share words, here or in another group, these are pushed up by one and down by the other.',
    'Two terms keep the step small. The clip works on each word: once its ratio of new to old probability is outside of a range around 1, going further gains nothing. It is no wall: a whole response multiplies the ratios of its words and can move further. The policy drift pulls the policy towards the one that sampled the answers.',
    'If all responses of a group earn the same, every advantage is 0 and the group teaches nothing.',
  ],
  quiz: [
    {
      asks: 'All eight responses of a group are refusals with the same reward. What does the update do with them?',
      choices: [
        {
          says: 'Nothing: every advantage is 0.',
          why: 'Right. Only differences inside a group teach.',
        },
        {
          says: 'It makes refusals more likely, for they were all safe.',
          why: 'There is no better or worse one in the group, so no response is pushed.',
        },
        {
          says: 'It makes them all less likely.',
          why: 'A negative advantage needs a response that was better. There is none.',
        },
      ],
    },
    {
      asks: 'What is the ratio of new to old probability right after the rollout, before any update?',
      choices: [
        { says: 'Exactly 1.', why: 'Right. Policy and sampler are still the same.' },
        { says: '0.', why: 'A ratio of 0 would mean that the answer has become impossible.' },
        {
          says: 'It depends on the reward.',
          why: 'The reward decides where the ratio goes, not where it begins.',
        },
      ],
    },
  ],
  puzzle: {
    task: 'Make one update so large that the ratio leaves the clip range on many tokens. Then keep the rate and bring the ratio back.',
    hint: 'Raise the learning rate of stage 2 tenfold; then look at “Policy drift” and at the number of epochs.',
  },
  terms: ['group', 'advantage', 'clip', 'drift', 'kl'],
};
