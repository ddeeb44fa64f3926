// The chosen runs side by side: what differs in their settings, scores with differences, newest metrics, curves over each other.

import type { LatestMetrics } from '../../../storage/curves.ts';
import { Card } from '../../parts/Card.tsx';
import { Select } from '../../parts/Select.tsx';
import { useRead } from '../../parts/useRead.ts';
import type { Session } from '../../session/session.ts';
import type { RunRow } from '../../state/runs/runRows.ts';
import { MetricsTable, ScoresTable, SettingsTable } from './CompareTables.tsx';
import { OverlayCard } from './OverlayCard.tsx';
import { chosen } from './runsState.ts';

type CompareCardProps = {
  rows: readonly RunRow[];
  /** Of all runs by id, each once. */
  names: ReadonlyMap<string, string>;
  session: Session;
};

export function CompareCard({ rows, names: all, session }: CompareCardProps) {
  const picked = chosen.value.flatMap((id) => rows.find(({ run }) => run.id === id) ?? []);
  const { store, library } = session;
  // Read anew with the details too: a run in training has more by then.
  const metrics =
    useRead<readonly LatestMetrics[]>(
      picked.length < 2 ? null : picked.map(({ run }) => run.id).join(),
      [library.details.value],
      () => Promise.all(picked.map(({ run }) => store.latestMetrics(run.id))),
      (error) => session.report(error),
    ) ?? [];
  if (picked.length === 0) return null;
  if (picked.length === 1) {
    return (
      <Card id="compare" title="What differs">
        <p class="empty">
          “{all.get(picked[0]?.run.id ?? '')}” is chosen. Choose at least one more run to compare them.
        </p>
      </Card>
    );
  }
  const names = picked.map(({ run, label }) => all.get(run.id) ?? label);
  return (
    <>
      <Card id="compare" title="What differs">
        <Select
          class="reference-choice small"
          label="Compare with"
          value={picked[0]?.run.id ?? ''}
          choices={picked.map(({ run }, index) => [run.id, names[index]] as const)}
          onChoice={(first) => (chosen.value = [first, ...chosen.value.filter((id) => id !== first)])}
        />
        <SettingsTable rows={picked} names={names} />
        <ScoresTable rows={picked} names={names} />
        <details>
          <summary>Newest value of every metric</summary>
          <MetricsTable latest={metrics} names={names} />
        </details>
      </Card>
      <OverlayCard rows={picked} names={names} latest={metrics} session={session} />
    </>
  );
}
