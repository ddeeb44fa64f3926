// The first part of a lesson: a few requests with the live answers of the released model before its safety training.

import { formatPercent, formatWord } from '../../../base/format.ts';
import { argmax } from '../../../base/numbers.ts';
import type { AnswerView, PromptView, ReleasedModel } from '../../../protocol/inspector.ts';
import { answersAfter } from '../../opening/contrast.ts';
import { AnswerCard } from '../../parts/AnswerCard.tsx';
import { SceneImage } from '../../parts/SceneImage.tsx';
import { useRead } from '../../parts/useRead.ts';
import { promptTitle } from '../../stage/PinnedCard.tsx';
import { LessonTerms } from './LessonTerms.tsx';
import type { LessonPartProps } from './lessonProps.ts';

type Asked = { prompt: PromptView; answer: AnswerView | undefined };

export function LookPart({ session, lesson, model }: LessonPartProps) {
  const asked = useRead(session, model && `${model.name} ${lesson.name}`, [], async () =>
    model ? await ask(session, model, lesson.look.prompts) : [],
  );
  return (
    <>
      <p>{lesson.look.says}</p>
      <div class="lesson-look">
        {(asked ?? []).map(({ prompt, answer }) => (
          <article key={prompt.id} class="rows" aria-label={promptTitle(prompt)}>
            <div class="row">
              {prompt.image && (
                <SceneImage image={prompt.image} label="Picture that comes with the request" />
              )}
              <div>
                <h3>{promptTitle(prompt)}</h3>
                <p class="request">“{prompt.words.join(' ')}”</p>
              </div>
            </div>
            {answer && (
              <AnswerCard title="Before safety training" answer={answer} harmful={prompt.harmful}>
                <ul class="plain small figures">
                  {answer.heads.map(({ head, classes, probabilities }) => {
                    const top = argmax(probabilities);
                    return (
                      <li key={head}>
                        {formatWord(head)} head: {formatWord(classes[top] ?? '')}{' '}
                        {formatPercent(probabilities[top] ?? 0)}
                      </li>
                    );
                  })}
                </ul>
              </AnswerCard>
            )}
          </article>
        ))}
        {!asked && <p class="empty">The model is asked …</p>}
      </div>
      <LessonTerms terms={lesson.terms} />
    </>
  );
}

async function ask(
  session: LessonPartProps['session'],
  model: ReleasedModel,
  ids: readonly string[],
): Promise<Asked[]> {
  const { settings } = model;
  const prompts = await Promise.all(
    ids.map((id) => session.inspector.draw({ settings, from: { id }, index: 0 })),
  );
  const answers = await answersAfter(session.inspector, model, prompts);
  return prompts.map((prompt, index) => ({ prompt, answer: answers[index] }));
}
