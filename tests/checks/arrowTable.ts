// Which room may import which: the table of rooms in the architecture, as data.

/** Folders of src/. */
export const ROOMS = [
  'config',
  'random',
  'world',
  'losses',
  'advantages',
  'rewards',
  'model',
  'engine',
  'training',
  'lab',
  'evaluation',
  'evidence',
  'bench',
  'storage',
  'protocol',
  'ui',
  'cli',
] as const;
export type Room = (typeof ROOMS)[number];

export type RoomRule = {
  /** Rooms that it may import from, besides itself. */
  may: readonly Room[];
  /** Rooms that it may import types from, and nothing that is left at run time. */
  mayTypes?: readonly Room[];
};

export const RULES: { readonly [room in Room]: RoomRule } = {
  config: { may: [] },
  random: { may: [] },
  world: { may: ['config', 'random'] },
  losses: { may: ['config'] },
  advantages: { may: ['config', 'losses'] },
  rewards: { may: ['config', 'world'] },
  model: { may: ['config', 'random'] },
  engine: { may: ['config', 'model', 'random'] },
  training: {
    // Evaluation is a stage of the pipeline, so its scores come from there; the loop speaks in the protocol's events and errors
    // and writes the store's records, whose types would otherwise be declared twice.
    may: [
      'config',
      'random',
      'world',
      'losses',
      'advantages',
      'rewards',
      'model',
      'engine',
      'evaluation',
      'protocol',
    ],
    mayTypes: ['storage'],
  },
  // Answers questions on stored runs with the very code that trains and evaluates, and reads the weights that come with the page.
  lab: {
    may: [
      'config',
      'random',
      'world',
      'losses',
      'advantages',
      'rewards',
      'model',
      'engine',
      'training',
      'evaluation',
      'protocol',
      'storage',
    ],
  },
  evaluation: { may: ['config', 'world'] },
  // Grids, claims, statistics and the report of many runs: plain data and text.
  evidence: { may: ['config', 'evaluation'] },
  bench: { may: ['config', 'random', 'model', 'engine'] },
  storage: { may: ['config'] },
  protocol: { may: ['config'] },
  ui: { may: ['config', 'protocol'], mayTypes: ['evaluation', 'storage'] },
  cli: { may: ['config', 'protocol', 'storage', 'evaluation', 'evidence'] },
};

/** Files that may do what their room may not, each with its reason. */
export type Exception = { file: RegExp; may: readonly (Room | 'tests')[]; reason: string };

export const EXCEPTIONS: readonly Exception[] = [
  {
    file: /^src\/cli\/vectors\w*\.ts$/,
    may: ['losses', 'advantages', 'engine', 'tests'],
    reason:
      'the vector runner holds the losses and the engines to their vectors, with the name map of the tests',
  },
  {
    file: /^src\/cli\/trainFork\.ts$/,
    may: ['training'],
    reason: 'a fork whose settings do not fit is refused before a browser is started',
  },
  {
    file: /^src\/cli\/(evaluate|release)\w*\.ts$/,
    may: ['lab', 'engine', 'training', 'world'],
    reason: 'weights are packed and evaluated without a browser, by the code that the page evaluates with',
  },
  { file: /^src\/cli\/bench\w*\.ts$/, may: ['bench'], reason: 'the command that runs the benchmark' },
];

/** Packages that only one room may import, `also` those that it is measured in. */
export const PACKAGE_OWNERS: readonly { pattern: RegExp; room: Room; also: readonly Room[]; name: string }[] =
  [
    // The benchmark measures plain tfjs and jax-js against the engines.
    { pattern: /^@tensorflow\//, room: 'engine', also: ['bench'], name: '@tensorflow' },
    { pattern: /^@jax-js\//, room: 'bench', also: [], name: '@jax-js' },
  ];
