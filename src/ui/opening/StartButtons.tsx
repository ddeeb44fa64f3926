// The ways to begin: from a released model (something improves within seconds), from nothing, or with a failure on purpose.

import type { Settings } from '../../config/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import type { DeviceReport } from '../../protocol/messages.ts';
import { stageTitle } from '../../terms/stages.ts';
import { startRequest } from '../commands/start.ts';
import { Button } from '../parts/Button.tsx';
import { Card } from '../parts/Card.tsx';
import type { Session } from '../session/session.ts';
import { begin } from './begin.ts';
import { FailureCards } from './FailureCards.tsx';
import { safetyOf, startFromRelease } from './fromRelease.ts';
import { OPENING_TEXTS } from './texts.ts';

type StartButtonsProps = {
  session: Session;
  /** The release to begin from; null where there is none, undefined while that is not known. */
  model: ReleasedModel | null | undefined;
};

/** The one main action of the opening. */
export function SafetyButton({ session, model }: StartButtonsProps) {
  return (
    <Button
      label={OPENING_TEXTS.makeSafe}
      class={session.startPoint.value === null ? 'primary' : ''}
      disabled={session.busy.value || !model}
      onClick={() => model && begin(session, () => startFromRelease(session, safetyOf(model)))}
    />
  );
}

/** `shown`: of what stands above. */
export function OtherWays({ session, model, shown }: StartButtonsProps & { shown: string }) {
  const busy = session.busy.value;
  return (
    <Card id="other-ways" title={OPENING_TEXTS.otherWays} class="ways">
      {shown !== '' && <p class="hint">{shown}</p>}
      {isSoftware(session.device.value) && <p class="hint">{OPENING_TEXTS.software}</p>}
      <div class="row">
        <Button
          label={OPENING_TEXTS.scratch}
          class={model === null ? 'primary' : ''}
          disabled={busy}
          onClick={() => begin(session, async () => session.start(startRequest(session)))}
        />
        <p class="hint">{OPENING_TEXTS.withForm(stagesText(session.draft.value.settings))}</p>
      </div>
      <FailureCards session={session} model={model} />
    </Card>
  );
}

/** `SFT, then Heads, Stage 1 and Stage 2.` */
function stagesText({ stages }: Settings): string {
  const [first = '', ...others] = stages.map(stageTitle);
  const last = others.pop();
  if (last === undefined) return `${first} alone.`;
  return `first ${first}, then ${others.length > 0 ? `${others.join(', ')} and ` : ''}${last}.`;
}

function isSoftware(device: DeviceReport | null): boolean {
  return device !== null && /swiftshader|llvmpipe|software/i.test(device.adapter);
}
