// Keys and the idea of the page in one dialog.

import { useEffect, useRef } from 'preact/hooks';

type HelpDialogProps = { open: boolean; onClose: () => void };

export function HelpDialog({ open, onClose }: HelpDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="help-title">
      <h2 id="help-title">What happens here</h2>
      <p>
        A small model that looks at pictures and thinks before it answers is trained in this tab, by COSMO-RL:
        first it imitates flawed demonstrations (SFT), then small judges are trained (reward heads), then
        reinforcement learning improves what it can do (stage 1) and makes it safe without making it useless
        (stage 2). Nothing leaves your machine.
      </p>
      <dl class="keys">
        <dt>
          <kbd>Space</kbd>
        </dt>
        <dd>start, pause, go on</dd>
        <dt>
          <kbd>.</kbd>
        </dt>
        <dd>one iteration, then pause</dd>
        <dt>
          <kbd>R</kbd>
        </dt>
        <dd>reset: stop, keep the run, and clear the view for a new one</dd>
        <dt>
          <kbd>?</kbd>
        </dt>
        <dd>this help</dd>
        <dt>
          <kbd>Esc</kbd>
        </dt>
        <dd>close it</dd>
      </dl>
      <p class="hint">
        Keys work while no field has the focus. The address of the page holds the settings that differ from
        the preset: copy it to share them.
      </p>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
