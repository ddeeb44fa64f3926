// Start, go on, pause, step, stop, new run, and where the run is; always in sight.

import type { ProgressEvent, RunPhase } from '../../protocol/messages.ts';
import type { TransportActions } from '../commands/transportActions.ts';
import { isActive } from '../state/run/runView.ts';
import { stageTitle } from '../state/run/stages.ts';

type TransportProps = {
  phase: RunPhase;
  message: string;
  progress: ProgressEvent | null;
  busy: boolean;
  /** The run on view is stopped and can go on; the main button does that, and Start stands beside it. */
  resumable: boolean;
  actions: TransportActions;
};

const PHASE_TEXT: { readonly [phase in RunPhase]: string } = {
  idle: 'ready',
  starting: 'starting …',
  running: 'running',
  paused: 'paused',
  stopped: 'stopped',
  done: 'done',
  failed: 'failed',
  watched: 'watching',
};

/** Text of the main button. */
export function toggleLabel(phase: RunPhase, resumable = false): string {
  if (resumable) return 'Go on';
  if (phase === 'running') return 'Pause';
  if (phase === 'paused') return 'Go on';
  if (phase === 'starting') return 'Starting …';
  return 'Start';
}

/** Where the stage is: its iterations, or what it makes before the first. */
function placeText({ preparing, iteration, iterations }: ProgressEvent): string {
  return preparing
    ? `${preparing.what} ${preparing.done} / ${preparing.total} examples`
    : `${iteration} / ${iterations}`;
}

export function Transport({ phase, message, progress, busy, resumable, actions }: TransportProps) {
  const active = isActive(phase);
  return (
    <div class="transport" role="toolbar" aria-label="Run">
      <button
        type="button"
        class="primary"
        aria-keyshortcuts="Space"
        title={resumable ? 'Goes on with the run on view from its last checkpoint' : undefined}
        disabled={busy || phase === 'starting'}
        onClick={actions.toggle}
      >
        <span aria-hidden="true">{phase === 'running' ? '▮▮' : '▶'}</span> {toggleLabel(phase, resumable)}
      </button>
      {resumable && (
        <button
          type="button"
          title="Begins another run with the settings of the form; the one on view is kept"
          disabled={busy}
          onClick={actions.start}
        >
          Start
        </button>
      )}
      <button
        type="button"
        aria-keyshortcuts="."
        disabled={busy || phase === 'starting'}
        onClick={actions.step}
      >
        Step
      </button>
      <button type="button" disabled={busy || !active} onClick={actions.stop}>
        Stop
      </button>
      <button
        type="button"
        aria-keyshortcuts="R"
        title={active ? 'Stops this run, which is kept, and clears the view' : 'Clears the view'}
        disabled={busy || phase === 'starting' || phase === 'idle'}
        onClick={actions.reset}
      >
        New run
      </button>
      <p class="counter" role="status">
        <span class={`phase ${phase}`}>{PHASE_TEXT[phase]}</span>
        {progress && (
          <span>
            {stageTitle(progress.stage)} {placeText(progress)} · step <b>{progress.step}</b>
          </span>
        )}
        {message !== '' && <span class="hint">{message}</span>}
      </p>
      <button
        type="button"
        class="quiet"
        aria-keyshortcuts="?"
        onClick={actions.help}
        aria-label="Help and keys"
      >
        ?
      </button>
    </div>
  );
}
