// What the view Train says at the end of a run: in one place, to be read and translated together.

export const OUTCOME_TEXTS = {
  title: 'What training changed',
  source: (before: string, after: string) =>
    `Before: ${before}. After: ${after}. Held-out prompts, judged by the oracle.`,
  tests: 'All tests',
  ask: 'Ask the model',
  answers: 'Answers in training',
} as const;
