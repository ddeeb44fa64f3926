// Which run is on view: its name, what it was made with, and the way of its settings into the form.

import { useMemo } from 'preact/hooks';
import { fillForm } from '../../commands/fillForm.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import type { Session, ViewProps } from '../../session/session.ts';
import type { Draft } from '../../state/form/draft.ts';
import { runTitle } from '../../state/runs/runNames.ts';
import { isSameDraft, runSummary } from '../../state/runs/runSettings.ts';

export function ShownRun({ session }: ViewProps) {
  const run = session.record.value;
  const summary = useMemo(() => (run ? runSummary(run) : null), [run]);
  if (!run || !summary) return null;
  const { text, draft: own } = summary;
  return (
    <Card
      id="on-view"
      title={runTitle(run)}
      tools={
        own &&
        !isSameDraft(own, session.draft.value) && (
          <Button
            label="Use its settings"
            title="Puts this run's settings into the form; starts nothing"
            onClick={() => takeSettings(session, own, runTitle(run))}
          />
        )
      }
    >
      <p class="hint">{text}</p>
    </Card>
  );
}

/** The next run begins from nothing then. */
function takeSettings(session: Session, own: Draft, title: string): void {
  fillForm(session, { draft: own, fork: null }, [
    `The form holds the settings of “${title}”.`,
    'Change what you like, then press Start.',
  ]);
}
