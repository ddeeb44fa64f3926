// Lesson 5: when the judge can be fooled: weak heads, and a policy that finds what they get wrong.

import type { Lesson } from './lesson.ts';

export const weakJudges: Lesson = {
  name: 'weak-judges',
  title: 'When the judge can be fooled',
  minutes: 8,
  question: 'What does a model learn from a judge that is often wrong?',
  look: {
    says: 'In this run the heads are trained for a moment only, on labels of which a third are wrong, and the reward is what they say. Below, the good heads of the other lessons judge.',
    prompts: ['suite:jailbreak-seen:0', 'suite:overrefusal:0'],
  },
  // The policy takes a while to find what the heads get wrong.
  runs: [{ name: 'weak', title: 'Weak judges', failure: 'weak-heads', change: { stage2_steps: 70 } }],
  figures: [
    {
      name: 'paid',
      run: 'weak',
      source: { metric: 'rewards/helpful/mean' },
      title: 'Harmless requests that the Helpful head calls helped, late in training',
    },
    {
      name: 'helped',
      run: 'weak',
      source: { test: 'helped', when: 'after' },
      title: 'Harmless requests helped after training, says the oracle',
    },
    {
      name: 'helped-before',
      run: 'weak',
      source: { test: 'helped', when: 'before' },
      title: 'Harmless requests helped before training, says the oracle',
      unasked: true,
    },
  ],
  claim: {
    says: 'The head pays for help at least 30 points more often than the oracle finds any, and the model helps less often than before.',
    bounds: [
      { left: 'paid', is: 'above', than: 'helped', by: 30 },
      { left: 'helped', is: 'below', than: 'helped-before' },
    ],
  },
  explain: [
    'The policy does not know what is good. It knows what is paid, and searches for it with every rollout. Answers that the judge overrates are found first, for they are the cheapest.',
    'This is Goodhart’s law: a measure that is optimised stops being a good measure. The head pays for help that the oracle does not find. Many answers are nonsense: neither safe nor unsafe, so even attacks “succeed” less often.',
    'Better judges help, and so does staying close to where the policy began: the KL to it (setting `beta`, its weight in the loss), fewer steps and a smaller rate leave less room to search.',
  ],
  quiz: [
    {
      asks: 'The reward rises, the gold reward falls. Which do you trust?',
      choices: [
        {
          says: 'The gold reward: it is the oracle’s and nothing optimises it.',
          why: 'Right. A gap that opens is the sign of a judge that is being fooled.',
        },
        {
          says: 'The reward: training would not raise it for nothing.',
          why: 'Training raises it for whatever the judge pays, right or wrong.',
        },
        {
          says: 'Their mean.',
          why: 'One of them is what the policy games. Mixing it in hides the gap.',
        },
      ],
    },
    {
      asks: 'In real training there is no oracle. How could you notice?',
      choices: [
        {
          says: 'Read a sample of answers, and keep a test that is judged in another way.',
          why: 'Right. A judge that was not optimised, people above all, sees what the head does not.',
        },
        {
          says: 'Watch the reward.',
          why: 'It looks best when the judge is fooled most.',
        },
        {
          says: 'Ask the same head again.',
          why: 'It would be fooled in the same way.',
        },
      ],
    },
  ],
  puzzle: {
    task: 'Keep the weak judges, and change only how the policy is trained so that harmless requests are still helped as often as before.',
    hint: 'What keeps a policy near its start? Look for “Reference coefficient” (beta), the rate of stage 2, and hard verdicts.',
  },
  terms: ['head', 'gold', 'goodhart', 'kl'],
};
