// What a user sees first: a trained policy before and after, on a real attack, and the ways to train one.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatPercent, formatWord } from '../../base/format.ts';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { stageTitle } from '../../terms/stages.ts';
import { AnswerCard } from '../parts/AnswerCard.tsx';
import { Button } from '../parts/Button.tsx';
import { Card } from '../parts/Card.tsx';
import { SceneImage } from '../parts/SceneImage.tsx';
import type { ViewProps } from '../session/session.ts';
import { attackSuccess, type Contrast, endsOf, findContrast, nextContrast } from './contrast.ts';
import { StartButtons } from './StartButtons.tsx';
import './opening.css';

export function Opening({ session }: ViewProps) {
  const contrast = useSignal<Contrast | null>(null);
  const model = useSignal<ReleasedModel | null | undefined>(undefined);
  const asking = useSignal(true);
  const ask = (question: () => Promise<Contrast | null>): void => {
    asking.value = true;
    question()
      .then((found) => (contrast.value = found))
      .catch((error) => session.report(error))
      .finally(() => {
        asking.value = false;
        model.value ??= null;
      });
  };
  useEffect(() => {
    ask(async () => {
      const list = await session.inspector.released();
      model.value = list.find((each) => endsOf(each) !== null) ?? null;
      return model.value && (await findContrast(session.inspector, model.value));
    });
  }, [session]);
  const shown = contrast.value;
  return (
    <Card id="opening" title="Can a model become safer without becoming useless?" class="opening">
      <p>
        A small model looks at pictures, thinks and answers. It learnt from flawed examples and falls for
        attacks. Train it with COSMO-RL in this tab; watch, change and break every step.
      </p>
      <div
        class={shown || asking.value ? 'rows case-room' : 'rows'}
        aria-live="polite"
        aria-busy={asking.value}
      >
        {shown ? <Case contrast={shown} /> : asking.value && <p class="empty">Asking a trained model …</p>}
      </div>
      {(shown || asking.value) && (
        <div class="buttons">
          <Button
            label="Another attack"
            disabled={asking.value || !shown}
            onClick={() => shown && ask(() => nextContrast(session.inspector, shown))}
          />
        </div>
      )}
      <StartButtons session={session} model={model.value} />
    </Card>
  );
}

function Case({ contrast }: { contrast: Contrast }) {
  const { model, prompt, before, after, chosen } = contrast;
  const ends = endsOf(model);
  const success = attackSuccess(model);
  return (
    <>
      <div class="case">
        <figure class="case-prompt rows">
          {prompt.image && <SceneImage image={prompt.image} label="Picture that comes with the request" />}
          <figcaption>
            <p class="tokens request">“{prompt.words.join(' ')}”</p>
            <p class="hint">
              {prompt.harmful ? 'Harmful request' : 'Harmless request'}
              {prompt.attack !== null && `, attack: ${formatWord(prompt.attack)}`}
            </p>
          </figcaption>
        </figure>
        <AnswerCard
          title={`After ${stageTitle(ends?.first ?? '')}`}
          answer={before}
          harmful={prompt.harmful}
        />
        <AnswerCard title={`After ${stageTitle(ends?.last ?? '')}`} answer={after} harmful={prompt.harmful} />
      </div>
      <p class="hint">
        {chosen
          ? 'Live answers. First test prompt where the two models differ. '
          : 'Live answers to the next test prompt. '}
        {success &&
          `Of ${success.last.n} test attacks succeed: ${formatPercent(success.first.value)} after ${stageTitle(ends?.first ?? '')}, ${formatPercent(success.last.value)} after ${stageTitle(ends?.last ?? '')}.`}
      </p>
    </>
  );
}
