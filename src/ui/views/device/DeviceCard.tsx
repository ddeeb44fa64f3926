// What the run is computed on, and why.

import type { DeviceReport } from '../../../protocol/messages.ts';
import { formatDuration, formatNumber } from '../../format.ts';

type DeviceCardProps = { device: DeviceReport | null; tokensPerSecond: number | null };

export function DeviceCard({ device, tokensPerSecond }: DeviceCardProps) {
  return (
    <section class="card" aria-labelledby="device-title">
      <h2 id="device-title">Device</h2>
      {device ? (
        <>
          <p>
            <strong>{device.backend}</strong> <span class="chip">{device.tier}</span> {device.adapter}
          </p>
          <p class="hint">{device.reason}</p>
          {Object.keys(device.measuredMs).length > 0 && (
            <dl class="pairs">
              {Object.entries(device.measuredMs).map(([candidate, ms]) => (
                <div key={candidate}>
                  <dt>{candidate}</dt>
                  <dd>{ms < 1000 ? `${formatNumber(ms)} ms` : formatDuration(ms)}</dd>
                </div>
              ))}
            </dl>
          )}
          {tokensPerSecond !== null && (
            <p>{formatNumber(Math.round(tokensPerSecond))} tokens/s in rollouts</p>
          )}
        </>
      ) : (
        <p class="empty">Looking at what this browser can compute on …</p>
      )}
    </section>
  );
}
