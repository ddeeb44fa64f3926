// The card of the list: takes bundles and weights by button or dropped onto it, and shows long work in progress.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { droppedFiles } from '../../browser/fileDrops.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import type { StoreWork } from '../../session/library.ts';
import type { RunActions } from './runActions.ts';

type ImportCardProps = { actions: RunActions; children: ComponentChildren };

export function ImportCard({ actions, children }: ImportCardProps) {
  const work = actions.session.library.work.value;
  const over = useSignal(false);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  return (
    <Card
      id="runs"
      title="Runs"
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
        actions.importFiles(files, folders);
      }}
      tools={
        <div class="tools">
          <Button label="Import …" disabled={work !== null} onClick={() => input.current?.click()} />
          <label for={id} class="skip">
            Bundles (.zip) or weights (.safetensors) to import
          </label>
          <input
            ref={input}
            id={id}
            class="skip"
            type="file"
            tabIndex={-1}
            accept=".zip,application/zip,.safetensors"
            multiple
            onChange={(event) => {
              const files = [...(event.currentTarget.files ?? [])];
              if (files.length > 0) actions.importFiles(files);
              event.currentTarget.value = '';
            }}
          />
          <span class="hint">a bundle or weights; or drop the file here</span>
        </div>
      }
    >
      {work && <Work work={work} />}
      {children}
    </Card>
  );
}

function Work({ work: { title, progress, giveUp } }: { work: StoreWork }) {
  const at = progress ? `: ${progress.what}, ${progress.done + 1} of ${progress.total}` : ' …';
  return (
    <div class="work row">
      <p role="status">
        {title}
        {at}
      </p>
      <progress
        aria-label={title}
        {...(progress ? { value: progress.done, max: Math.max(1, progress.total) } : {})}
      />
      <Button label="Give up" onClick={giveUp} />
    </div>
  );
}
