// A group as the inspector shows it, whether it comes live from the rollout or from the store.

import type { StoredGroup } from '../../../protocol/inspector.ts';
import type { GroupEvent, SampleView } from '../../../protocol/messages.ts';

export type ShownGroup = Omit<GroupEvent, 'kind' | 'runId' | 'samples'> & {
  /** Null where a live group does not say. */
  policyVersion: number | null;
  discarded: boolean;
  samples: readonly (SampleView & { ratios?: readonly number[] | null })[];
};

export function shownLive(event: GroupEvent): ShownGroup {
  return { ...event, policyVersion: null, discarded: false };
}

export function shownStored({ prompt, ...group }: StoredGroup): ShownGroup {
  const { id, words, label, family, attack, reference, harmful, image } = prompt;
  return { ...group, promptId: id, prompt: words, label, family, attack, reference, harmful, image };
}
