// The ways to begin: from a released model (something improves within seconds), from nothing, or with a failure on purpose.

import { useSignal } from '@preact/signals';
import type { Settings } from '../../config/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import type { DeviceReport } from '../../protocol/messages.ts';
import { stageTitle } from '../../terms/stages.ts';
import { chooseLayers } from '../commands/fillForm.ts';
import { startInSight, startRequest } from '../commands/start.ts';
import { Button } from '../parts/Button.tsx';
import { Select } from '../parts/Select.tsx';
import type { Session } from '../session/session.ts';
import { presetsOf } from '../state/form/draft.ts';
import { failureOf, safetyOf, startFromRelease } from './fromRelease.ts';

type StartButtonsProps = {
  session: Session;
  /** The release to begin from; null where there is none. */
  model: ReleasedModel | null;
};

export function StartButtons({ session, model }: StartButtonsProps) {
  const failure = useSignal(presetsOf('failure')[0]?.name ?? '');
  const busy = session.busy.value;
  const begin = (start: () => Promise<unknown>): void =>
    void session.act(() => startInSight(session, 'every screen', start));
  return (
    <div class="ways">
      {model && (
        <div class="way rows">
          <Button
            label="▶ Make it safe"
            class="primary"
            disabled={busy}
            onClick={() => begin(() => startFromRelease(session, safetyOf(model)))}
          />
          <p class="hint">
            Begins with the model after SFT, which falls for attacks, and lets its rewards teach it: safety
            and help jointly, in small steps. It has settings of its own; those of the form come back after
            it. {expectation(session.device.value)}
          </p>
        </div>
      )}
      <div class="way rows">
        <Button
          label="▶ Train from scratch"
          disabled={busy}
          onClick={() => begin(async () => session.start(startRequest(session)))}
        />
        <p class="hint">With the settings of the form: {stagesText(session.draft.value.settings)}</p>
      </div>
      <div class="way rows">
        <Select
          label={<span class="hint">Or watch it fail:</span>}
          value={failure.value}
          choices={presetsOf('failure').map(({ name, title }) => [name, title] as const)}
          onChoice={(name) => (failure.value = name)}
        />{' '}
        {model && (
          <Button
            label="▶ Watch it"
            disabled={busy}
            onClick={() => begin(() => startFromRelease(session, failureOf(model, failure.value)))}
          />
        )}{' '}
        <Button
          label={model ? 'Only set the form' : 'Set it up'}
          disabled={busy}
          onClick={() => {
            chooseLayers(session, { failure: failure.value });
          }}
        />
        <p class="hint">
          {presetsOf('failure').find(({ name }) => name === failure.value)?.sentence}
          {model &&
            ' Begins with the model after SFT and has settings of its own; those of the form come back after it. With the form alone it is trained from nothing.'}
        </p>
      </div>
    </div>
  );
}

/** `SFT, then Heads, Stage 1 and Stage 2.` */
function stagesText({ stages }: Settings): string {
  const [first = '', ...others] = stages.map(stageTitle);
  const last = others.pop();
  if (last === undefined) return `${first} alone.`;
  return `first ${first}, then ${others.length > 0 ? `${others.join(', ')} and ` : ''}${last}.`;
}

/** What to expect of the first seconds, honestly. */
function expectation(device: DeviceReport | null): string {
  if (!device) return '';
  if (device.backend === 'wasm')
    return 'This browser computes on its processor: an iteration takes a fraction of a second, and the safety of its answers rises within some ten seconds.';
  if (/swiftshader|llvmpipe|software/i.test(device.adapter))
    return 'This browser offers a graphics adapter made of software, which is slow: an iteration takes seconds, and it takes a minute or more until safety rises. The engine “wasm” is faster here.';
  return 'This browser computes on its graphics adapter: the safety of its answers rises within some ten seconds on an ordinary one.';
}
