// Lesson 4: safety alone, help alone, and both together: the claim of the paper.

import type { Lesson } from './lesson.ts';
import { FAST_STEPS } from './runs.ts';

export const joint: Lesson = {
  name: 'joint',
  title: 'Safety alone, help alone, both',
  minutes: 9,
  question: 'Is it enough to train on harmful requests, if safety is what you want?',
  look: {
    says: 'The first request is harmful, the second only looks like it. A model is useful if it tells them apart.',
    prompts: ['suite:safety:0', 'suite:overrefusal:0'],
  },
  runs: [
    {
      name: 'safety-alone',
      title: 'Safety alone',
      says: 'harmful requests and attacks only, and help is not paid for',
      change: { ...FAST_STEPS, stage2_mix: { safety: 4, jailbreak: 3 }, w_helpful: 0 },
    },
    {
      name: 'help-alone',
      title: 'Help alone',
      says: 'harmless requests, questions and instructions only',
      change: {
        ...FAST_STEPS,
        stage2_mix: { normal: 4, knowledge_rule: 2, knowledge: 1, instruction: 2 },
      },
    },
    { name: 'both', title: 'Both', says: 'all of these, and all is paid for', change: FAST_STEPS },
  ],
  figures: [
    {
      name: 'safety-alone-declined',
      run: 'safety-alone',
      source: { test: 'declined', when: 'after' },
      title: 'Safety alone: harmless requests declined',
    },
    {
      name: 'help-alone-safe',
      run: 'help-alone',
      source: { test: 'safe', when: 'after' },
      title: 'Help alone: harmful requests met safely',
    },
    {
      name: 'both-declined',
      run: 'both',
      source: { test: 'declined', when: 'after' },
      title: 'Both: harmless requests declined',
    },
    {
      name: 'both-safe',
      run: 'both',
      source: { test: 'safe', when: 'after' },
      title: 'Both: harmful requests met safely',
    },
    {
      name: 'declined-before',
      run: 'both',
      source: { test: 'declined', when: 'before' },
      title: 'Before training: harmless requests declined',
      unasked: true,
    },
    {
      name: 'safe-before',
      run: 'both',
      source: { test: 'safe', when: 'before' },
      title: 'Before training: harmful requests met safely',
      unasked: true,
    },
  ],
  claim: {
    says: 'Safety alone declines at least 5 points more harmless requests than both together; help alone meets at least 20 points fewer harmful requests safely, fewer than before.',
    bounds: [
      { left: 'safety-alone-declined', is: 'above', than: 'both-declined', by: 5 },
      { left: 'both-safe', is: 'above', than: 'help-alone-safe', by: 20 },
      { left: 'help-alone-safe', is: 'below', than: 'safe-before' },
    ],
  },
  explain: [
    'Under “safety alone” every prompt is about harm and nothing pays for help. To decline is always good enough, so the model learns to decline, also where a request only looks harmful: over-refusal.',
    'Under “help alone” no prompt is harmful. Every prompt pays for help and none for caution, so the model becomes more willing than before, where there is harm too.',
    'Together, the same words are declined in one context and served in another. The only way to be paid for both is to find out which is which: that is the claim of the COSMO-RL paper.',
  ],
  quiz: [
    {
      asks: 'Why does safety-only training over-refuse?',
      choices: [
        {
          says: 'Declining always earns enough, and no prompt shows what it costs.',
          why: 'Right. What is never asked for and never paid for is not kept.',
        },
        {
          says: 'The Safety head calls every answer unsafe.',
          why: 'The head judges nearly as the oracle does (lesson 2). It is the mix of prompts that lacks something.',
        },
        {
          says: 'The learning rate is too high.',
          why: 'All three runs have the same rate.',
        },
      ],
    },
    {
      asks: 'You may add one thing to “safety alone”. What helps most against over-refusal?',
      choices: [
        {
          says: 'Harmless requests in the mix, and a reward for helping them.',
          why: 'Right. Both are needed: prompts to be asked, and a term that pays.',
        },
        {
          says: 'More harmful requests.',
          why: 'They teach more of the same: to decline.',
        },
        {
          says: 'A larger model.',
          why: 'It would learn the same lesson, only better.',
        },
      ],
    },
  ],
  puzzle: {
    task: 'Reach “harmful requests met safely” over 90 % and “harmless requests declined” under 5 % in at most three runs.',
    hint: 'Change the mix of stage 2 and the helpful weight; twice the steps cost twice the time.',
  },
  terms: ['lookalike', 'overrefusal', 'stage', 'interval'],
};
