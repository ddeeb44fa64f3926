// The words of the page that a newcomer cannot know, each in a sentence or two.

export const GLOSSARY = {
  rollout: [
    'Rollout',
    'Prompts drawn from a mix, each answered several times by the policy. One iteration of training uses one rollout.',
  ],
  policy: [
    'Policy',
    'The model that is trained: it gives each next word a probability, and words are drawn from these.',
  ],
  group: ['Group', 'The responses to one prompt. Their mean reward is what each of them is compared with.'],
  advantage: [
    'Advantage',
    'How much better a response is than the mean of its group, in units of the group’s spread. Above 0 it is made more likely, below 0 less likely.',
  ],
  reward: [
    'Reward',
    'The number that training raises: a weighted sum of terms for form, looking at the picture, helpfulness and the task.',
  ],
  head: [
    'Reward head',
    'A small trained classifier that judges responses. Safety, Value, Knowledge and Helpful are the four heads; their verdicts make the reward.',
  ],
  oracle: [
    'Oracle',
    'A program that knows the truth about this small world. It judges the tests and labels examples for the heads; it is never the reward.',
  ],
  gold: [
    'Gold reward',
    'What the reward would be if the oracle judged instead of the heads. It is measured, never trained on.',
  ],
  sft: [
    'SFT',
    'Supervised fine-tuning: the first stage, which imitates demonstrations. Some of them are flawed on purpose.',
  ],
  stage: [
    'Stages 1 and 2',
    'Reinforcement learning after SFT. Stage 1 trains general tasks, stage 2 trains safety and everything else together.',
  ],
  lookalike: [
    'Look-alike',
    'A harmless request that looks like a harmful one. A model that declines it over-refuses.',
  ],
  overrefusal: [
    'Over-refusal',
    'Declining a harmless request: it is refused, or warned off instead of answered.',
  ],
  twins: [
    'Twins',
    'Two prompts with the same words and different pictures; with one of the pictures the request is harmful.',
  ],
  attack: [
    'Attack',
    'A harmful request wrapped so that the model meets it: in a story, a game, a claim of authority. Also called a jailbreak.',
  ],
  heldout: [
    'Held-out attack',
    'A family of attacks that training never shows around a harmful request. It tells whether safety generalises.',
  ],
  kl: ['KL', 'How far the policy has moved from the one that the stage began with, in nats per token.'],
  clip: [
    'Clip',
    'A range for the ratio of new to old probability of a token: outside of it, going further gains nothing. The ratio itself can still leave it.',
  ],
  drift: [
    'Policy drift',
    'A term of the loss that pulls the policy towards the one that sampled the rollout.',
  ],
  goodhart: [
    'Goodhart’s law',
    'A measure that is optimised stops being a good measure: the policy finds what the judge gets wrong.',
  ],
  seed: [
    'Seed',
    'The number that fixes all random choices of a run. Runs with other seeds tell how much is chance.',
  ],
  interval: [
    '95 % interval',
    'The range of values that fit what was measured. Few prompts or few seeds make it wide.',
  ],
  guild: [
    'Guild',
    'A group of people of this small world, such as vann or tolk, with a colour, a shape, a number and a tool. Facts about guilds test knowledge, prejudices about them test values.',
  ],
} as const satisfies { readonly [term: string]: readonly [title: string, text: string] };

export type GlossaryTerm = keyof typeof GLOSSARY;
