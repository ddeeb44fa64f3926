// The page: top bar with views and transport, messages, the view on show. Nothing here reads a signal that changes while training.

import { useEffect, useRef } from 'preact/hooks';
import type { Page } from '../commands/actions.ts';
import { listenToKeys } from '../commands/keys.ts';
import type { ViewProps } from '../session/session.ts';
import { lessonPlace } from '../state/lesson/lessonPlace.ts';
import { Alerts } from './Alerts.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { LessonBar } from './LessonBar.tsx';
import { Navigation } from './Navigation.tsx';
import { ShownView, VIEW_ID } from './ShownView.tsx';
import { Transport } from './Transport.tsx';

export function App({ page }: { page: Page }) {
  const { session, help } = page;
  useEffect(() => listenToKeys(page), [page]);
  return (
    <>
      <SkipLink />
      <Head page={page} />
      <ShownView session={session} />
      <HelpDialog open={help} />
    </>
  );
}

/** Moves the focus alone: the part of the address after `#` names the view on show and stays. */
function SkipLink() {
  return (
    <a
      class="skip"
      href={`#${VIEW_ID}`}
      onClick={(event) => {
        event.preventDefault();
        document.getElementById(VIEW_ID)?.focus();
      }}
    >
      Skip to the view
    </a>
  );
}

/** Stays in sight, messages too: an error is shown however far down the page is scrolled. */
function Head({ page }: { page: Page }) {
  const head = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = head;
    if (!current) return;
    const measured = new ResizeObserver(() => {
      document.documentElement.style.setProperty('--head-height', `${current.offsetHeight}px`);
    });
    measured.observe(current);
    return () => measured.disconnect();
  }, []);
  return (
    <div class="page-head" ref={head}>
      <header class="topbar row">
        <h1>COSMO-RL playground</h1>
        {lessonPlace.value ? (
          <LessonBar page={page} />
        ) : (
          <>
            <Navigation />
            <Transport page={page} />
          </>
        )}
      </header>
      <AlertArea session={page.session} />
    </div>
  );
}

function AlertArea({ session }: ViewProps) {
  return <Alerts alerts={session.alerts.value} onDismiss={(id) => session.dismiss(id)} />;
}
