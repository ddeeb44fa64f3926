// What is worked out once everything is measured: the best peaks, shares of them, and the exit code.

import { engineOf } from './engines.ts';
import type { Cell, Peak, Results } from './types.ts';

/** The better of the peaks that were measured before and after the rest, by adapter and build. */
export function bestPeaks(peaks: readonly Peak[]): Peak[] {
  const best = new Map<string, Peak>();
  for (const peak of peaks) {
    const key = `${peak.adapter} ${peak.simd}`;
    const known = best.get(key) ?? peak;
    const one = Math.max(known.oneThreadGflopPerSecond ?? 0, peak.oneThreadGflopPerSecond ?? 0);
    best.set(key, {
      ...peak,
      oneThreadGflopPerSecond: peak.simd === null ? null : one,
      gflopPerSecond: Math.max(known.gflopPerSecond, peak.gflopPerSecond),
      fastestGflopPerSecond: Math.max(known.fastestGflopPerSecond, peak.fastestGflopPerSecond),
      copyGbPerSecond: Math.max(known.copyGbPerSecond, peak.copyGbPerSecond),
    });
  }
  return [...best.values()];
}

/** Cells with their share of the peak of their adapter: on the processor that of the build that ran, for others the higher one. */
export function withPeakShares(
  cells: readonly Cell[],
  peaks: readonly Peak[],
  adapters: Results['adapters'],
): Cell[] {
  return cells.map((cell) => {
    const simd = adapters.find(
      ({ engine, adapter }) => engine === cell.engine && adapter === cell.adapter,
    )?.simd;
    const peak = peaks
      .filter(({ adapter }) => adapter === cell.adapter)
      .filter((one) => simd == null || one.simd === simd)
      .sort((a, b) => b.gflopPerSecond - a.gflopPerSecond)[0];
    const share = peak && cell.gflopPerSecond !== null ? cell.gflopPerSecond / peak.gflopPerSecond : null;
    return { ...cell, peakShare: share };
  });
}

/** 0: measured. 1: stopped, or an engine of ours failed or computed something else. Missed targets are figures, no failure. */
export function exitCodeOf({
  interrupted,
  cells,
  disqualified,
}: Pick<Results, 'interrupted' | 'cells' | 'disqualified'>): 0 | 1 {
  const isOurs = ({ engine }: { engine: string }) => engineOf(engine).family === 'ours';
  const broken = cells.some((cell) => isOurs(cell) && cell.state === 'failed') || disqualified.some(isOurs);
  return interrupted || broken ? 1 : 0;
}
