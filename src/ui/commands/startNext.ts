// What Start begins: after a stage of a run where that was chosen, else the run whose settings are lent, else what the form says.

import type { Signal } from '@preact/signals';
import type { Session } from '../session/session.ts';
import type { Draft } from '../state/form/draft.ts';
import { loanIn } from '../state/run/loan.ts';
import { stageTitle } from '../state/run/stages.ts';
import { startRequest } from './startRequest.ts';

export async function startNext(session: Session, draft: Signal<Draft>): Promise<string> {
  const request = startRequest(session, draft.value);
  const { nextFork } = session.library;
  if (nextFork.value === null) return await (loanIn(draft.value)?.again() ?? session.start(request));
  const { runId: from, stage, runLabel } = nextFork.value;
  const name = `${runLabel}, on from ${stageTitle(stage)}`;
  const runId = await session.start({ ...request, name, fork: { runId: from, stage } });
  nextFork.value = null;
  return runId;
}
