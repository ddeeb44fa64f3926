// What the pinned prompts were answered over a run: the answers before, the newest ones, and the scores on the way.

import type { PinnedAnswer, PinnedEvent } from '../../../protocol/messages.ts';
import { isRlStage } from '../../../terms/stages.ts';

export type PinnedState = {
  first: PinnedEvent;
  latest: PinnedEvent;
  /** From the first to the latest, in order of step. */
  trail: readonly Pick<PinnedEvent, 'step' | 'scores'>[];
};

/** The first answers are those before RL once it has begun, and until then the first of the run. */
export function addPinned(state: PinnedState | null, event: PinnedEvent): PinnedState {
  const beginsRl = state !== null && isRlStage(event.stage) && !isRlStage(state.first.stage);
  // A run that goes on from a checkpoint comes by the same steps again.
  if (!state || beginsRl || event.step <= state.first.step)
    return { first: event, latest: event, trail: [event] };
  const { first, trail } = state;
  return { first, latest: event, trail: [...trail.filter(({ step }) => step < event.step), event] };
}

export function answerTo(event: PinnedEvent, promptId: string): PinnedAnswer | null {
  return event.answers.find((answer) => answer.promptId === promptId) ?? null;
}
