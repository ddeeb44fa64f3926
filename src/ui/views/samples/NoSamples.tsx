// What to do where there is nothing to inspect: no run on view, or one without an RL stage so far.

import type { ComponentChildren } from 'preact';
import { readSettings } from '../../../config/index.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { isRlStage, stageTitle } from '../../../terms/stages.ts';
import { showView } from '../../commands/route.ts';
import { startNext } from '../../commands/start.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import type { Session, ViewProps } from '../../session/session.ts';
import { canGoOn, holdsWeightsAlone, isActive } from '../../state/run/runState.ts';

export function NoRun({ session }: ViewProps) {
  const [newest] = session.runs.value.filter((run) => run.trashedAt === undefined);
  return (
    <Nothing text="No run is on view. Start one, or open a stored one, to see what its policy answered, how each answer was rewarded, and why one of them won.">
      {newest && (
        <Button
          label={`Open “${newest.name}”`}
          onClick={() => void session.act(() => session.openRun(newest.id))}
        />
      )}
      <Button label="Start a run" onClick={() => void session.act(() => startNext(session))} />
      <Button label="Choose among the stored runs" onClick={() => showView('runs')} />
    </Nothing>
  );
}

export function NoSamples({ session, record }: { session: Session; record: RunRecord | undefined }) {
  if (holdsWeightsAlone(session.shown.value)) return <WeightsAlone />;
  const { phase, progress } = session.shown.value;
  const plan =
    progress?.stages.map(({ name }) => name) ?? (record ? readSettings(record).settings.stages : []);
  const next = plan.find(isRlStage);
  const why =
    next === undefined
      ? 'Its plan has no such stage, so it will never have any. Put stage1, stage2 or mixed among the stages in the settings, and start another run.'
      : isActive(phase)
        ? `It is in training; with ${stageTitle(next)} they appear here by themselves.`
        : `It ended before ${stageTitle(next)}.`;
  return (
    <Nothing text={`This run has no samples yet: they are stored from its first RL stage on. ${why}`}>
      {next !== undefined && canGoOn(session.shown.value) && record && (
        <Button label="Resume it" onClick={() => void session.act(() => session.resumeRun(record.id))} />
      )}
      <Button
        label={next === undefined ? 'Show the settings' : 'Show the stages'}
        onClick={() => showView('train')}
      />
    </Nothing>
  );
}

function WeightsAlone() {
  return (
    <Nothing text="This run is weights alone: no samples came with them. Run on from the stage it holds to make some, or ask it in Probe.">
      <Button label="Show the stages" onClick={() => showView('train')} />
      <Button label="Ask it in Probe" onClick={() => showView('probe')} />
    </Nothing>
  );
}

/** What there is to say, and the buttons that lead on. */
function Nothing({ text, children }: { text: string; children: ComponentChildren }) {
  return (
    <Card id="no-samples" title="Samples">
      <p class="empty">{text}</p>
      <div class="buttons">{children}</div>
    </Card>
  );
}
