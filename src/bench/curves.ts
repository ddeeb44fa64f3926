// Which curves are drawn: time of an SFT step and of an RL iteration, tokens a second of a rollout, over the size of the task.

import { type CurvePoint, type CurveSeries, curveSvg } from '../figures/logCurves.ts';
import { engineOf, type Family, labelOf } from './engines.ts';
import { threeDigits } from './statistics.ts';
import { SIZES } from './task.ts';
import type { Cell, Results } from './types.ts';

/** Colours that stand out on white and on near-black. */
export const FAMILY_COLORS: { readonly [family in Family]: string } = {
  ours: '#178a5e',
  eager: '#3f86c9',
  tfjs: '#c9691b',
  jax: '#a866c4',
  torch: '#d14d4d',
};

const DASHES = { cpu: '', swiftshader: '5 3', opengles: '1.5 3', system: '' } as const;

type Drawing = {
  file: string;
  title: string;
  yLabel: string;
  measure: Cell['measure'];
  figureOf: (cell: Cell) => number | null;
};

const DRAWINGS: readonly Drawing[] = [
  {
    file: 'engine-sft.svg',
    title: 'SFT step: lower is faster',
    yLabel: 'milliseconds (hollow: cut off there)',
    measure: 'sft',
    figureOf: (cell) => cell.ms?.median ?? null,
  },
  {
    file: 'engine-rl.svg',
    title: 'RL iteration: lower is faster',
    yLabel: 'milliseconds (hollow: cut off there)',
    measure: 'rl',
    figureOf: (cell) => cell.ms?.median ?? null,
  },
  {
    file: 'engine-rollout.svg',
    title: 'Rollout: higher is faster',
    yLabel: 'sampled tokens a second (hollow: cut off, at most this)',
    measure: 'rl',
    figureOf: (cell) => cell.tokensPerSecond,
  },
];

/** The SVG files of a run; a drawing without any figure is left out. */
export function resultCurves(results: Results): { file: string; title: string; svg: string }[] {
  // Over sizes of one kind of batches: those of fixed lengths.
  const fixed = new Set(SIZES.filter(({ world }) => !world).map(({ name }) => name));
  const sizes = results.sizes.filter(({ name }) => fixed.has(name)).sort((a, b) => a.flops.sft - b.flops.sft);
  if (sizes.length === 0) return [];
  const contestants = [...new Set(results.cells.map((cell) => `${cell.engine} ${cell.adapter}`))];
  return DRAWINGS.flatMap(({ file, title, yLabel, measure, figureOf }) => {
    const series = contestants.map((name): CurveSeries => {
      const cells = results.cells.filter(
        (cell) =>
          `${cell.engine} ${cell.adapter}` === name && cell.measure === measure && cell.state !== 'failed',
      );
      const points = sizes.flatMap(({ name: size, flops }): CurvePoint[] => {
        const cell = cells.find((one) => one.size === size);
        const value = cell ? figureOf(cell) : null;
        if (!cell || value === null) return [];
        return [{ x: flops[measure] / 1e9, y: value, bound: cell.state === 'over-cap' }];
      });
      const [engine, adapter] = name.split(' ') as [string, Cell['adapter']];
      const { family } = engineOf(engine);
      return {
        label: labelOf(engine, adapter),
        color: FAMILY_COLORS[family],
        dash: DASHES[adapter],
        strong: family === 'ours',
        points,
      };
    });
    if (series.every(({ points }) => points.length === 0)) return [];
    const xNames = sizes.map(({ name, flops }) => {
      const gflop = flops[measure] / 1e9;
      return { x: gflop, name: `${name} ${threeDigits(gflop)}` };
    });
    const xLabel = `size, and the GFLOP that ${measure === 'sft' ? 'an SFT step' : 'an RL iteration'} needs`;
    return [{ file, title, svg: curveSvg({ title, xLabel, yLabel, series, xNames }) }];
  });
}
