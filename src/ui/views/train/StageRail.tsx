// The pipeline as a rail: SFT, heads, stage 1, stage 2, evaluation; progress and time left.

import type { ProgressEvent, RunPhase } from '../../../protocol/messages.ts';
import { formatDuration, formatRemaining } from '../../format.ts';
import { stageSteps } from '../../state/runView.ts';
import { stageTitle } from '../../state/stages.ts';

const MARKS = { done: '✓', current: '▸', next: '·' } as const;

type StageRailProps = {
  /** Stages of the running plan, or of the settings before the start. */
  plan: readonly { name: string; iterations: number }[];
  progress: ProgressEvent | null;
  phase: RunPhase;
};

export function StageRail({ plan, progress, phase }: StageRailProps) {
  const steps = stageSteps(plan, progress, phase);
  return (
    <section class="card" aria-label="Stages">
      <ol class="rail">
        {steps.map((step, index) => (
          <li key={index} class={step.state} aria-current={step.state === 'current' ? 'step' : undefined}>
            <span class="stage-name">
              <span aria-hidden="true">{MARKS[step.state]}</span> {stageTitle(step.name)}
            </span>
            <progress
              max={Math.max(1, step.iterations)}
              value={step.iterations === 0 && step.state === 'done' ? 1 : step.iteration}
              aria-label={`${stageTitle(step.name)}: ${step.iteration} of ${step.iterations} iterations`}
            />
            <span class="hint">
              {step.iterations > 0 ? `${step.iteration} / ${step.iterations}` : step.state}
            </span>
          </li>
        ))}
      </ol>
      <p class="times">{timeText(progress, phase)}</p>
    </section>
  );
}

function timeText(progress: ProgressEvent | null, phase: RunPhase): string {
  if (!progress) {
    if (phase === 'starting') return 'Preparing the run …';
    return phase === 'idle' ? 'Not started yet.' : 'From the store.';
  }
  const elapsed = `${formatDuration(progress.elapsedMs)} so far`;
  if (phase === 'done') return `Finished after ${formatDuration(progress.elapsedMs)}.`;
  if (phase !== 'running') return `${elapsed}.`;
  return `${elapsed}; this stage: ${formatRemaining(progress.stageRemainingMs)}; whole run: ${formatRemaining(progress.runRemainingMs)}.`;
}
