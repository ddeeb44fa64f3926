// The buttons of the run, from the table of actions, and where the run is; always in sight.

import { useComputed } from '@preact/signals';
import type { ProgressEvent } from '../../protocol/messages.ts';
import type { RunPhase } from '../../terms/run.ts';
import { stageTitle } from '../../terms/stages.ts';
import {
  ACTIONS,
  type Action,
  actionOf,
  type ButtonState,
  type Page,
  press,
  runToGoOn,
} from '../commands/actions.ts';
import { Button } from '../parts/Button.tsx';

/** Of the phases that are not called what they are. */
const PHASE_TEXT: Partial<Record<RunPhase, string>> = {
  idle: 'ready',
  starting: 'starting …',
  watched: 'watching',
};

/** Where the stage is: its iterations, or what it makes before the first. */
function placeText({ preparing, iteration, iterations }: ProgressEvent): string {
  return preparing
    ? `${preparing.what} ${preparing.done} / ${preparing.total} examples`
    : `${iteration} / ${iterations}`;
}

export function Transport({ page }: { page: Page }) {
  const { session } = page;
  const phase = useComputed(() => session.shown.value.phase).value;
  const message = useComputed(() => session.shown.value.message).value;
  const progress = useComputed(() => session.shown.value.progress).value;
  const resumable = useComputed(() => runToGoOn(session) !== null).value;
  // What a run computes on is said as it begins; then its place is enough. Why it failed is said in full elsewhere.
  const quiet = (phase === 'running' && progress !== null && !progress.preparing) || phase === 'failed';
  return (
    <div class="transport row" role="toolbar" aria-label="Run">
      {ACTIONS.map((action) => (
        <ActionButton key={action.name} action={action} page={page} state={{ phase, resumable }} />
      ))}
      <p class="counter row figures" role="status" title={message}>
        <span class={`phase ${phase}`}>{PHASE_TEXT[phase] ?? phase}</span>
        {progress && (
          <span>
            {stageTitle(progress.stage)} {placeText(progress)} · step <b>{progress.step}</b>
          </span>
        )}
        {message !== '' && !quiet && <span class="hint">{message}</span>}
      </p>
      <HelpButton page={page} />
    </div>
  );
}

export function HelpButton({ page }: { page: Page }) {
  return (
    <Button
      label="?"
      class="quiet"
      aria-keyshortcuts="?"
      onClick={() => press(actionOf('help'), page)}
      aria-label="Help and keys"
    />
  );
}

type ActionButtonProps = { action: Action; page: Page; state: ButtonState };

/** The first action of the table is the main button; its sign says whether the run runs. Before a run the opening has the main one. */
function ActionButton({ action, page, state }: ActionButtonProps) {
  const { button, key, name } = action;
  if (!button || button.shown?.(state) === false) return null;
  const main = name === 'toggle';
  return (
    <Button
      class={main && state.phase !== 'idle' ? 'primary' : undefined}
      aria-keyshortcuts={key?.title}
      title={button.title?.(state)}
      disabled={page.session.busy.value || button.enabled?.(state) === false}
      onClick={() => press(action, page)}
    >
      {main && <span aria-hidden="true">{state.phase === 'running' ? '▮▮' : '▶'} </span>}
      {typeof button.label === 'string' ? button.label : button.label(state)}
    </Button>
  );
}
