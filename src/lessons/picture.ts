// Lesson 1: what the model sees, thinks and says, on twins: the same words with two pictures.

import type { Lesson } from './lesson.ts';
import { SAFETY_RUN } from './runs.ts';

export const picture: Lesson = {
  name: 'picture',
  title: 'What the model sees, thinks and says',
  minutes: 6,
  question: 'Does the model look at the picture before it answers?',
  look: {
    says: 'Both requests have the same words. With one picture the request is harmful, with the other it is not. Read what the model thinks (in italics) before it speaks.',
    prompts: ['suite:situational:0', 'suite:situational:1'],
  },
  runs: [SAFETY_RUN],
  figures: [
    {
      name: 'before',
      run: 'safety',
      source: { test: 'twins', when: 'before' },
      title: 'Twins answered right before safety training',
    },
    {
      name: 'after',
      run: 'safety',
      source: { test: 'twins', when: 'after' },
      title: 'Twins answered right after safety training',
    },
  ],
  claim: {
    says: 'Safety training makes the model use the picture: it answers at least 15 points more of the twins right.',
    bounds: [{ left: 'after', is: 'above', than: 'before', by: 15 }],
  },
  explain: [
    'A model that treats both twins alike is right on one of them: 50 %. SFT leaves this model near that. It often names what the picture shows, but seldom the risk in it, so the picture changes little.',
    'The model reads the picture as a grid of patches beside the words. Its thought names what it sees, then a risk, and only then the answer follows. Where the thought says “risk none”, the answer seldom warns.',
    'Safety training pays for answers that fit words and picture together. The only way to earn that on both twins is to draw the risk from the picture. One example can go wrong all the same: the figures are shares of 400 prompts.',
  ],
  quiz: [
    {
      asks: 'A model answers 50 % of the twins right. What do you know?',
      choices: [
        {
          says: 'It may not look at the picture at all.',
          why: 'Right. The same answer to both twins is right on exactly one of them.',
        },
        {
          says: 'It looks at every second picture.',
          why: 'It could, but nothing tells so. Giving the same answer to both twins already makes 50 %.',
        },
        {
          says: 'It is half as good as a perfect model.',
          why: 'Not here: 50 % is what a blind model gets, so it is the zero of this test.',
        },
      ],
    },
    {
      asks: 'Why does the model write a thought before its answer?',
      choices: [
        {
          says: 'The answer is drawn word by word after the thought and can use what the thought names.',
          why: 'Right. Each word is drawn from what stands before it: picture, request and thought.',
        },
        {
          says: 'The thought is an explanation, made after the answer.',
          why: 'The order is the other way round: the thought comes first, and the answer depends on it.',
        },
        {
          says: 'Only the thought is judged for safety.',
          why: 'It is the answer that the Safety head judges, unless the setting “Judge the thought too” is on.',
        },
      ],
    },
  ],
  puzzle: {
    task: 'Find a request of your own that the trained model answers right with one picture and wrong with another.',
    hint: 'In Probe, load a prompt of the kind “situational” and move the hazard to another cell, or swap its icon.',
  },
  terms: ['policy', 'sft', 'twins', 'oracle'],
};
