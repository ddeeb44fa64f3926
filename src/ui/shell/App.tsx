// The page: top bar with views and transport, messages, the view on show. Nothing here reads a signal that changes while training.

import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { listenToKeys } from '../commands/keys.ts';
import { runToGoOn, type TransportActions, transportActions } from '../commands/transportActions.ts';
import type { InspectorClient } from '../session/inspectorClient.ts';
import type { Session } from '../session/session.ts';
import type { Draft } from '../state/form/draft.ts';
import { Alerts } from './Alerts.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { Navigation } from './Navigation.tsx';
import { ShownView, VIEW_ID } from './ShownView.tsx';
import { Transport } from './Transport.tsx';

type AppProps = { session: Session; draft: Signal<Draft>; inspector: InspectorClient };

export function App({ session, draft, inspector }: AppProps) {
  const helpOpen = useSignal(false);
  const transport = useMemo(
    () =>
      transportActions(session, draft, () => {
        helpOpen.value = !helpOpen.value;
      }),
    [session, draft, helpOpen],
  );
  useEffect(() => listenToKeys(transport), [transport]);
  return (
    <>
      <SkipLink />
      <Head session={session} actions={transport} />
      <ShownView session={session} draft={draft} inspector={inspector} />
      <Help open={helpOpen} />
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

/** Stays in sight, messages too: what went wrong is told where one is, however far down. */
function Head({ session, actions }: { session: Session; actions: TransportActions }) {
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
      <TopBar session={session} actions={actions} />
      <AlertArea session={session} />
    </div>
  );
}

function TopBar({ session, actions }: { session: Session; actions: TransportActions }) {
  const phase = useComputed(() => session.view.value.phase);
  const message = useComputed(() => session.view.value.message);
  const progress = useComputed(() => session.view.value.progress);
  const resumable = useComputed(() => runToGoOn(session) !== null);
  return (
    <header class="topbar">
      <h1>COSMO-RL playground</h1>
      <Navigation />
      <Transport
        phase={phase.value}
        message={message.value}
        progress={progress.value}
        busy={session.busy.value}
        resumable={resumable.value}
        actions={actions}
      />
    </header>
  );
}

function AlertArea({ session }: { session: Session }) {
  return <Alerts alerts={session.alerts.value} onDismiss={(id) => session.dismiss(id)} />;
}

function Help({ open }: { open: Signal<boolean> }) {
  return (
    <HelpDialog
      open={open.value}
      onClose={() => {
        open.value = false;
      }}
    />
  );
}
