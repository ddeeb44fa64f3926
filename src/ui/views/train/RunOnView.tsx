// Which run is on view: its name, what it was made with, and the way of its settings into the form.

import { type Signal, useComputed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { fillForm } from '../../commands/fillForm.ts';
import { Card } from '../../parts/Card.tsx';
import type { Session } from '../../session/session.ts';
import type { Draft } from '../../state/form/draft.ts';
import { isSameDraft, runSummary } from '../../state/runs/runSummary.ts';
import { runTitle } from '../../state/runs/runTitle.ts';

type RunOnViewProps = { session: Session; draft: Signal<Draft> };

export function RunOnView({ session, draft }: RunOnViewProps) {
  const run = useComputed(() => session.runs.value.find(({ id }) => id === session.shown.value.runId)).value;
  const summary = useMemo(() => (run ? runSummary(run) : null), [run]);
  if (!run || !summary) return null;
  const { text, draft: own } = summary;
  return (
    <Card
      id="on-view"
      title={runTitle(run)}
      tools={
        own &&
        !isSameDraft(own, draft.value) && (
          <button
            type="button"
            title="Puts the settings of this run into the form; nothing is started"
            onClick={() => takeSettings(session, draft, own, runTitle(run))}
          >
            Use its settings
          </button>
        )
      }
    >
      <p class="hint">{text}</p>
    </Card>
  );
}

/** The next run begins from nothing then. */
function takeSettings(session: Session, draft: Signal<Draft>, own: Draft, title: string): void {
  fillForm(session, draft, { draft: own, fork: null }, [
    `The form holds the settings of “${title}”.`,
    'Change what you like, then press Start.',
  ]);
}
