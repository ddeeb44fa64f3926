// What Start begins: after a stage of a run where that was chosen, else the run whose settings override the form, else what the form says.

import type { Signal } from '@preact/signals';
import { stageTitle } from '../../terms/stages.ts';
import type { Session } from '../session/session.ts';
import type { Draft } from '../state/form/draft.ts';
import { activeOverride } from '../state/run/formOverride.ts';
import { startRequest } from './startRequest.ts';

export async function startNext(session: Session, draft: Signal<Draft>): Promise<string> {
  const request = startRequest(session, draft.value);
  const { nextFork } = session.library;
  if (nextFork.value === null) return await (activeOverride(draft.value)?.again() ?? session.start(request));
  const { runId: from, stage, runLabel } = nextFork.value;
  const name = `${runLabel}, on from ${stageTitle(stage)}`;
  const runId = await session.start({ ...request, name, fork: { runId: from, stage } });
  nextFork.value = null;
  return runId;
}
