// The page inside a frame: one view without the bar around it, messages, and a line that says what a frame takes away.

import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Embedding } from '../browser/embedding.ts';
import type { Page } from '../commands/actions.ts';
import { lazily } from '../parts/lazily.tsx';
import { Alerts } from './Alerts.tsx';
import { speakWithParent, tellHeight } from './parentFrame.ts';
import { ShownView } from './ShownView.tsx';
import { Transport } from './Transport.tsx';
import './embedded.css';

const TrainStage = lazily(async () => (await import('../views/train/TrainView.tsx')).TrainStage);

/** Draws the page into `root`, and speaks with the page around it. */
export function showEmbedded(
  page: Page,
  embedding: Embedding,
  opened: Promise<void>,
  root: HTMLElement,
): void {
  speakWithParent(page, embedding, opened);
  render(<EmbeddedApp page={page} view={embedding.view} />, root);
}

function EmbeddedApp({ page, view }: { page: Page; view: string }) {
  const { session } = page;
  const frame = useRef<HTMLDivElement>(null);
  useEffect(() => (frame.current ? tellHeight(frame.current) : undefined), []);
  return (
    <div ref={frame} class={`embedded ${view} rows`}>
      <Alerts alerts={session.alerts.value} onDismiss={(id) => session.dismiss(id)} />
      {view === 'plane' ? (
        <main>
          <TrainStage session={session} />
        </main>
      ) : (
        <ShownView session={session} />
      )}
      {(view === 'plane' || view === 'train') && <Transport page={page} />}
      <p class="hint">
        {crossOriginIsolated ? '' : 'On one thread, as browsers allow in a frame. '}
        <a href={location.pathname} target="_blank" rel="noreferrer">
          COSMO-RL playground
        </a>
      </p>
    </div>
  );
}
