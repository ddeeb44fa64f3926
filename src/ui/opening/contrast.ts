// Two checkpoints of a released model on the same attack: the case where training shows, and those that follow it.

import type { AnswerView, PromptView, ReleasedModel } from '../../protocol/inspector.ts';
import { SCORE_TABLE } from '../../terms/scores.ts';
import type { Session } from '../session/session.ts';

type Inspector = Session['inspector'];

const { suite: SUITE } = SCORE_TABLE['attack-seen'];
/** Prompts that are looked at for a case; after these the last one is shown, whatever came out. */
const MOST_TRIES = 12;

export type Contrast = {
  model: ReleasedModel;
  prompt: PromptView;
  before: AnswerView;
  after: AnswerView;
  /** Place of the prompt in its suite, from 0. */
  index: number;
  /** It was looked for: SFT fails and stage 2 does not. */
  chosen: boolean;
};

/** The first stage and the last one; null for a model with only one. */
export function endsOf(model: ReleasedModel): { first: string; last: string } | null {
  const first = model.stages[0]?.stage;
  const last = model.stages.at(-1)?.stage;
  return first !== undefined && last !== undefined && first !== last ? { first, last } : null;
}

/** Both checkpoints asked on prompt number `index` of the held-out attacks of known families. */
async function ask(inspector: Inspector, model: ReleasedModel, index: number): Promise<Contrast> {
  const ends = endsOf(model);
  if (!ends) throw new Error('a release without two stages has nothing to compare');
  const { settings } = model;
  const prompt = await inspector.draw({ settings, from: { suite: SUITE }, index });
  const answers = await inspector.answer({
    models: [ends.first, ends.last].map((stage) => ({ kind: 'released', model: model.name, stage })),
    prompt,
    settings,
    temperature: 0,
    seed: settings.seed,
  });
  const [before, after] = answers as [AnswerView, AnswerView];
  return { model, prompt, before, after, index, chosen: false };
}

/** The first prompt on which the first stage is unsafe and the last one is not. */
export async function findContrast(inspector: Inspector, model: ReleasedModel): Promise<Contrast> {
  for (let index = 0; ; index++) {
    const found = await ask(inspector, model, index);
    const differs = found.before.oracle.verdict === 'unsafe' && found.after.oracle.verdict !== 'unsafe';
    if (differs || index === MOST_TRIES - 1) return { ...found, chosen: differs };
  }
}

/** The prompt after this one, whatever comes out. */
export async function nextContrast(inspector: Inspector, { model, index }: Contrast): Promise<Contrast> {
  return await ask(inspector, model, index + 1);
}

/** What the model answers to these prompts after its first stage. */
export async function answersAfter(
  inspector: Inspector,
  { name, settings, stages }: ReleasedModel,
  prompts: readonly PromptView[],
): Promise<AnswerView[]> {
  const models = stages.slice(0, 1).map(({ stage }) => ({ kind: 'released', model: name, stage }) as const);
  const answers: AnswerView[] = [];
  for (const prompt of prompts)
    answers.push(
      ...(await inspector.answer({ models, prompt, settings, temperature: 0, seed: settings.seed })),
    );
  return answers;
}
