// The card of the list: takes bundles and weights by button or dropped onto it, and shows long work in progress.

import type { ComponentChildren } from 'preact';
import { Button } from '../../parts/Button.tsx';
import { DropCard } from '../../parts/DropCard.tsx';
import type { StoreWork } from '../../session/library.ts';
import type { RunActions } from './runActions.ts';

type ImportCardProps = { actions: RunActions; children: ComponentChildren };

export function ImportCard({ actions, children }: ImportCardProps) {
  const work = actions.session.library.work.value;
  return (
    <DropCard
      id="runs"
      title="Runs"
      action="Import …"
      label="Bundles (.zip) or weights (.safetensors) to import"
      accept=".zip,application/zip,.safetensors"
      disabled={work !== null}
      hint="a bundle or weights; or drop the file here"
      onFiles={actions.importFiles}
    >
      {work && <Work work={work} />}
      {children}
    </DropCard>
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
