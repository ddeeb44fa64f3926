// What the user ticks for comparison: released models (the first ones ticked from the start) and stored runs, read when ticked.

import { batch, useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { ReleasedModel } from '../../../../protocol/inspector.ts';
import type { Session } from '../../../session/session.ts';
import type { PlaneSeries } from '../../../state/scores/plane.ts';

export function useTicked(session: Session, released: readonly ReleasedModel[]) {
  /** Null until the user ticks: the first release then. */
  const chosen = useSignal<readonly string[] | null>(null);
  const first = released[0]?.name;
  const models = useMemo(() => chosen.value ?? (first === undefined ? [] : [first]), [chosen.value, first]);
  const runIds = useSignal<readonly string[]>([]);
  const read = useSignal<ReadonlyMap<string, PlaneSeries>>(new Map());
  const runs = useSignal<readonly PlaneSeries[]>([]);
  const show = (ids: readonly string[], known: ReadonlyMap<string, PlaneSeries>): void => {
    batch(() => {
      runIds.value = ids;
      read.value = known;
      runs.value = ids.flatMap((id) => known.get(id) ?? []);
    });
  };
  return {
    models,
    runIds: runIds.value,
    runs: runs.value,
    toggleModel: (name: string) => (chosen.value = toggled(models, name)),
    toggleRun: (runId: string, name: string): void => {
      const ids = toggled(runIds.value, runId);
      show(ids, read.value);
      if (!ids.includes(runId)) return;
      session.library
        .evaluations(runId)
        .then((evaluations) => show(runIds.value, new Map(read.value).set(runId, { name, evaluations })))
        .catch((error) => session.report(error));
    },
  };
}

function toggled(list: readonly string[], entry: string): readonly string[] {
  return list.includes(entry) ? list.filter((other) => other !== entry) : [...list, entry];
}
