// Holds the figures to the project's targets, a line each.

import { engineOf, labelOf } from './engines.ts';
import { threeDigits } from './statistics.ts';
import type { AdapterKind, Cell, MeasureKind, Results, Verdict } from './types.ts';

/** The targets. */
export const TARGETS = { overTfjs: 6, overJax: 2, wasmPeakShare: 0.5, wgslOverTfjs: 6, rolloutOverNaive: 10 };

/** Sizes that the targets speak of. */
const TARGET_SIZES = ['small', 'base'];

const MEASURE_WORDS: { readonly [measure in MeasureKind]: string } = { sft: 'SFT step', rl: 'RL iteration' };

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
    ...TARGET_SIZES.map((size) => rolloutVerdict(cells, size, own)),
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

function peakVerdict(cells: readonly Cell[], size: string): Verdict {
  const target = `SFT step at ${size}: ours wasm at least ${TARGETS.wasmPeakShare * 100} % of the measured matrix-product peak`;
  const cell = cells.find((one) => one.engine === 'wasm' && one.size === size && one.measure === 'sft');
  if (!cell || cell.peakShare === null) return { target, met: null, text: 'was not measured' };
  const text = `${(100 * cell.peakShare).toFixed(0)} %: ${threeDigits(cell.gflopPerSecond!)} GFLOP/s`;
  return { target, met: cell.peakShare >= TARGETS.wasmPeakShare, text };
}

function rolloutVerdict(cells: readonly Cell[], size: string, own: Contestant): Verdict {
  const factor = TARGETS.rolloutOverNaive;
  const target = `Rollout at ${size}: ours (${labelOf(own.engine, own.adapter)}) at least ${factor}x the tokens a second of naive sampling on the best stock tfjs backend`;
  const here = cells.filter(
    (cell) => cell.size === size && cell.measure === 'rl' && cell.tokensPerSecond !== null,
  );
  const ours = here.find(isRunBy(own));
  const best = ofFamily(here, 'tfjs').sort((a, b) => b.tokensPerSecond! - a.tokensPerSecond!)[0];
  if (!ours || !best) return { target, met: null, text: `${ours ? 'the other' : 'ours'} was not measured` };
  const ratio = ours.tokensPerSecond! / best.tokensPerSecond!;
  const text = `${threeDigits(ratio)}x: ${threeDigits(ours.tokensPerSecond!)} tokens/s against ${threeDigits(best.tokensPerSecond!)} of ${labelOf(best.engine, best.adapter)}`;
  return { target, met: ratio >= factor, text };
}

/** `met   RL iteration at small: ... 8.1x: ...` */
export function verdictLine({ target, met, text }: Verdict): string {
  return `${met === null ? 'open  ' : met ? 'met   ' : 'MISSED'} ${target}. ${text}.`;
}
