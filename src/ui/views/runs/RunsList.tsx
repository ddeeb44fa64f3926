// Stored runs: open, resume, export, delete; import of a bundle; how full the store is.

import { useSignal } from '@preact/signals';
import type { RunRecord, StorageEstimate } from '../../../storage/types.ts';
import { formatBytes, formatMoment } from '../../format.ts';

export type RunActions = {
  open: (runId: string) => void;
  resume: (runId: string) => void;
  exportBundle: (runId: string) => void;
  remove: (runId: string) => void;
  importBundle: (file: File) => void;
};

type RunsListProps = {
  runs: readonly RunRecord[];
  storage: StorageEstimate | null;
  /** Run on view, and whether a run is being trained: no second one can be resumed then. */
  viewedId: string | null;
  training: boolean;
  actions: RunActions;
};

export function RunsList({ runs, storage, viewedId, training, actions }: RunsListProps) {
  return (
    <section class="card" aria-labelledby="runs-title">
      <h2 id="runs-title">Runs</h2>
      {runs.length === 0 && <p class="empty">Every run is kept in this browser and listed here.</p>}
      <ul class="runs">
        {runs.map((run) => (
          <RunItem
            key={run.id}
            run={run}
            viewed={run.id === viewedId}
            training={training}
            actions={actions}
          />
        ))}
      </ul>
      <label>
        <span class="hint">Import a bundle (.zip): </span>
        <input
          type="file"
          accept=".zip,application/zip"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            if (file) actions.importBundle(file);
            event.currentTarget.value = '';
          }}
        />
      </label>
      {storage && storage.quotaBytes > 0 && (
        <p class="hint">
          {formatBytes(storage.usageBytes)} of {formatBytes(storage.quotaBytes)} used;{' '}
          {storage.persisted
            ? 'kept until you delete it.'
            : 'the browser may clear it when the disk is full: export what matters.'}
        </p>
      )}
    </section>
  );
}

type RunItemProps = { run: RunRecord; viewed: boolean; training: boolean; actions: RunActions };

function RunItem({ run, viewed, training, actions }: RunItemProps) {
  const asking = useSignal(false);
  const live = viewed && training;
  return (
    <li aria-current={viewed ? 'true' : undefined}>
      <span class="run-name">
        {run.name} {viewed && <span class="chip">on view</span>}
      </span>
      <span class="hint">
        {run.preset || 'no preset'} · seed {run.seed} · {live ? 'in training' : statusText(run)} ·{' '}
        {formatMoment(run.createdAt)}
      </span>
      {run.message !== '' && !live && <span class="hint">{run.message}</span>}
      <div class="buttons">
        <button type="button" disabled={live || training} onClick={() => actions.open(run.id)}>
          Open<span class="skip"> {run.name}</span>
        </button>
        {run.status !== 'done' && (
          <button type="button" disabled={training} onClick={() => actions.resume(run.id)}>
            Resume<span class="skip"> {run.name}</span>
          </button>
        )}
        <button type="button" onClick={() => actions.exportBundle(run.id)}>
          Export<span class="skip"> {run.name}</span>
        </button>
        {!asking.value && (
          <button
            type="button"
            disabled={live}
            onClick={() => {
              asking.value = true;
            }}
          >
            Delete<span class="skip"> {run.name}</span>
          </button>
        )}
        {asking.value && (
          <>
            <button type="button" class="danger" disabled={live} onClick={() => actions.remove(run.id)}>
              Delete for good<span class="skip"> {run.name}</span>
            </button>
            <button
              type="button"
              onClick={() => {
                asking.value = false;
              }}
            >
              Keep
            </button>
          </>
        )}
      </div>
    </li>
  );
}

/** A run that nobody trains any more is not running, whatever its record says. */
function statusText(run: RunRecord): string {
  return run.status === 'running' ? 'interrupted' : run.status;
}
