// The pinned prompts of a run as the page shows them, and what the stages of a run that is over answer to them.

import { readSettings, type Settings } from '../../config/index.ts';
import type { AnswerView, PromptView } from '../../protocol/inspector.ts';
import type { CheckpointManifest } from '../../storage/types.ts';
import { isRlStage, stageTitle } from '../../terms/stages.ts';
import { useRead } from '../parts/useRead.ts';
import { pinnedPrompts } from '../session/pins.ts';
import type { Session } from '../session/session.ts';

/** In the order of their ids; null while they are read. `settings` null reads nothing. */
export function usePinnedPrompts(session: Session, settings: Settings | null): readonly PromptView[] | null {
  const ids = pinnedPrompts();
  // What prompts and pictures are made of.
  const world = settings && [
    settings.seed,
    settings.image_size_px,
    settings.grid_sizes,
    settings.noise,
    settings.heldout_frames,
  ];
  return useRead(session, world && JSON.stringify([world, ids]), [], async () =>
    settings
      ? await Promise.all(ids.map((id) => session.inspector.draw({ settings, from: { id }, index: 0 })))
      : [],
  );
}

/** The answers of one policy, in the order of the prompts. */
export type StageAnswers = { name: string; answers: readonly AnswerView[] };

/**
 * What the newest policy of a stored run answers, with the one before RL where it has begun, which comes first; null while they are
 * asked. `runId` null asks nothing.
 */
export function useStoredAnswers(
  session: Session,
  runId: string | null,
  prompts: readonly PromptView[] | null,
): readonly StageAnswers[] | null {
  return useRead(session, prompts && runId, [prompts], async (id) => {
    const [run, stored] = await Promise.all([session.store.getRun(id), session.store.listCheckpoints(id)]);
    const last = [...stored].sort((a, b) => a.step - b.step).at(-1);
    if (!run || !prompts || !last) return [];
    const before = isRlStage(last.stage)
      ? stored.findLast(({ stage, kind }) => kind === 'stage-end' && !isRlStage(stage))
      : undefined;
    const wanted = before ? [before, last] : [last];
    const { settings } = readSettings(run);
    const models = wanted.map((of) => ({ kind: 'stored', runId: id, checkpointId: of.id }) as const);
    const asked: (readonly AnswerView[])[] = [];
    for (const prompt of prompts)
      asked.push(await session.inspector.answer({ models, prompt, settings, temperature: 0, seed: 0 }));
    return wanted.map((of, index) => ({
      name: nameOf(of),
      answers: asked.flatMap((answers) => answers[index] ?? []),
    }));
  });
}

function nameOf({ stage, kind, step }: CheckpointManifest): string {
  return kind === 'stage-end' ? `after ${stageTitle(stage)}` : `${stageTitle(stage)}, step ${step}`;
}
