// The page: transport on top, controls left, live view right.

import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { download } from '../download.ts';
import { listenToKeys } from '../keyboard.ts';
import type { Session } from '../session.ts';
import type { Draft } from '../state/draft.ts';
import { isActive } from '../state/runView.ts';
import { plannedStages } from '../state/stages.ts';
import { Alerts } from './Alerts.tsx';
import { Controls } from './Controls.tsx';
import { Curves } from './Curves.tsx';
import { DeviceCard } from './DeviceCard.tsx';
import { EvaluationTable } from './EvaluationTable.tsx';
import { HeadsCard } from './HeadsCard.tsx';
import { HelpDialog } from './HelpDialog.tsx';
import { Inspector } from './Inspector.tsx';
import { type RunActions, RunsList } from './RunsList.tsx';
import { StageRail } from './StageRail.tsx';
import { Transport, type TransportActions } from './Transport.tsx';

type AppProps = { session: Session; draft: Signal<Draft> };

export function App({ session, draft }: AppProps) {
  const helpOpen = useSignal(false);
  const view = session.view.value;
  const training = isActive(view.phase);
  const transport = transportActions(session, draft, () => {
    helpOpen.value = !helpOpen.value;
  });
  useEffect(() => listenToKeys(transport), [session, draft]);
  return (
    <>
      <a class="skip" href="#live">
        Skip to the live view
      </a>
      <header class="topbar">
        <h1>COSMO-RL playground</h1>
        <a class="jump" href="#settings">
          Settings and runs
        </a>
        <Transport
          phase={view.phase}
          message={view.message}
          progress={view.progress}
          busy={session.busy.value}
          actions={transport}
        />
      </header>
      <Alerts alerts={session.alerts.value} onDismiss={(id) => session.dismiss(id)} />
      <main class="layout">
        <div class="column" id="settings">
          <Controls draft={draft} training={training} />
          <RunsList
            runs={session.runs.value}
            storage={session.storage.value}
            viewedId={view.runId}
            training={training}
            actions={runActions(session)}
          />
        </div>
        <div class="live" id="live">
          <StageRail
            plan={view.progress?.stages ?? plannedStages(draft.value.settings)}
            progress={view.progress}
            phase={view.phase}
          />
          <Curves key={view.runId} view={view} />
          <Inspector key={view.runId} group={view.group} />
          <EvaluationTable evaluations={view.evaluations} />
          <HeadsCard heads={view.heads} />
          <DeviceCard
            device={session.device.value}
            tokensPerSecond={view.metrics.latest('tokens_per_second/rollout')}
          />
        </div>
      </main>
      <HelpDialog
        open={helpOpen.value}
        onClose={() => {
          helpOpen.value = false;
        }}
      />
    </>
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
