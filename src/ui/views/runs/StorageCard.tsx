// How full the store is, whether the browser keeps it, and the trash.

import { useSignal } from '@preact/signals';
import { formatBytes, formatMoment } from '../../../base/format.ts';
import { sum } from '../../../base/numbers.ts';
import type { RunRecord } from '../../../storage/types.ts';
import { Button } from '../../parts/Button.tsx';
import { Card } from '../../parts/Card.tsx';
import { runTitle } from '../../state/runs/runNames.ts';
import type { RunActions } from './runActions.ts';

export function StorageCard({ actions }: { actions: RunActions }) {
  const { storage: full, library } = actions.session;
  const storage = full.value;
  const trash = library.trash.value;
  const bytesOf = ({ id }: RunRecord): number => library.details.value.get(id)?.bytes ?? 0;
  const trashBytes = sum(trash.map(bytesOf));
  const runBytes = sum(actions.rows.value.map(({ bytes }) => bytes ?? 0));
  return (
    <Card id="storage" title="Storage">
      {storage && storage.quotaBytes > 0 && (
        <>
          <p>
            <meter
              min={0}
              max={storage.quotaBytes}
              value={storage.usageBytes}
              aria-label="Share of the storage in use"
            />{' '}
            {formatBytes(storage.usageBytes)} of {formatBytes(storage.quotaBytes)} that the browser gives this
            page are in use. The runs above take about {formatBytes(runBytes)}
            {trash.length > 0 && `, the trash about ${formatBytes(trashBytes)}`}.
          </p>
          <p class="hint">
            {storage.usageBytes > runBytes + trashBytes
              ? 'The rest is the page itself, kept for offline use, and space that the browser frees later.'
              : 'Sizes are approximate.'}
          </p>
        </>
      )}
      {storage?.persisted ? (
        <p>The browser keeps these runs until you delete them.</p>
      ) : (
        <div class="buttons">
          <Button label="Keep this storage" onClick={actions.keepStorage} />
          <p class="hint">
            The browser may clear it when the disk is full. This asks it not to; export what matters all the
            same.
          </p>
        </div>
      )}
      <Trash {...{ trash, bytesOf, trashBytes, actions }} />
    </Card>
  );
}

type TrashProps = {
  trash: readonly RunRecord[];
  bytesOf: (run: RunRecord) => number;
  trashBytes: number;
  actions: RunActions;
};

function Trash({ trash, bytesOf, trashBytes, actions }: TrashProps) {
  const asking = useSignal(false);
  if (trash.length === 0) return null;
  return (
    <section class="trash rows" aria-labelledby="trash-title">
      <h3 id="trash-title">Trash ({trash.length})</h3>
      <ul class="plain lines">
        {trash.map((run) => (
          <li key={run.id} class="row apart">
            <span>
              {runTitle(run)}{' '}
              <span class="hint">
                deleted {formatMoment(run.trashedAt ?? '')}, about {formatBytes(bytesOf(run))}
              </span>
            </span>
            <Button label="Restore" more={` ${runTitle(run)}`} onClick={() => actions.restore(run.id)} />
          </li>
        ))}
      </ul>
      <div class="buttons">
        {asking.value ? (
          <>
            <Button
              class="danger"
              onClick={() => {
                asking.value = false;
                actions.deleteForGood(trash.map(({ id }) => id));
                document.getElementById('runs-title')?.focus();
              }}
            >
              Delete {trash.length === 1 ? 'this run' : `these ${trash.length} runs`} for good
            </Button>
            <Button label="Keep" onClick={() => (asking.value = false)} />
          </>
        ) : (
          <Button
            label={`Empty the trash (frees about ${formatBytes(trashBytes)})`}
            class="danger"
            onClick={() => (asking.value = true)}
          />
        )}
      </div>
    </section>
  );
}
