// What the run is computed on, why, and what else could be chosen.

import { formatDuration, formatNumber } from '../../../base/format.ts';
import type { DeviceReport } from '../../../protocol/messages.ts';
import { purposeOf } from '../../../terms/engines.ts';
import { adapterText } from '../../../terms/origin.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';

type DeviceCardProps = {
  device: DeviceReport;
  /** The engine that the form asks for. */
  chosen: string;
  onChoose: (engine: string) => void;
};

const TIERS = {
  fused: 'Fused: each training step is a fixed plan of kernels that were written for this model.',
  eager: 'Eager: each operation of the model is a call into TensorFlow.js, which is slower here.',
} as const;

export function DeviceCard({ device, chosen, onChoose }: DeviceCardProps) {
  const measured = Object.entries(device.measuredMs);
  return (
    <Card id="device" title="Engine">
      <p>
        <strong>{device.backend}</strong> <span class="chip">{device.tier}</span> {adapterText(device)}
      </p>
      <p class="hint">{TIERS[device.tier]}</p>
      <p>Why this one: {device.reason}</p>
      {measured.length > 0 ? (
        <>
          <dl class="terms row soft small">
            {measured.map(([candidate, ms]) => (
              <div key={candidate}>
                <dt>{candidate}</dt>
                <dd>{ms < 1000 ? `${formatNumber(ms)} ms` : formatDuration(ms)}</dd>
              </div>
            ))}
          </dl>
          <p class="hint">Time of one training step of a model of the default size; less is faster.</p>
        </>
      ) : (
        <p class="hint">No times: a step is timed only where “auto” has a graphics card to choose from.</p>
      )}
      {device.engines && (
        <details class="engines">
          <summary>Other engines, and what they are for</summary>
          <ul class="plain lines">
            {device.engines.map(({ name, lacks }) => (
              <li key={name} class="row apart">
                <span>
                  <b>{name}</b> {purposeOf(name)}
                  {lacks !== null && <span class="hint"> Not here: this browser lacks {lacks}.</span>}
                </span>
                <Button
                  label={name === chosen ? 'Chosen' : 'Choose'}
                  more={` ${name}`}
                  disabled={lacks !== null || name === chosen}
                  onClick={() => onChoose(name)}
                />
              </li>
            ))}
          </ul>
          <p class="hint">
            A choice holds from the next run on; it is the setting “Engine” of the view Train. Runs are equal
            bit for bit only on one engine.
          </p>
        </details>
      )}
    </Card>
  );
}
