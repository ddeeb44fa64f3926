// The rooms of src/: what each holds and which others it may import. The import rules and the room table of the docs derive from it.

export type RoomRule = {
  /** What stands there, for the docs. */
  holds: string;
  /** Rooms that it may import, besides itself. */
  may: readonly Room[];
  /** Rooms of which it may import types, and nothing that is left at run time. */
  mayTypes?: readonly Room[];
  /** Files by which other rooms come in, without `.ts`; where it is absent, every file is open. */
  doors?: readonly string[];
};

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
  'statistics',
  'experiments',
  'bench',
  'storage',
  'protocol',
  'releases',
  'inspector',
  'lessons',
  'conformance',
  'tooling',
  'ui',
  'cli',
] as const;
export type Room = (typeof ROOMS)[number];

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
  base: { holds: 'numbers, text, errors: what needs nothing else', may: [] },
  terms: { holds: "the field's nouns as tables without logic", may: ['base'] },
  config: {
    holds: 'the table of settings, presets, validation, versions of stored settings',
    // The losses to choose from are the rows of their own table.
    may: ['base', 'terms', 'losses'],
    doors: ['index'],
  },
  random: { holds: 'counted random numbers', may: ['base'] },
  world: {
    holds: 'prompts, images, vocabulary, the oracle that judges responses',
    may: [...GROUND, 'random'],
    // The vocabulary alone is light enough for the page.
    doors: ['index', 'types', 'vocabulary'],
  },
  losses: {
    holds: 'policy and value losses with their gradients and metrics',
    may: ['base', 'terms'],
    doors: ['index'],
  },
  advantages: { holds: 'advantage estimators', may: [...GROUND, 'losses'], doors: ['index'] },
  rewards: { holds: 'reward terms and their sum', may: [...GROUND, 'world'], doors: ['index', 'types'] },
  model: { holds: 'layers and parameters of the policy', may: [...GROUND, 'random'] },
  engine: {
    holds: 'executors: WebGPU kernels, WebAssembly kernels, tfjs',
    may: [...GROUND, 'model', 'random'],
    doors: [
      'index',
      'types',
      'draws',
      // What the benchmark counts operations by.
      'plan/planShape',
      'plan/rope',
      // Asked before an engine is loaded.
      'device/capabilities',
      'device/webgpuDevice',
      // Single kernels, which the vectors hold to their values.
      'wasm/engine',
      'wasm/head',
      'wasm/kernels',
      'wasm/memory',
    ],
  },
  // Evaluation is a stage of the pipeline, so its scores come from there; the loop speaks in the protocol's events and errors
  // and writes the store's records, whose types would otherwise be declared twice.
  training: {
    holds: 'the pipeline of stages: rollouts, updates, reward heads, checkpoints',
    may: [...ALGORITHM, 'evaluation', 'protocol'],
    mayTypes: ['storage'],
  },
  evaluation: {
    holds: 'suites, scores, intervals, claims',
    may: [...GROUND, 'world', 'figures'],
    doors: ['index'],
  },
  figures: { holds: 'axes, labels and SVG documents', may: GROUND },
  statistics: {
    holds: 'means and differences over few seeds: intervals, tests, corrections, power',
    may: ['base', 'random'],
  },
  experiments: {
    holds: 'plans of runs, their results and reports; plain data and text',
    may: [...GROUND, 'evaluation', 'figures', 'statistics'],
    // The page has plans alone: the claims bring the world with them.
    doors: ['index', 'plans'],
  },
  bench: {
    holds: 'benchmarks of the engines',
    may: [...GROUND, 'random', 'world', 'model', 'engine', 'training', 'figures', 'storage'],
    doors: ['index', 'types'],
  },
  storage: {
    holds: 'the database, bundles, weights files, CSV',
    // A bundle tells words and pictures of its prompts.
    may: [...GROUND, 'world'],
    doors: [
      'index',
      'types',
      'bundleImport',
      'curves',
      'exportFiles',
      'idbDetails',
      'metricsDigest',
      'offlineFiles',
      'sha256',
      'workerApi',
    ],
  },
  protocol: { holds: 'messages and errors between threads', may: GROUND },
  releases: {
    holds: 'weights that come with the page, as stored runs',
    may: [...GROUND, 'model', 'training', 'evaluation', 'protocol', 'storage'],
  },
  inspector: {
    holds: 'answers to questions on stored runs, by the code that trains and evaluates',
    may: [...ALGORITHM, 'training', 'evaluation', 'protocol', 'storage', 'releases'],
  },
  lessons: {
    holds: 'what the lessons say, ask and claim, and the glossary; data, and how it is read from a run',
    may: GROUND,
    mayTypes: ['protocol'],
  },
  conformance: {
    holds: 'losses and engines held to reference vectors',
    may: [...GROUND, 'losses', 'advantages', 'rewards', 'engine', 'tooling'],
  },
  tooling: { holds: 'build, local server, browsers, test sections', may: [...GROUND, 'protocol'] },
  ui: {
    holds: 'the page',
    may: [...GROUND, 'figures', 'experiments', 'protocol', 'lessons'],
    mayTypes: ['evaluation', 'storage'],
  },
  cli: {
    holds: 'the npm commands',
    may: [...GROUND, 'protocol', 'storage', 'evaluation', 'experiments', 'tooling'],
  },
};

/** Folders of src/ui, lowest first: each may import those before it. Files beside them stand on top. */
export const UI_FLOORS = [
  'browser',
  'state',
  'session',
  'commands',
  'parts',
  'charts',
  'stage',
  'opening',
  'views',
  'shell',
] as const;

/** Files that may do what their room may not, each with its reason. `file` continues `src/`. */
export type Exception = { file: string; may: readonly (Room | 'tests')[]; reason: string };

export const EXCEPTIONS: readonly Exception[] = [
  {
    file: 'conformance/engines\\.ts$',
    may: ['tests'],
    reason: 'the heads of the other engines run on the page of the browser tests',
  },
  {
    file: 'cli/(evaluate|release)/',
    may: ['inspector', 'releases', 'engine', 'model', 'training', 'world'],
    reason: 'weights are packed and evaluated without a browser, by the code that the page evaluates with',
  },
  { file: 'cli/vectors/', may: ['conformance'], reason: 'the command that runs the test vectors' },
  { file: 'cli/bench/', may: ['bench'], reason: 'the command that runs the benchmark' },
];

/** Packages that only these rooms may import. */
export const PACKAGE_OWNERS: readonly { scope: string; rooms: readonly Room[] }[] = [
  // The benchmark measures plain tfjs and jax-js against the engines.
  { scope: '@tensorflow', rooms: ['engine', 'bench'] },
  { scope: '@jax-js', rooms: ['bench'] },
];
