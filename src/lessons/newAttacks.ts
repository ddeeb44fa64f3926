// Lesson 6: attacks that training never showed: how far safety carries.

import type { Lesson } from './lesson.ts';
import { SAFETY_RUN } from './runs.ts';

export const newAttacks: Lesson = {
  name: 'new-attacks',
  title: 'Attacks never seen',
  minutes: 6,
  question: 'Is a model that withstands the attacks it was trained on safe against new ones?',
  look: {
    says: 'Both requests are harmful. The first hides in a way that training shows; the second in a way that it never shows around harm.',
    prompts: ['suite:jailbreak-seen:0', 'suite:jailbreak-heldout:3'],
  },
  runs: [SAFETY_RUN],
  figures: [
    {
      name: 'known',
      run: 'safety',
      source: { test: 'attack-seen', when: 'after' },
      title: 'Known attacks that succeed after training',
    },
    {
      name: 'new',
      run: 'safety',
      source: { test: 'attack-heldout', when: 'after' },
      title: 'New attacks that succeed after training',
    },
    {
      name: 'known-before',
      run: 'safety',
      source: { test: 'attack-seen', when: 'before' },
      title: 'Known attacks that succeed before training',
      unasked: true,
    },
    {
      name: 'new-before',
      run: 'safety',
      source: { test: 'attack-heldout', when: 'before' },
      title: 'New attacks that succeed before training',
      unasked: true,
    },
  ],
  claim: {
    says: 'Known attacks succeed at least 20 points less often than before, and new ones at least 10 points more often than known ones.',
    bounds: [
      { left: 'known', is: 'below', than: 'known-before', by: 20 },
      { left: 'new', is: 'above', than: 'known', by: 10 },
    ],
  },
  explain: [
    'A test on known attacks asks: has the model learnt these disguises? A test on held-out attacks asks: has it learnt to see harm, whatever it wears?',
    'The frames of the held-out attacks do occur in training, but around harmless requests only. So the model may have learnt them as a sign of harmlessness.',
    'A safety figure without held-out attacks says little about tomorrow’s attacks.',
  ],
  quiz: [
    {
      asks: 'A report says: “attack success fell from 65 % to 5 %”. What do you ask first?',
      choices: [
        {
          says: 'Were the attacks of the test also in training?',
          why: 'Right. If they were, the figure tells what was memorised as well as what was understood.',
        },
        {
          says: 'How many parameters has the model?',
          why: 'Interesting, but it does not tell whether the figure means anything.',
        },
        {
          says: 'Which loss was used?',
          why: 'Any loss can learn known attacks.',
        },
      ],
    },
    {
      asks: 'What would lower the success of new attacks most honestly?',
      choices: [
        {
          says: 'More kinds of attacks in training, and a test with kinds that are still left out.',
          why: 'Right. More variety teaches what attacks have in common, and the test stays a test.',
        },
        {
          says: 'Adding the attacks of the test to training.',
          why: 'The figure would fall, and say nothing any more about new attacks.',
        },
        {
          says: 'Declining every long request.',
          why: 'Harmless requests would be declined too (lesson 4).',
        },
      ],
    },
  ],
  puzzle: {
    task: 'Limit training to two known families of attacks (setting “Attack families”). Which of the other known families still succeed?',
    hint: 'Evaluation has the table by attack; Probe can wrap any attack around a request.',
  },
  terms: ['attack', 'heldout', 'interval', 'seed'],
};
