// The question as it is being edited.

import type { PromptView } from '../../../protocol/inspector.ts';
import type { Scene } from '../../../terms/scene.ts';

export type ProbeDraft = {
  words: string;
  scene: Scene | null;
  /** To be wrapped around words and picture. */
  attack: string | null;
  /** Id of the prompt that was drawn, as long as nothing of it is changed. */
  drawn: string | null;
};

export function draftOfPrompt(prompt: PromptView): ProbeDraft {
  return { words: prompt.words.join(' '), scene: prompt.scene, attack: null, drawn: prompt.id };
}

/** A change by hand: from then on it is a prompt of its own. */
export function changedDraft(draft: ProbeDraft, change: Partial<Omit<ProbeDraft, 'drawn'>>): ProbeDraft {
  return { ...draft, ...change, drawn: null };
}

/** What the fields under "Load an example" hold. */
export type DrawPlace = { from: { suite: string } | { label: string }; index: number };

/** Where a prompt was drawn from, by its id; null for ids that those fields do not give, e.g. of the training split. */
export function placeOfId(id: string): DrawPlace | null {
  const [, kind, name = '', number] = /^(suite|validation):([^:]+):(\d+)$/.exec(id) ?? [];
  if (kind === undefined) return null;
  return { from: kind === 'suite' ? { suite: name } : { label: name }, index: Number(number) };
}
