// What is worked out once everything is measured: the best peaks, shares of them, and the exit code.

import { engineOf } from './engines.ts';
import type { Cell, Peak, Results } from './types.ts';

/** The better of the peaks that were measured before and after the rest, by adapter. */
export function bestPeaks(peaks: readonly Peak[]): Peak[] {
  const best = new Map<string, Peak>();
  for (const peak of peaks) {
    const known = best.get(peak.adapter) ?? peak;
    best.set(peak.adapter, {
      ...peak,
      gflopPerSecond: Math.max(known.gflopPerSecond, peak.gflopPerSecond),
      fastestGflopPerSecond: Math.max(known.fastestGflopPerSecond, peak.fastestGflopPerSecond),
      copyGbPerSecond: Math.max(known.copyGbPerSecond, peak.copyGbPerSecond),
    });
  }
  return [...best.values()];
}

/** Cells with their share of the peak of their adapter. */
export function withPeakShares(cells: readonly Cell[], peaks: readonly Peak[]): Cell[] {
  return cells.map((cell) => {
    const peak = peaks.find(({ adapter }) => adapter === cell.adapter);
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
