// The view Device: what the runs are computed on.

import { useComputed } from '@preact/signals';
import type { ViewProps } from '../types.ts';
import { DeviceCard } from './DeviceCard.tsx';
import './device.css';

export function DeviceView({ session }: ViewProps) {
  const speed = useComputed(() => session.view.value.metrics.latest('tokens_per_second/rollout'));
  return (
    <div class="stack">
      <DeviceCard device={session.device.value} tokensPerSecond={speed.value} />
    </div>
  );
}
