// Says after which stage the next run begins, or why it cannot; starts it, or takes the starting point back.

import { stageTitle } from '../../../terms/stages.ts';
import { startNext } from '../../commands/start.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { useRead } from '../../parts/useRead.ts';
import type { ViewProps } from '../../session/session.ts';
import { startName, startProblem } from '../../session/startPoints.ts';
import { isSameStart, startText } from '../../state/form/startPoint.ts';
import { startOfRun } from '../../state/runs/runSettings.ts';

export function ForkNotice({ session }: ViewProps) {
  const start = session.startPoint.value;
  const found = useRead(session, start && startText(start), [session.runs.value], async () => ({
    problem: start && (await startProblem(session, start)),
  }));
  if (!start) return null;
  const title = stageTitle(start.stage);
  const problem = found?.problem ?? null;
  const idle = session.shown.value.phase === 'idle';
  return (
    <Card id="fork" title={<>Begins after {title}</>} class="fork">
      <p role="status" class={problem === null ? undefined : 'problem'}>
        {problem ??
          `Start takes over what “${startName(session, start)}” had learned up to the end of ${title}. Settings of the stages before must stay as they are.`}
      </p>
      <div class="buttons">
        {idle && (
          <Button
            label="▶ Train from here"
            class="primary"
            disabled={session.busy.value || problem !== null}
            onClick={() => void session.act(() => startNext(session))}
          />
        )}
        <Button label="Train from scratch instead" onClick={() => (session.startPoint.value = null)} />
      </div>
    </Card>
  );
}

/** Whether the form waits for another start than that of the run on view. */
export function waitsForStart({ startPoint, record }: ViewProps['session']): boolean {
  const start = startPoint.value;
  return start !== null && !isSameStart(start, record.value ? startOfRun(record.value) : null);
}
