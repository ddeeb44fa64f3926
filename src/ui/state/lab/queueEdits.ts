// What a user changes on a queue while it runs: runs cancelled, a cell stopped, values and seeds added.

import { type Plan, planOfInput } from '../../../experiments/plans.ts';
import type { Json, QueueRecord } from '../../../storage/types.ts';
import { seedsOf, valuesOf } from './planForm.ts';
import { isOverRow, type QueueRow } from './queueRows.ts';

/** As a record holds it. */
export const planJson = (plan: Plan): Json => plan as unknown as Json;

/** Without those runs of the rows that have no result yet. */
export function withDropped(
  queue: QueueRecord,
  rows: readonly QueueRow[],
  drops: (row: QueueRow) => boolean,
): QueueRecord {
  const more = rows.filter((row) => !isOverRow(row) && drops(row)).map(({ run }) => run.id);
  return { ...queue, dropped: [...new Set([...queue.dropped, ...more])] };
}

/** With the runs of a failed or cancelled one given another chance. */
export function withRetried(queue: QueueRecord, id: string): QueueRecord {
  const { [id]: _, ...failures } = queue.failures;
  return { ...queue, failures, dropped: queue.dropped.filter((dropped) => dropped !== id) };
}

/** @throws SettingError or PlaygroundError in one sentence. */
export function planWithValues(plan: Plan, setting: string, text: string): Plan {
  const more = valuesOf(setting, text);
  const factors = plan.factors.map((factor) =>
    factor.setting === setting ? { ...factor, values: [...factor.values, ...more] } : factor,
  );
  return anew({ ...plan, factors });
}

/**
 * Seeds that come after a result can have been seen are marked as added: the verdicts then count one more look.
 * @throws SettingError or PlaygroundError in one sentence.
 */
export function planWithSeeds(plan: Plan, text: string, hasResults: boolean): Plan {
  const more = seedsOf(text);
  return anew(
    hasResults
      ? { ...plan, addedSeeds: [...plan.addedSeeds, more] }
      : { ...plan, seeds: [...plan.seeds, ...more] },
  );
}

function anew({ kind: _, version: __, metrics, ...plan }: Plan): Plan {
  return planOfInput({ ...plan, metrics: [...metrics] });
}
