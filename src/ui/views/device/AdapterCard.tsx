// The graphics adapter that WebGPU finds here, and its limits.

import type { DeviceReport } from '../../../protocol/messages.ts';
import { Card } from '../../parts/Card.tsx';
import { FactList } from './FactList.tsx';
import { adapterFacts, adapterSentence, limitFacts } from './facts.ts';

export function AdapterCard({ gpu }: Pick<DeviceReport, 'gpu'>) {
  return (
    <Card id="adapter" title="Graphics adapter">
      {typeof gpu === 'object' && (
        <p>
          <strong>{gpu.description}</strong>{' '}
          <span class="chip">{gpu.software ? 'software renderer' : 'hardware'}</span>
        </p>
      )}
      <p>{adapterSentence(gpu)}</p>
      {typeof gpu === 'object' && (
        <>
          <FactList facts={adapterFacts(gpu)} />
          <h3>Limits</h3>
          <FactList facts={limitFacts(gpu)} />
        </>
      )}
    </Card>
  );
}
