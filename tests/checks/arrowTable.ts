// Which room may import which: the table of rooms in the architecture, as data.

/** Folders of src/. */
export const ROOMS = [
  'base',
  'terms',
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
  'figures',
  'experiments',
  'bench',
  'storage',
  'protocol',
  'releases',
  'inspector',
  'conformance',
  'tooling',
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

/** The ground floor: every room but itself may stand on it. */
const GROUND = ['base', 'terms', 'config'] as const;

/** What trains, below the loop. */
const ALGORITHM = [
  ...GROUND,
  'random',
  'world',
  'losses',
  'advantages',
  'rewards',
  'model',
  'engine',
] as const;

export const RULES: { readonly [room in Room]: RoomRule } = {
  base: { may: [] },
  terms: { may: ['base'] },
  config: { may: ['base', 'terms'] },
  random: { may: ['base'] },
  world: { may: [...GROUND, 'random'] },
  losses: { may: GROUND },
  advantages: { may: [...GROUND, 'losses'] },
  rewards: { may: [...GROUND, 'world'] },
  model: { may: [...GROUND, 'random'] },
  engine: { may: [...GROUND, 'model', 'random'] },
  // Evaluation is a stage of the pipeline, so its scores come from there; the loop speaks in the protocol's events and errors
  // and writes the store's records, whose types would otherwise be declared twice.
  training: { may: [...ALGORITHM, 'evaluation', 'protocol'], mayTypes: ['storage'] },
  evaluation: { may: [...GROUND, 'world'] },
  figures: { may: GROUND },
  // Grids, claims, statistics and the report of many runs: plain data and text.
  experiments: { may: [...GROUND, 'evaluation', 'figures'] },
  bench: { may: [...GROUND, 'random', 'model', 'engine', 'figures'] },
  storage: { may: GROUND },
  protocol: { may: GROUND },
  // The weights that come with the page, as stored runs.
  releases: { may: [...GROUND, 'model', 'training', 'evaluation', 'protocol', 'storage'] },
  // Answers questions on stored runs with the very code that trains and evaluates.
  inspector: { may: [...ALGORITHM, 'training', 'evaluation', 'protocol', 'storage', 'releases'] },
  // Holds the losses and the engines to their vectors.
  conformance: { may: [...GROUND, 'losses', 'advantages', 'engine', 'tooling'] },
  tooling: { may: [...GROUND, 'protocol'] },
  ui: { may: [...GROUND, 'figures', 'protocol'], mayTypes: ['evaluation', 'storage'] },
  cli: { may: [...GROUND, 'protocol', 'storage', 'evaluation', 'experiments', 'tooling'] },
};

/** Files that may do what their room may not, each with its reason. */
export type Exception = { file: RegExp; may: readonly (Room | 'tests')[]; reason: string };

export const EXCEPTIONS: readonly Exception[] = [
  {
    file: /^src\/conformance\/engines\.ts$/,
    may: ['tests'],
    reason: 'the heads of the other engines run on the page of the browser tests',
  },
  {
    file: /^src\/cli\/train\/fork\.ts$/,
    may: ['training'],
    reason: 'a fork whose settings do not fit is refused before a browser is started',
  },
  {
    file: /^src\/cli\/(evaluate|release)\//,
    may: ['inspector', 'releases', 'engine', 'training', 'world'],
    reason: 'weights are packed and evaluated without a browser, by the code that the page evaluates with',
  },
  { file: /^src\/cli\/bench\//, may: ['bench'], reason: 'the command that runs the benchmark' },
];

/** Packages that only one room may import, `also` those that it is measured in. */
export const PACKAGE_OWNERS: readonly { pattern: RegExp; room: Room; also: readonly Room[]; name: string }[] =
  [
    // The benchmark measures plain tfjs and jax-js against the engines.
    { pattern: /^@tensorflow\//, room: 'engine', also: ['bench'], name: '@tensorflow' },
    { pattern: /^@jax-js\//, room: 'bench', also: [], name: '@jax-js' },
  ];
