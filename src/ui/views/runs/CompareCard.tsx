// The chosen runs side by side: what differs in their settings, scores with differences, newest metrics, curves over each other.

import type { LatestMetrics } from '../../../storage/curves.ts';
import { Card } from '../../parts/Card.tsx';
import { lazily } from '../../parts/lazily.tsx';
import { Select } from '../../parts/Select.tsx';
import { useRead } from '../../parts/useRead.ts';
import { MetricsTable, ScoresTable, SettingsTable } from './CompareTables.tsx';
import type { RunActions } from './runActions.ts';
import { chosen } from './runsState.ts';

/** The charts are most of the code of the view. */
const OverlayCard = lazily(async () => (await import('./OverlayCard.tsx')).OverlayCard);

export function CompareCard({ actions: { session, rows, nameOf } }: { actions: RunActions }) {
  const picked = chosen.value.flatMap((id) => rows.value.find(({ run }) => run.id === id) ?? []);
  const { store, library } = session;
  // Read anew with the details too: a run in training has more by then.
  const metrics =
    useRead<readonly LatestMetrics[]>(
      session,
      picked.length < 2 ? null : picked.map(({ run }) => run.id).join(),
      [library.details.value],
      () => Promise.all(picked.map(({ run }) => store.latestMetrics(run.id))),
    ) ?? [];
  if (picked.length === 0) return null;
  if (picked.length === 1) {
    return (
      <Card id="compare" title="What differs">
        <p class="empty">“{nameOf(picked[0])}” is chosen. Choose at least one more run to compare them.</p>
      </Card>
    );
  }
  const names = picked.map(nameOf);
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
