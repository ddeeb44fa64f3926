// Memory and storage: what is used, and what there is at most.

import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { StorageEstimate } from '../../../storage/types.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { FactList } from './FactList.tsx';
import { memoryFacts } from './facts.ts';
import { canMeasureWhole, measureWhole, memoryNow } from './memory.ts';

const EVERY_MS = 2000;

export function MemoryCard({ storage }: { storage: StorageEstimate | null }) {
  const now = useSignal(memoryNow());
  const wholeBytes = useSignal<number | null>(null);
  const measuring = useSignal(false);
  useEffect(() => {
    const timer = setInterval(() => (now.value = memoryNow()), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  const measure = async (): Promise<void> => {
    measuring.value = true;
    wholeBytes.value = await measureWhole();
    measuring.value = false;
  };
  return (
    <Card id="memory" title="Memory and storage">
      <FactList facts={memoryFacts({ ...now.value, wholeBytes: wholeBytes.value }, storage)} />
      {canMeasureWhole() && (
        <div class="buttons">
          <Button
            label={measuring.value ? 'Measuring …' : 'Measure with all workers'}
            disabled={measuring.value}
            onClick={() => void measure()}
          />
          <span class="hint" role="status">
            {measuring.value && 'This may take half a minute.'}
          </span>
        </div>
      )}
    </Card>
  );
}
