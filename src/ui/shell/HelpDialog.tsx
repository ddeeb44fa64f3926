// Keys and the idea of the page in one dialog.

import type { Signal } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { ACTIONS, type Action } from '../commands/actions.ts';
import { Button } from '../parts/Button.tsx';
import { Glossary } from '../parts/Glossary.tsx';

const KEYS: readonly (readonly [key: string, help: string])[] = [
  ...(ACTIONS as readonly Action[]).flatMap(({ key, help }) => (key ? [[key.title, help] as const] : [])),
  ['Esc', 'close it'],
];

export function HelpDialog({ open }: { open: Signal<boolean> }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const close = (): void => {
    open.value = false;
  };
  useEffect(() => {
    if (open.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open.value]);
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="help-title">
      <h2 id="help-title">What happens here</h2>
      <p>
        A small model that looks at pictures and thinks before it answers is trained in this tab, by COSMO-RL:
        first it imitates flawed demonstrations (SFT), then small judges are trained (reward heads), then
        reinforcement learning improves what it can do (stage 1) and makes it safe without making it useless
        (stage 2). Nothing leaves your machine.
      </p>
      <dl class="keys pairs">
        {KEYS.map(([key, help]) => (
          <Fragment key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{help}</dd>
          </Fragment>
        ))}
      </dl>
      <p class="hint">
        Keys work while no field has the focus. The address of the page holds the settings that differ from
        the preset: copy it to share them.
      </p>
      <details>
        <summary>Glossary</summary>
        <Glossary />
      </details>
      <Button label="Close" onClick={close} />
    </dialog>
  );
}
