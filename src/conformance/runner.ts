// The runner of test vectors: every section of a file, a line each.

import type { VectorBackend } from './backend.ts';
import type { VectorFile } from './file.ts';
import { prepare } from './inputs.ts';
import { SKIPPED_LOSSES } from './nameMap.ts';
import {
  type Comparison,
  compareAdvantage,
  compareDerived,
  compareEntropy,
  compareLoss,
  compareMetrics,
  compareValue,
} from './sections.ts';

/** The outcome of one comparison. */
export type VectorLine = {
  file: string;
  name: string;
  status: 'pass' | 'fail' | 'skip';
  /** Worst relative error; null where nothing was computed. */
  error: number | null;
  /** Which number was worst, or why it failed or was skipped. */
  note: string;
};

/** Runs every section of a file. Nothing is thrown for a wrong number: that is a line with status `fail`. */
export async function runVectorFile(file: VectorFile, backend: VectorBackend): Promise<VectorLine[]> {
  const prepared = await prepare(file, backend);
  const lines: VectorLine[] = [];
  const report = async (name: string, compute: () => Promise<Comparison> | Comparison): Promise<void> => {
    lines.push({ file: file.name, name, ...(await outcomeOf(backend.tolerance, compute)) });
  };
  for (const key of Object.keys(file.advantages)) {
    await report(`advantages/${key}`, () => compareAdvantage(file, prepared, key));
  }
  for (const [key, entry] of Object.entries(file.losses)) {
    if (SKIPPED_LOSSES.has(key)) {
      lines.push({ file: file.name, name: key, status: 'skip', error: null, note: 'not offered here' });
    } else await report(key, () => compareLoss(file, prepared, backend, key, entry));
  }
  await report('metrics', () => compareMetrics(file, prepared));
  await report('value', () => compareValue(file, prepared));
  await report('entropy_bonus', () => compareEntropy(file, prepared, backend));
  if (file.derived) await report('derived', () => compareDerived(file, prepared));
  return lines;
}

async function outcomeOf(
  tolerance: number,
  compute: () => Promise<Comparison> | Comparison,
): Promise<Pick<VectorLine, 'status' | 'error' | 'note'>> {
  try {
    const errors = Object.entries(await compute());
    // NaN counts as the worst of all, so that it cannot hide behind a comparison.
    const [worst, error] = errors.reduce((a, b) => (Number.isNaN(b[1]) || b[1] > a[1] ? b : a), ['', 0]);
    return { status: error <= tolerance ? 'pass' : 'fail', error, note: worst };
  } catch (error) {
    return { status: 'fail', error: null, note: (error as Error).message };
  }
}
