// Starting points found: what they are called, what is missing where they are not to be had, and the stored run that they stand for.

import type { StartRequest } from '../../protocol/messages.ts';
import type { Fork } from '../../terms/run.ts';
import { stageTitle } from '../../terms/stages.ts';
import type { StartPoint } from '../state/form/startPoint.ts';
import type { Session } from './session.ts';

/** What the model or the run is called here. */
export function startName({ names }: Pick<Session, 'names'>, { model, runId }: StartPoint): string {
  return model ?? names.value.get(runId) ?? runId;
}

/** Why nothing can begin there, and what to do about it; null where it can. */
export async function startProblem(session: Session, start: StartPoint): Promise<string | null> {
  return start.model === undefined
    ? await problemOfRun(session, start)
    : await problemOfRelease(session, start.model, start.stage);
}

async function problemOfRelease(session: Session, model: string, stage: string): Promise<string | null> {
  const released = await session.inspector.released();
  const names = released.map(({ name }) => name);
  const found = released.find(({ name }) => name === model);
  if (!found)
    return `This page comes without the released model ${model}. ${names.length > 0 ? `It has ${names.join(', ')}.` : 'Reload it to look again.'}`;
  if (found.settings.stages.some((each) => each === stage)) return null;
  return `The released model ${model} has no stage ${stage}. It has ${found.settings.stages.join(', ')}.`;
}

async function problemOfRun(
  { store }: Session,
  { runId, stage }: StartPoint & { runId: string },
): Promise<string | null> {
  const run = await store.getRun(runId);
  if (!run)
    return `The run ${runId} is not stored in this browser. Ask whoever sent the link for its bundle (Runs, More, Bundle), import that in Runs, and press Start.`;
  if (run.trashedAt !== undefined) return 'The run is in the trash. Restore it in Runs first.';
  const ends = (await store.listCheckpoints(runId)).filter(({ kind }) => kind === 'stage-end');
  if (ends.some((each) => each.stage === stage)) return null;
  return `The run holds no checkpoint of the end of ${stageTitle(stage)}. Let it run to there, or choose another stage in Runs.`;
}

/** The stored run to begin from: of a released model, the run that it stands for is stored first. */
export async function forkOf(session: Session, { model, runId, stage }: StartPoint): Promise<Fork> {
  if (model === undefined) return { runId, stage };
  const adopted = await session.inspector.adopt(model);
  await session.library.refresh();
  return { runId: adopted, stage };
}

/** Starts a run there; one that is trained whole where `start` is null. */
export async function startAt(
  session: Session,
  request: StartRequest,
  start: StartPoint | null,
): Promise<string> {
  return await session.start(start ? { ...request, fork: await forkOf(session, start) } : request);
}
