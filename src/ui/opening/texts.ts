// What the opening says: in one place, to be read and translated together. All of it in sight has fewer than 120 words.

export const OPENING_TEXTS = {
  title: 'Can a model become safer and stay useful?',
  makeSafe: '▶ Make it safe (1 min)',
  another: 'Another attack',
  otherWays: 'Other ways to start',
  differs: 'Live answers. First test prompt where the two models differ.',
  next: 'Live answers to the next test prompt.',
  figures: (n: number) => `Each figure: ${n} test prompts.`,
  software: 'The graphics adapter here is software: choose the engine “wasm”, which is faster.',
  scratch: '▶ Train from scratch',
  withForm: (stages: string) => `With the form's settings: ${stages}`,
  orFail: 'Or watch it fail',
  watch: '▶ Watch it',
  about: (seconds: number) => `About ${seconds} s on two cores.`,
  look: (what: string) => `Watch ${what}`,
  onlyForm: 'Only set the form',
  setUp: 'Set it up',
} as const;
