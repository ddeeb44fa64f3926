// The view Device: what the runs are computed on, how fast, and with how much room.

import { useComputed } from '@preact/signals';
import type { Settings } from '../../../config/index.ts';
import { offlineState } from '../../browser/offline.ts';
import { Card } from '../../parts/Card.tsx';
import { EstimateLine } from '../../parts/EstimateLine.tsx';
import type { ViewProps } from '../../session/session.ts';
import { withSetting } from '../../state/form/draft.ts';
import { AdapterCard } from './AdapterCard.tsx';
import { DeviceCard } from './DeviceCard.tsx';
import { FactList } from './FactList.tsx';
import { pageFacts, speedFacts } from './facts.ts';
import { MemoryCard } from './MemoryCard.tsx';
import './device.css';

export function DeviceView({ session }: ViewProps) {
  const { device, draft, storage } = session;
  const page = {
    isolated: crossOriginIsolated,
    cores: navigator.hardwareConcurrency ?? null,
    offline: offlineState.value,
  };
  return (
    <div class="stack">
      {device.value ? (
        <>
          <DeviceCard
            device={device.value}
            chosen={draft.value.settings.engine}
            onChoose={(engine) =>
              (draft.value = withSetting(draft.value, 'engine', engine as Settings['engine']))
            }
          />
          <SpeedCard session={session} />
          <AdapterCard gpu={device.value.gpu} />
        </>
      ) : (
        <Card id="device" title="Engine">
          <p class="empty" role="status">
            Looking for devices …
          </p>
        </Card>
      )}
      <MemoryCard storage={storage.value} />
      {device.value && (
        <Card id="page" title="Threads and offline use">
          <FactList facts={pageFacts(page, device.value)} />
        </Card>
      )}
    </div>
  );
}

/** A component of its own: it alone follows the run. */
function SpeedCard({ session }: ViewProps) {
  const { metrics } = useComputed(() => session.shown.value).value;
  const rollout = metrics.latest('tokens_per_second/rollout');
  const update = metrics.latest('tokens_per_second/update');
  return (
    <Card id="speed" title="Speed">
      <FactList facts={speedFacts(rollout, update)} />
      <p class="hint">
        {rollout === null
          ? 'Known once the run on view is in an RL stage.'
          : 'From the latest iteration of the run on view.'}
      </p>
      <h3>The next run, with the settings of the form</h3>
      <EstimateLine session={session} bare />
    </Card>
  );
}
