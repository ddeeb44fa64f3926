// What a user sees first: the stage with a released model before its safety was trained, and one button that trains it.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ReleasedModel } from '../../protocol/inspector.ts';
import { scoreOf } from '../../terms/scores.ts';
import { stageTitle } from '../../terms/stages.ts';
import { Button } from '../parts/Button.tsx';
import { Card } from '../parts/Card.tsx';
import { useRead } from '../parts/useRead.ts';
import { pinAttack } from '../session/pins.ts';
import type { Session, ViewProps } from '../session/session.ts';
import { type PinnedCase, promptTitle } from '../stage/PinnedCard.tsx';
import { Stage } from '../stage/Stage.tsx';
import { STAGE_TEXTS } from '../stage/texts.ts';
import { usePinnedPrompts } from '../stage/usePinned.ts';
import { dotOf } from '../state/scores/safetyDots.ts';
import { answersAfter, type Contrast, endsOf, findContrast, nextContrast } from './contrast.ts';
import { OtherWays, SafetyButton } from './StartButtons.tsx';
import { OPENING_TEXTS } from './texts.ts';
import './opening.css';

export function Opening({ session, actions }: ViewProps & { actions?: ComponentChildren }) {
  const contrast = useSignal<Contrast | null>(null);
  const model = useSignal<ReleasedModel | null | undefined>(undefined);
  const asking = useSignal(true);
  const ask = (question: () => Promise<Contrast | null>): void => {
    asking.value = true;
    question()
      .then((found) => {
        contrast.value = found;
        if (found) pinAttack(found.index);
      })
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
  const next = (
    <Button
      label={OPENING_TEXTS.another}
      disabled={asking.value || !shown}
      onClick={() => shown && ask(() => nextContrast(session.inspector, shown))}
    />
  );
  const cases = [...(shown ? [{ ...attackCase(shown), tools: next }] : []), ...useOtherCases(session, shown)];
  return (
    <>
      {model.value === null ? (
        <Card
          id="opening"
          title={OPENING_TEXTS.title}
          class="opening"
          tools={<div class="buttons">{actions}</div>}
        />
      ) : (
        <Stage
          id="opening"
          title={OPENING_TEXTS.title}
          actions={
            <>
              <SafetyButton session={session} model={model.value} />
              {actions}
            </>
          }
          cases={cases}
          {...scoresOf(model.value)}
        />
      )}
      <OtherWays session={session} model={model.value} shown={shown ? sourceText(shown) : ''} />
    </>
  );
}

const after = (stage: string | undefined): string => STAGE_TEXTS.after(stageTitle(stage ?? ''));

function attackCase({ model, prompt, before, after: trained }: Contrast): PinnedCase {
  const ends = endsOf(model);
  return {
    title: promptTitle(prompt),
    prompt,
    now: { name: after(ends?.first), answer: before },
    other: { name: after(ends?.last), answer: trained },
  };
}

/** Look-alike and question, put to the model before its training. */
function useOtherCases(session: Session, contrast: Contrast | null): PinnedCase[] {
  const model = contrast?.model;
  const prompts = usePinnedPrompts(session, model?.settings ?? null);
  const others = prompts?.slice(1) ?? [];
  const key = others.length > 0 && model ? `${model.name} ${others.map(({ id }) => id)}` : null;
  const answers = useRead(session, key, [], async () =>
    model ? await answersAfter(session.inspector, model, others) : [],
  );
  return others.map((prompt, index) => ({
    title: promptTitle(prompt),
    prompt,
    now: { name: after(model?.stages[0]?.stage), answer: answers?.[index] ?? null },
  }));
}

/** Plane and figures of the model as training finds it, with the way that training took. */
function scoresOf(model: ReleasedModel | undefined) {
  const [first, last] = [model?.stages[0], model?.stages.at(-1)];
  const now = dotOf(first?.scores ?? []);
  const goal = dotOf(last?.scores ?? []);
  return {
    plane: {
      now: now && { name: stageTitle(first?.stage ?? ''), dot: now },
      other: goal && { name: stageTitle(last?.stage ?? ''), dot: goal },
    },
    figures: { before: null, now: first?.scores ?? [] },
  };
}

/** How the prompt came to be shown, and what the figures are. */
function sourceText({ chosen, model }: Contrast): string {
  const { n } = scoreOf(model.stages[0]?.scores ?? [], 'safe') ?? {};
  const prompt = chosen ? OPENING_TEXTS.differs : OPENING_TEXTS.next;
  return n === undefined ? prompt : `${prompt} ${OPENING_TEXTS.figures(n)}`;
}
