// The failures on purpose as cards: picture, promise, time, what to watch, and the way to see it.

import type { Preset } from '../../config/index.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { chooseLayers } from '../commands/fillForm.ts';
import { Button } from '../parts/Button.tsx';
import type { Session } from '../session/session.ts';
import { presetsOf } from '../state/form/draft.ts';
import { begin } from './begin.ts';
import { failureOf, startFromRelease } from './fromRelease.ts';
import { ShapePicture } from './ShapePicture.tsx';
import { OPENING_TEXTS } from './texts.ts';

type FailureCardsProps = { session: Session; model: ReleasedModel | null | undefined };

export function FailureCards({ session, model }: FailureCardsProps) {
  return (
    <details class="way">
      <summary>{OPENING_TEXTS.orFail}</summary>
      <ul class="failures plain">
        {presetsOf('failure').map((preset) => (
          <FailureCard key={preset.name} {...{ session, model, preset }} />
        ))}
      </ul>
    </details>
  );
}

function FailureCard({ session, model, preset }: FailureCardsProps & { preset: Preset }) {
  const { name, title, sentence, hint } = preset;
  const busy = session.busy.value;
  return (
    <li class="shaded rows">
      <h3>{title}</h3>
      {hint && <ShapePicture shape={hint.shape} sign={hint.sign} />}
      <p>{sentence}</p>
      {hint && (
        <p class="hint">
          {OPENING_TEXTS.about(hint.seconds)} {OPENING_TEXTS.look(hint.watch)}
        </p>
      )}
      <div class="buttons">
        {model !== null && (
          <Button
            label={OPENING_TEXTS.watch}
            more={` ${title}`}
            disabled={busy || !model}
            onClick={() => model && begin(session, () => startFromRelease(session, failureOf(model, name)))}
          />
        )}
        <Button
          label={model === null ? OPENING_TEXTS.setUp : OPENING_TEXTS.onlyForm}
          more={` ${title}`}
          disabled={busy}
          onClick={() => chooseLayers(session, { failure: name })}
        />
      </div>
    </li>
  );
}
