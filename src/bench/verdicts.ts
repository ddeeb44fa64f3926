// Holds the figures to the project's targets, a line each.

import { engineOf, labelOf } from './engines.ts';
import { threeDigits } from './statistics.ts';
import type { AdapterKind, Cell, MeasureKind, Results, Verdict } from './types.ts';

/** The targets. */
export const TARGETS = {
  ...{ overTfjs: 6, overJax: 2, wgslOverTfjs: 6 },
  /** Time of ours over that of PyTorch on the same cores, and tokens of its rollouts; share of the measured peak; by size. */
  small: { sft: 0.75, rl: 0.4, rollout: 4, peakShare: 0.35 },
  base: { sft: 1, rl: 0.65, rollout: 4, peakShare: 0.45 },
};

/** Sizes that the targets speak of. */
const TARGET_SIZES = ['small', 'base'] as const;
type TargetSize = (typeof TARGET_SIZES)[number];

const MEASURE_WORDS: { readonly [measure in MeasureKind]: string } = {
  sft: 'SFT step',
  heads: 'heads step',
  rl: 'RL iteration',
};

type Contestant = { engine: string; adapter: AdapterKind };

const isRunBy =
  ({ engine, adapter }: Contestant) =>
  (other: Contestant) =>
    other.engine === engine && other.adapter === adapter;

const isTimed = ({ ms, state }: Cell) => ms !== null && state !== 'failed';

type Figures = Pick<Results, 'cells' | 'disqualified' | 'defaults' | 'sizes'>;

/**
 * A size that was not tried, for it was too slow before, is bounded by the slowest size that asks for no more of it: no larger a
 * model, no larger a batch. Its milliseconds are then a lower bound and its tokens a second an upper one.
 */
function bounded(cell: Cell, { cells, sizes }: Figures): Cell {
  const size = sizes.find(({ name }) => name === cell.size);
  if (cell.state !== 'not-tried' || !size) return cell;
  const smaller = sizes.filter(
    ({ name, parameters, batch }) =>
      name !== size.name && parameters <= size.parameters && batch <= size.batch,
  );
  const slowest = cells
    .filter(isRunBy(cell))
    .filter((one) => one.measure === cell.measure && isTimed(one))
    .filter((one) => smaller.some(({ name }) => name === one.size))
    .sort((a, b) => b.ms!.median - a.ms!.median)[0];
  if (!slowest) return cell;
  return { ...cell, ms: slowest.ms, tokensPerSecond: slowest.tokensPerSecond, note: `at ${slowest.size}` };
}

/** Cells that count: measured or bounded, and of a contestant that computes the model. */
function valid(figures: Figures): Cell[] {
  const { cells, disqualified } = figures;
  return cells
    .map((cell) => bounded(cell, figures))
    .filter((cell) => isTimed(cell) && !disqualified.some(isRunBy(cell)));
}

/** What `auto` takes, as an engine of ours; of several browsers the first decides. */
function ourDefault({ defaults }: Figures): Contestant {
  const first = defaults[0];
  if (!first || first.engine === 'wasm') return { engine: 'wasm', adapter: 'cpu' };
  if (first.engine === 'wgsl') return { engine: 'wgsl', adapter: first.adapter };
  const engine = first.engine === 'tfjs-wasm' ? 'eager-wasm' : `eager-${first.engine}`;
  return { engine, adapter: engineOf(engine).gpu ? first.adapter : 'cpu' };
}

const RIVALS = [
  ['tfjs', TARGETS.overTfjs, 'stock tfjs'],
  ['jax', TARGETS.overJax, 'jax-js'],
] as const;

/** All verdicts, in the order of the targets. */
export function verdictsOf(figures: Figures): Verdict[] {
  const cells = valid(figures);
  const own = ourDefault(figures);
  const tasks = TARGET_SIZES.flatMap((size) =>
    (['rl', 'sft'] as const).map((measure) => ({
      share: TARGETS[size][measure],
      words: `${MEASURE_WORDS[measure]} at ${size}`,
      here: cells.filter((cell) => cell.size === size && cell.measure === measure),
    })),
  );
  const adapters = [...new Set(cells.map(({ adapter }) => adapter))].filter((adapter) => adapter !== 'cpu');
  return [
    ...tasks.flatMap(({ words, here }) =>
      RIVALS.map(([family, factor, name]) => {
        const target = `${words}: ours (${labelOf(own.engine, own.adapter)}) at least ${factor}x the best ${name} backend`;
        return faster(target, factor, here.find(isRunBy(own)), ofFamily(here, family));
      }),
    ),
    ...TARGET_SIZES.map((size) => peakVerdict(cells, size)),
    ...adapters.flatMap((adapter) =>
      tasks.map(({ words, here }) => {
        const target = `${words}: ${labelOf('wgsl', adapter)} at least ${TARGETS.wgslOverTfjs}x stock tfjs-webgpu on the same adapter`;
        const [ours, others] = ['wgsl', 'tfjs-webgpu'].map((engine) =>
          here.filter(isRunBy({ engine, adapter })),
        );
        return faster(target, TARGETS.wgslOverTfjs, ours[0], others);
      }),
    ),
    ...tasks.map(({ words, share, here }) => torchVerdict(words, share, here)),
    ...TARGET_SIZES.map((size) => rolloutVerdict(cells, size)),
  ];
}

function ofFamily(cells: readonly Cell[], family: string): Cell[] {
  return cells.filter((cell) => engineOf(cell.engine).family === family);
}

const isWhole = (cell: Cell): boolean => cell.state === 'measured' || cell.state === 'cold';

/** How many times faster ours is than the fastest of the others; one that was cut off gives a lower bound. */
function faster(target: string, factor: number, ours: Cell | undefined, others: readonly Cell[]): Verdict {
  const best = [...others].sort((a, b) => a.ms!.median - b.ms!.median)[0];
  if (!ours || !isWhole(ours) || !best) {
    return { target, met: null, text: `${!ours || !isWhole(ours) ? 'ours' : 'the other'} was not measured` };
  }
  const ratio = best.ms!.median / ours.ms!.median;
  const bound = !isWhole(best);
  const text = `${bound ? 'at least ' : ''}${threeDigits(ratio)}x: ${threeDigits(ours.ms!.median)} ms against ${bound ? 'over ' : ''}${threeDigits(best.ms!.median)} ms of ${labelOf(best.engine, best.adapter)}${best.state === 'cold' ? ' (its first run)' : best.state === 'not-tried' ? ` (${best.note})` : ''}`;
  // A bound that is too low says nothing against ours.
  return { target, met: ratio >= factor ? true : bound ? null : false, text };
}

/** Ours on the processor against PyTorch on the same cores: at most this share of its time. */
function torchVerdict(words: string, share: number, cells: readonly Cell[]): Verdict {
  const target = `${words}: ours wasm in at most ${share}x the time of PyTorch on the same cores`;
  const { ours, torch } = nativePair(cells);
  if (!ours || !isWhole(ours) || !torch || !isWhole(torch))
    return { target, met: null, text: 'the two were not measured' };
  const ratio = ours.ms!.median / torch.ms!.median;
  const text = `${ratio.toFixed(2)}x: ${threeDigits(ours.ms!.median)} ms against ${threeDigits(torch.ms!.median)} ms`;
  return { target, met: ratio <= share, text };
}

function nativePair(cells: readonly Cell[]) {
  const [ours, torch] = ['wasm', 'torch-cpu'].map((engine) =>
    cells.find(isRunBy({ engine, adapter: 'cpu' })),
  );
  return { ours, torch };
}

function peakVerdict(cells: readonly Cell[], size: TargetSize): Verdict {
  const share = TARGETS[size].peakShare;
  const target = `SFT step at ${size}: ours wasm at least ${share * 100} % of the measured peak of the cores`;
  const cell = cells.find((one) => one.engine === 'wasm' && one.size === size && one.measure === 'sft');
  if (!cell || cell.peakShare === null) return { target, met: null, text: 'was not measured' };
  const text = `${(100 * cell.peakShare).toFixed(0)} %: ${threeDigits(cell.gflopPerSecond!)} GFLOP/s`;
  return { target, met: cell.peakShare >= share, text };
}

function rolloutVerdict(cells: readonly Cell[], size: TargetSize): Verdict {
  const factor = TARGETS[size].rollout;
  const target = `Rollout at ${size}: ours wasm at least ${factor}x the tokens a second of PyTorch on the same cores`;
  const here = cells.filter((cell) => cell.size === size && cell.measure === 'rl');
  const { ours, torch } = nativePair(here);
  if (!ours?.tokensPerSecond || !torch?.tokensPerSecond)
    return { target, met: null, text: 'the two were not measured' };
  const ratio = ours.tokensPerSecond / torch.tokensPerSecond;
  const text = `${threeDigits(ratio)}x: ${threeDigits(ours.tokensPerSecond)} tokens/s against ${threeDigits(torch.tokensPerSecond)}`;
  return { target, met: ratio >= factor, text };
}

/** `met   RL iteration at small: ... 8.1x: ...` */
export function verdictLine({ target, met, text }: Verdict): string {
  return `${met === null ? 'open  ' : met ? 'met   ' : 'MISSED'} ${target}. ${text}.`;
}
