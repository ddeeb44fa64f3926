// Which run is on view: its name, what it was made with, and the way of its settings into the form.

import { useMemo } from 'preact/hooks';
import { fillFromRun } from '../../commands/fillForm.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import type { ViewProps } from '../../session/session.ts';
import { isSameForm, readForm } from '../../state/run/formOverride.ts';
import { runTitle } from '../../state/runs/runNames.ts';
import { runSummary, startOfRun } from '../../state/runs/runSettings.ts';

export function ShownRun({ session }: ViewProps) {
  const run = session.record.value;
  const summary = useMemo(() => (run ? runSummary(run) : null), [run]);
  if (!run || !summary) return null;
  const { text, draft: own } = summary;
  const start = startOfRun(run);
  return (
    <Card
      id="on-view"
      title={runTitle(run)}
      tools={
        own &&
        !isSameForm({ draft: own, start }, readForm(session)) && (
          <Button
            label="Use its settings"
            title="Puts this run's settings and starting point into the form; starts nothing"
            onClick={() => fillFromRun(session, own, start)}
          />
        )
      }
    >
      <p class="hint">{text}</p>
    </Card>
  );
}
