// A run that fails on purpose: what it promises, where to look, and three answers that broke.

import { useComputed } from '@preact/signals';
import type { FailureHint } from '../../../config/index.ts';
import type { BrokenAnswer } from '../../../protocol/inspector.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { useRead } from '../../parts/useRead.ts';
import type { Session, ViewProps } from '../../session/session.ts';
import { failureOfPreset } from '../../state/run/rewind.ts';
import { isActive } from '../../state/run/runState.ts';
import { splitResponse, wordsOf } from '../../state/samples/response.ts';

export function ExhibitCard({ session }: ViewProps) {
  const failure = useComputed(() => failureOfPreset(session.record.value?.preset ?? ''));
  const runId = useComputed(() => session.shown.value.runId);
  const training = useComputed(() => isActive(session.shown.value.phase));
  const { value: found } = failure;
  if (!found) return null;
  return (
    <Card id="exhibit" title={`Failure on purpose: ${found.title}`}>
      <p>{found.sentence}</p>
      <p class="hint">Watch {found.hint.watch}</p>
      <div class="buttons">
        <Button label="Show that chart" onClick={showMarked} />
      </div>
      {runId.value !== null && !training.value && (
        <Broken session={session} runId={runId.value} hint={found.hint} />
      )}
    </Card>
  );
}

function showMarked(): void {
  const chart = document.querySelector<HTMLElement>('.chart.marked');
  chart?.scrollIntoView({ block: 'center' });
}

type BrokenProps = { session: Session; runId: string; hint: FailureHint };

function Broken({ session, runId, hint }: BrokenProps) {
  const answers = useRead(session, runId, [session.shown.value.phase], (of) =>
    session.inspector.broken({ runId: of, suite: hint.suite }),
  );
  if (!answers) return <p class="hint">Asking the policy from before and after …</p>;
  if (answers.length === 0) return null;
  return (
    <>
      <h3>Answers that broke</h3>
      <ul class="broken plain">
        {answers.map((answer) => (
          <OneBroken key={answer.prompt.id} answer={answer} />
        ))}
      </ul>
    </>
  );
}

function OneBroken({ answer: { prompt, before, after } }: { answer: BrokenAnswer }) {
  return (
    <li class="shaded rows">
      <p class="tokens">“{prompt.words.join(' ')}”</p>
      <p>
        <span class="part">before</span> <span class="tokens">{saidIn(before.response)}</span>
      </p>
      <p>
        <span class="part">now</span> <b class="tokens">{saidIn(after.response)}</b>
      </p>
    </li>
  );
}

function saidIn(response: readonly string[]): string {
  return (
    wordsOf(splitResponse(response).answer)
      .map(({ text }) => text)
      .join(' ') || 'no answer'
  );
}
