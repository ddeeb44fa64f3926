// One evaluation in the inspector: asked for, followed, cancelled, and kept with the run where the run had none.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { PlaygroundError } from '../../../base/errors.ts';
import { settingsOf } from '../../../config/index.ts';
import type { EvaluationEvent } from '../../../protocol/messages.ts';
import type { CheckpointManifest, RunRecord } from '../../../storage/types.ts';
import type { Session } from '../../session/session.ts';
import { runTitle } from '../../state/runs/runNames.ts';

const POLL_MS = 300;

export type EvaluationResult = {
  /** Name of the run. */
  name: string;
  now: EvaluationEvent;
  /** What the run has stored for the same weights. */
  stored: EvaluationEvent | null;
  /** What of `now` has been stored with the run. */
  kept: 'all' | 'greedy' | 'nothing';
};

export function useEvaluation(session: Session) {
  /** In progress, or waiting for its turn. */
  const asked = useSignal(false);
  const progress = useSignal<{ done: number; total: number } | null>(null);
  const result = useSignal<EvaluationResult | null>(null);
  const cancel = (): void => {
    session.inspector.cancelEvaluation().catch((error) => session.report(error));
  };

  useEffect(() => {
    if (!asked.value) return;
    const timer = setInterval(() => {
      session.inspector.evaluationProgress().then(
        (now) => (progress.value = now),
        // The evaluation itself says what went wrong.
        () => undefined,
      );
    }, POLL_MS);
    return () => clearInterval(timer);
  }, [asked.value, session, progress]);

  // Nobody waits for it any more.
  useEffect(() => () => (asked.peek() ? cancel() : undefined), []);

  const evaluate = async (run: RunRecord, { id, stage, step }: CheckpointManifest, samples: number) => {
    const own = settingsOf(run);
    const settings = { ...own, eval_samples: samples };
    const model = { kind: 'stored', runId: run.id, checkpointId: id } as const;
    const measured = await session.inspector.evaluate({ model, settings });
    const now: EvaluationEvent = { kind: 'evaluation', runId: run.id, stage, step, ...measured };
    const all = await session.library.evaluations(run.id);
    const stored = all.find((other) => other.stage === stage && other.step === step) ?? null;
    // What is kept must be what the run itself would have measured.
    const same = samples === own.eval_samples;
    const kept = !same || stored?.greedy ? 'nothing' : stored ? 'greedy' : 'all';
    if (kept !== 'nothing') await session.keepEvaluation(stored ? { ...stored, greedy: now.greedy } : now);
    result.value = { name: session.names.value.get(run.id) ?? runTitle(run), now, stored, kept };
  };

  return {
    asked: asked.value,
    progress: progress.value,
    result: result.value,
    cancel,
    start: async (run: RunRecord, checkpoint: CheckpointManifest, samples: number): Promise<void> => {
      if (asked.value) return;
      asked.value = true;
      progress.value = null;
      result.value = null;
      try {
        await evaluate(run, checkpoint, samples);
      } catch (error) {
        if (!(error instanceof PlaygroundError && error.code === 'cancelled')) session.report(error);
      } finally {
        asked.value = false;
        progress.value = null;
      }
    },
  };
}
