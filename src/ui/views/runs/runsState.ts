// What the user has set in the view Runs; it stays while other views are on show.

import { signal } from '@preact/signals';
import type { SortKey } from '../../state/runs/runRows.ts';
import type { Sorting } from '../../state/sorting.ts';

export const filterText = signal('');
export const sorting = signal<Sorting<SortKey>>({ key: 'when', descending: true });
/** Ids of the runs to compare, in the order in which they were chosen; the first is the reference. */
export const chosen = signal<readonly string[]>([]);
/** Id of the run whose details are unfolded. */
export const unfolded = signal<string | null>(null);

export function toggleChosen(runId: string): void {
  chosen.value = chosen.value.includes(runId)
    ? chosen.value.filter((id) => id !== runId)
    : [...chosen.value, runId];
}

/** Metric of the curves over each other. */
export const overlayMetric = signal('reward');
