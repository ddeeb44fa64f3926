// What the guard of the run on view saw, what to change, and the way back: the form set for a new run from before it went wrong.

import { useComputed } from '@preact/signals';
import { readSettings } from '../../../config/index.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { stageTitle } from '../../../terms/stages.ts';
import { fillForm } from '../../commands/fillForm.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { Prose } from '../../parts/Prose.tsx';
import { useStageEnds } from '../../parts/useStageEnds.ts';
import type { Session, ViewProps } from '../../session/session.ts';
import { startOfFork } from '../../state/form/startPoint.ts';
import { type GuardFinding, guardFindings } from '../../state/run/guardFindings.ts';
import { changeText, hintOf, type Rewind, rewindOf } from '../../state/run/rewind.ts';
import { signFinding } from '../../state/run/sign.ts';

const MARKS: { readonly [kind in GuardFinding['kind']]: string } = {
  stopped: '■ stopped',
  warned: '▲ warning',
  noticed: '▲ noticed',
  expected: '▲ failed as designed',
};

export function GuardCard({ session }: ViewProps) {
  const run = session.record;
  const hint = useComputed(() => hintOf(run.value?.preset ?? ''));
  const findings = useComputed(() => {
    const view = session.shown.value;
    if (view.runId === null) return [];
    const expected = hint.value && signFinding(view, hint.value);
    const seen = guardFindings(view, readSettings(run.value ?? { settings: {} }).settings);
    if (!expected) return seen;
    // A gap that the preset is made for is shown once.
    return [...seen.filter(({ sentence }) => sentence !== expected.sentence), expected];
  });
  const own = useComputed(() => session.shown.value.phase !== 'watched');
  const [first] = findings.value;
  if (!first) return null;
  return (
    <Card id="guard" title="What went wrong" class="guard">
      {findings.value.map(({ kind, title, sentence, meaning }) => (
        <div key={kind} class="rows">
          <p>
            <span class="chip bad">{MARKS[kind]}</span> <strong>{title}.</strong> {sentence}
          </p>
          {meaning !== '' && <p class="hint">{meaning}</p>}
        </div>
      ))}
      {hint.value && (
        <p>
          <b>What to change:</b> <Prose text={hint.value.remedy} />
        </p>
      )}
      {own.value && run.value && <WayBack session={session} run={run.value} finding={first} />}
    </Card>
  );
}

type WayBackProps = ViewProps & { run: RunRecord; finding: GuardFinding };

function WayBack({ session, run, finding }: WayBackProps) {
  const active = session.training;
  const reached = useComputed(() => session.shown.value.metrics.stages.length);
  const held = useStageEnds(session, run.id, [reached.value]);
  const rewind = held && plannedRewind(run, held, finding);
  if (!rewind) return null;
  const { after } = rewind;
  return (
    <>
      <p>{summaryOf(rewind)}</p>
      <div class="buttons">
        <Button
          label={active.value ? 'Stop, and load the fix into Settings' : 'Load the fix into Settings'}
          disabled={session.busy.value}
          onClick={() => void session.act(() => setRewind(session, run, rewind))}
        />
        <span class="hint">
          {after !== null && 'The newest checkpoint from before the trouble. '}
          Starts nothing; this run is kept.
        </span>
      </div>
    </>
  );
}

/** Null for a run of another version, whose settings the form cannot hold. */
function plannedRewind(
  run: RunRecord,
  held: readonly { stage: string }[],
  finding: GuardFinding,
): Rewind | null {
  try {
    const stages = held.map(({ stage }) => stage);
    return rewindOf(run, stages, finding);
  } catch {
    return null;
  }
}

/** Puts the way back into the form; the message takes it back. */
async function setRewind(session: Session, run: RunRecord, rewind: Rewind): Promise<void> {
  if (session.training.value) await session.stop();
  const { after, draft: next } = rewind;
  const start = after === null ? null : startOfFork({ runId: run.id, stage: after });
  fillForm(session, { draft: next, start }, [
    'The form is set for the next run.',
    'Look the settings over, then press Start.',
  ]);
}

function summaryOf({ after, changes }: Rewind): string {
  const place =
    after === null
      ? 'There is no checkpoint from before it: the next run would begin anew'
      : `The next run would begin with the checkpoint at the end of ${stageTitle(after)}`;
  const words = changes.map(changeText);
  return words.length === 0 ? `${place}.` : `${place}, with ${words.join('; ')}.`;
}
