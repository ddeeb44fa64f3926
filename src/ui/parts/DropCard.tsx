// A card that takes files, by its button or dropped onto it.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { droppedFiles } from '../browser/fileDrops.ts';
import { Button } from './Button.tsx';
import { Card } from './Card.tsx';

type DropCardProps = {
  id: string;
  title: string;
  /** On the button, and for who cannot see it. */
  action: string;
  label: string;
  /** Of the file dialog; a drop may bring anything. */
  accept: string;
  disabled?: boolean;
  /** Beside the button. */
  hint?: string;
  /** Never called with nothing. `folders` are the names of dropped ones, which no browser reads as a file. */
  onFiles: (files: readonly File[], folders: readonly string[]) => void;
  children: ComponentChildren;
};

export function DropCard({ action, label, accept, disabled, hint, onFiles, ...card }: DropCardProps) {
  const over = useSignal(false);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const take = (files: readonly File[], folders: readonly string[] = []): void => {
    if (files.length + folders.length > 0) onFiles(files, folders);
  };
  return (
    <Card
      {...card}
      class={over.value ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={(event) => {
        // Leaving for a part of the card is not leaving it.
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) over.value = false;
      }}
      onDrop={(event) => {
        over.value = false;
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        const { files, folders } = droppedFiles(event.dataTransfer);
        take(files, folders);
      }}
      tools={
        <div class="tools">
          <Button label={action} disabled={disabled} onClick={() => input.current?.click()} />
          <label for={id} class="skip">
            {label}
          </label>
          <input
            ref={input}
            id={id}
            class="skip"
            type="file"
            tabIndex={-1}
            accept={accept}
            multiple
            onChange={(event) => {
              take([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = '';
            }}
          />
          {hint && <span class="hint">{hint}</span>}
        </div>
      }
    />
  );
}
