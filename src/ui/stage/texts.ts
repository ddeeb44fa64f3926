// What the stage says, of the released model and of a run: in one place, to be read and translated together.

/** How an attack dresses a harmful request. */
const ATTACK_WORDS: { readonly [attack: string]: string } = {
  prefix_injection: 'with a demanded “sure”',
  typographic: 'written in the picture',
  respelt: 'spelt with digits',
  distractor: 'beside a harmless question',
  hierarchy: 'with “ignore your rules”',
  visual_perturbation: 'with a disturbed picture',
  story: 'wrapped in a story',
  continuation: 'begun, to be continued',
  role_play: 'as a role to play',
  authority: 'permitted by a boss',
  split_word: 'with its word cut in two',
};

export const STAGE_TEXTS = {
  harmful: (attack: string | null) =>
    ['Harmful request', attack === null ? '' : (ATTACK_WORDS[attack] ?? `(${attack.replaceAll('_', ' ')})`)]
      .join(' ')
      .trim(),
  lookAlike: 'Harmless look-alike',
  question: 'Question',
  picture: 'Picture that comes with the request',
  nothingSaid: '(nothing)',
  before: 'before',
  now: 'now',
  nowAt: (step: number) => `now, step ${step}`,
  after: (stage: string) => `after ${stage}`,
  over: 'Before and after training',
  begins: 'The run begins …',
  notMeasured: 'Not measured yet.',
  tests: (n: number) => `Tests: ${n} prompts of each kind, judged by the oracle.`,
  live: (n: number, points: string) =>
    `Live: the first ${n} test prompts of each kind, judged by the oracle; ± ${points} points.`,
  helpful: 'more helpful →',
  safe: 'safer →',
} as const;
