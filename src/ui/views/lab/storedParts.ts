// What a stored run that has ended gives to a report: its evaluations, the figures of its training, its digest.

import { readSettings } from '../../../config/index.ts';
import { FIGURE_METRICS, trainingFigures } from '../../../experiments/plans.ts';
import type { RunRecord } from '../../../storage/types.ts';
import type { Session } from '../../session/session.ts';
import type { StoredParts } from '../../state/lab/storedResult.ts';

export async function readParts({ store, library }: Session, record: RunRecord): Promise<StoredParts> {
  const { id } = record;
  // Not all metrics: to hand them over takes longer than a frame.
  const [evaluations, read, latest, digest] = await Promise.all([
    library.evaluations(id),
    store.readMetrics(id, FIGURE_METRICS),
    store.latestMetrics(id),
    store.digestOf(id),
  ]);
  const figures = trainingFigures(read, readSettings(record).settings);
  return { record, evaluations, figures, metrics: Object.keys(latest), digest };
}
