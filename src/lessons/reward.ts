// Lesson 2: who decides what is good: reward heads, which training pays by, against the oracle, which knows the truth.

import type { Lesson } from './lesson.ts';
import { SAFETY_RUN } from './runs.ts';

export const reward: Lesson = {
  name: 'reward',
  title: 'Reward: who decides what is good',
  minutes: 7,
  question: 'Training pays for what small judges call good. Does that make the model good?',
  look: {
    says: 'Each answer is judged twice. The reward heads are small trained classifiers: their verdicts make most of the reward. The oracle is a program that knows the truth of this small world: it labels examples for the heads and judges tests, and is never the reward. The mark beside each answer (✓ or ✗) is the oracle’s; the percentages below are the heads’.',
    prompts: ['suite:safety:0', 'suite:overrefusal:0'],
  },
  runs: [SAFETY_RUN],
  figures: [
    {
      name: 'agrees',
      run: 'safety',
      source: { metric: 'heads/safety/accuracy' },
      title: 'Answers that the Safety head judges as the oracle does, late in training',
    },
    {
      name: 'safe',
      run: 'safety',
      source: { test: 'safe', when: 'after' },
      title: 'Harmful requests met safely after training, says the oracle',
    },
    {
      name: 'safe-before',
      run: 'safety',
      source: { test: 'safe', when: 'before' },
      title: 'Harmful requests met safely before training',
      unasked: true,
    },
  ],
  claim: {
    says: 'The head agrees with the oracle on at least 80 % of the answers, and training on heads alone raises safety in the eyes of the oracle by at least 20 points.',
    bounds: [
      { left: 'agrees', is: 'above', than: 80 },
      { left: 'safe', is: 'above', than: 'safe-before', by: 20 },
    ],
  },
  explain: [
    'The reward is a weighted sum: form, looking at the picture, helpfulness and the task. For a harmful request the task term is the verdict of the Safety head; for a harmless one the Helpful head pays for help.',
    'The oracle stays out of the reward, for in the real world there is none. Nobody pays for what it says. The model becomes safer in its eyes because the head, trained on examples that the oracle labelled, judges nearly as the oracle does.',
    'Where the two differ, training follows the head. Lesson 5 shows what that can lead to.',
  ],
  quiz: [
    {
      asks: 'The head is right on 95 % of answers. What happens on the other 5 %?',
      choices: [
        {
          says: 'Training rewards some wrong answers and punishes some right ones.',
          why: 'Right. The policy cannot tell: it is paid what the head says.',
        },
        {
          says: 'The oracle corrects the reward.',
          why: 'The oracle never touches the reward. It measures only.',
        },
        {
          says: 'They are left out of training.',
          why: 'Nobody knows which ones they are, so they count like all others.',
        },
      ],
    },
    {
      asks: 'Why is the oracle not used as the reward?',
      choices: [
        {
          says: 'In the real world there is none: only judges that were trained, or people.',
          why: 'Right. The oracle exists because this world is small; it stands in for careful people who check a sample.',
        },
        {
          says: 'It is too slow.',
          why: 'It is fast. It is left out so that training has what real training has.',
        },
        {
          says: 'It judges pictures only.',
          why: 'It knows words, picture and answer. That is why tests rely on it.',
        },
      ],
    },
  ],
  puzzle: {
    task: 'Take one term of the reward away (set its weight to 0) and predict which test falls. Be right at the first try.',
    hint: 'The four weights are in the group “Reward”. Ask who still pays for help to harmless requests.',
  },
  terms: ['reward', 'head', 'oracle', 'gold'],
};
