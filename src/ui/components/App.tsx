// The page: transport on top, controls left, live view right. Nothing here reads a signal that changes while training.

import { type Signal, useComputed, useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { download } from '../download.ts';
import { listenToKeys } from '../keyboard.ts';
import type { Session } from '../session.ts';
import type { Draft } from '../state/draft.ts';
import { isActive } from '../state/runView.ts';
import { Alerts } from './Alerts.tsx';
import { Controls } from './Controls.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { LiveView } from './LiveView.tsx';
import { type RunActions, RunsList } from './RunsList.tsx';
import { Transport, type TransportActions } from './Transport.tsx';

type AppProps = { session: Session; draft: Signal<Draft> };

export function App({ session, draft }: AppProps) {
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
      <a class="skip" href="#live">
        Skip to the live view
      </a>
      <TopBar session={session} actions={transport} />
      <AlertArea session={session} />
      <main class="layout">
        <SideColumn session={session} draft={draft} />
        <LiveView session={session} draft={draft} />
      </main>
      <Help open={helpOpen} />
    </>
  );
}

function TopBar({ session, actions }: { session: Session; actions: TransportActions }) {
  const phase = useComputed(() => session.view.value.phase);
  const message = useComputed(() => session.view.value.message);
  const progress = useComputed(() => session.view.value.progress);
  return (
    <header class="topbar">
      <h1>COSMO-RL playground</h1>
      <a class="jump" href="#settings">
        Settings and runs
      </a>
      <Transport
        phase={phase.value}
        message={message.value}
        progress={progress.value}
        busy={session.busy.value}
        actions={actions}
      />
    </header>
  );
}

function AlertArea({ session }: { session: Session }) {
  return <Alerts alerts={session.alerts.value} onDismiss={(id) => session.dismiss(id)} />;
}

function SideColumn({ session, draft }: AppProps) {
  const training = useComputed(() => isActive(session.view.value.phase));
  const viewedId = useComputed(() => session.view.value.runId);
  return (
    <div class="column" id="settings">
      <Controls draft={draft} training={training.value} />
      <RunsList
        runs={session.runs.value}
        storage={session.storage.value}
        viewedId={viewedId.value}
        training={training.value}
        actions={runActions(session)}
      />
    </div>
  );
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

/** The commands of the transport and of the keys. */
function transportActions(session: Session, draft: Signal<Draft>, help: () => void): TransportActions {
  const start = (): Promise<string> => session.start({ ...draft.value });
  const toggle = async (): Promise<unknown> => {
    const { phase } = session.view.value;
    if (phase === 'running') return await session.pause();
    if (phase === 'paused') return await session.resume();
    return phase === 'starting' ? undefined : await start();
  };
  const step = async (): Promise<void> => {
    if (!isActive(session.view.value.phase)) await start();
    await session.step();
  };
  return {
    toggle: () => void session.act(toggle),
    step: () => void session.act(step),
    stop: () => void session.act(() => session.stop()),
    newRun: () => session.newRun(),
    help,
  };
}

function runActions(session: Session): RunActions {
  return {
    open: (runId) => void session.act(() => session.openRun(runId)),
    resume: (runId) => void session.act(() => session.resumeRun(runId)),
    remove: (runId) => void session.act(() => session.removeRun(runId)),
    exportBundle: (runId) =>
      void session.act(async () => download(await session.exportBundle(runId), `cosmo-${runId}.zip`)),
    importBundle: (file) =>
      void session.act(async () => {
        const runId = await session.importBundle(new Uint8Array(await file.arrayBuffer()));
        if (!isActive(session.view.value.phase)) await session.openRun(runId);
      }),
  };
}
