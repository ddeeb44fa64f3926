// The pipeline as a rail: SFT, heads, stage 1, stage 2, evaluation; progress, time left, skip, and the way to set the form for a run after a stage.

import { formatDuration, formatRemaining } from '../../../base/format.ts';
import type { PlannedStage, ProgressEvent } from '../../../protocol/messages.ts';
import type { RunPhase } from '../../../terms/run.ts';
import { isEvaluation, stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import { type Reached, type StageStep, stageSteps } from '../../state/run/runState.ts';

const MARKS = { done: '✓', skipped: '⤼', current: '▸', next: '·' } as const;

type StageRailProps = {
  /** Stages of the running plan, or of the settings before the start. */
  plan: readonly PlannedStage[];
  progress: ProgressEvent | null;
  /** How far a run came that is not in training here. */
  reached?: Reached | null | undefined;
  phase: RunPhase;
  /** Said of a run that was not seen in training, in place of where it comes from. */
  note?: string | undefined;
  /** Ends the current stage; absent where none is in training here. */
  onSkip?: ((stage: string) => void) | undefined;
  /** Fills the form for a new run after a stage that is done; absent while a run is in training. */
  onAgain?: ((stage: string) => void) | undefined;
};

export function StageRail({ plan, progress, reached = null, phase, note, onSkip, onAgain }: StageRailProps) {
  const steps = stageSteps(plan, progress ?? reached, phase);
  return (
    <section class="card" aria-label="Stages">
      <ol class="rail plain">
        {steps.map((step, index) => (
          <li
            key={index}
            class={`rows ${step.state}`}
            aria-current={step.state === 'current' ? 'step' : undefined}
          >
            <span class="stage-name">
              <span aria-hidden="true">{MARKS[step.state]}</span> {stageTitle(step.name)}
            </span>
            <progress
              max={Math.max(1, step.iterations)}
              value={step.iterations === 0 && step.state !== 'next' ? 1 : step.iteration}
              aria-label={`${stageTitle(step.name)}: ${step.iteration} of ${step.iterations} iterations`}
            />
            <span class="hint figures">{countText(step)}</span>
            <StageButton step={step} onSkip={onSkip} onAgain={onAgain} />
          </li>
        ))}
      </ol>
      <p class="times figures">
        {progress ? timeText(progress, phase) : (note ?? timeText(progress, phase))}
      </p>
    </section>
  );
}

function StageButton({
  step,
  onSkip,
  onAgain,
}: { step: StageStep } & Pick<StageRailProps, 'onSkip' | 'onAgain'>) {
  const { name, state } = step;
  if (state === 'current' && onSkip) {
    return (
      <Button
        label="Skip"
        more={` ${stageTitle(name)}`}
        class="stage-button"
        title="Ends this stage after this iteration"
        onClick={() => onSkip(name)}
      />
    );
  }
  const isEnd = (state === 'done' || state === 'skipped') && !isEvaluation(name);
  if (!isEnd || !onAgain) return null;
  return (
    <Button
      label="Change and rerun from here"
      more={`: after ${stageTitle(name)}`}
      class="stage-button"
      title="Sets the form for a new run after this stage; nothing is started"
      onClick={() => onAgain(name)}
    />
  );
}

function countText({ state, iteration, iterations, planned }: StageStep): string {
  if (state === 'skipped') return `skipped after ${iteration}`;
  if (planned !== undefined) return `ended early at step ${iteration} of ${planned}`;
  return iterations > 0 ? `${iteration} / ${iterations}` : state;
}

function timeText(progress: ProgressEvent | null, phase: RunPhase): string {
  if (!progress) {
    if (phase === 'starting') return 'Preparing the run …';
    return phase === 'idle' ? 'Not started yet.' : 'From the store.';
  }
  const elapsed = `${formatDuration(progress.elapsedMs)} so far`;
  if (phase === 'done') return `Finished after ${formatDuration(progress.elapsedMs)}.`;
  if (phase === 'paused' && progress.kept) {
    // Time counts anew after a reload.
    const place = `at step ${progress.step}.`;
    return progress.elapsedMs > 0 ? `${elapsed}; kept ${place}` : `Kept ${place}`;
  }
  if (phase !== 'running' && phase !== 'watched') return `${elapsed}.`;
  return `${elapsed}; this stage: ${formatRemaining(progress.stageRemainingMs)}; whole run: ${formatRemaining(progress.runRemainingMs)}.`;
}
