// Everything of a run that can be saved as a file.

import { useId } from 'preact/hooks';
import { formatBytes } from '../../../base/format.ts';
import { stageOf, stageTitle } from '../../../terms/stages.ts';
import type { RunRow } from '../../state/runs/runRows.ts';
import type { RunActions } from './runActions.ts';

/** The stage of the heads leaves the policy as it is. */
function weightStages(row: RunRow): RunRow['stageEnds'] {
  return row.stageEnds.filter(({ stage }) => stageOf(stage) !== 'heads');
}

type ExportButtonsProps = { row: RunRow; working: boolean; actions: RunActions };

export function ExportButtons({ row, working, actions }: ExportButtonsProps) {
  const id = useId();
  const of = <span class="skip"> of {row.label}</span>;
  return (
    <section class="rows" aria-labelledby={id}>
      <h3 id={id}>Save as a file</h3>
      <div class="buttons">
        <button type="button" disabled={working} onClick={() => actions.bundle(row)}>
          Bundle (.zip){of}
        </button>
        <button
          type="button"
          disabled={working}
          onClick={() => actions.file(row, { kind: 'metrics-csv' }, 'metrics.csv')}
        >
          Metrics (CSV){of}
        </button>
        <button
          type="button"
          disabled={working}
          onClick={() => actions.file(row, { kind: 'metrics-json' }, 'metrics.json')}
        >
          Metrics (JSON){of}
        </button>
        <button
          type="button"
          disabled={working || row.evaluations.length === 0}
          onClick={() => actions.file(row, { kind: 'evaluation-json' }, 'evaluation.json')}
        >
          Evaluation (JSON){of}
        </button>
        <button type="button" disabled={working} onClick={() => actions.report(row)}>
          Report (Markdown){of}
        </button>
        {weightStages(row).map(({ stage, checkpointId, bytes }) => (
          <button
            type="button"
            key={checkpointId}
            disabled={working}
            title={`Out of a checkpoint of ${formatBytes(bytes)}`}
            onClick={() => actions.file(row, { kind: 'weights', checkpointId }, `${stage}.safetensors`)}
          >
            Weights after {stageTitle(stage)} (safetensors){of}
          </button>
        ))}
      </div>
      <p class="hint">
        The bundle holds everything and can be imported on any machine; its settings, metrics and scores are
        readable files. Weights can be imported too, as a run of one checkpoint. Charts can be saved as SVG
        and PNG below each chart.
      </p>
    </section>
  );
}
