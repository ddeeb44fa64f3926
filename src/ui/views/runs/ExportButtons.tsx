// Everything of a run that can be saved as a file.

import { useId } from 'preact/hooks';
import { formatBytes } from '../../../base/format.ts';
import { stageOf, stageTitle } from '../../../terms/stages.ts';
import { Button } from '../../parts/Button.tsx';
import type { RunRow } from '../../state/runs/runRows.ts';
import type { RunActions } from './runActions.ts';

export function ExportButtons({ row, actions }: { row: RunRow; actions: RunActions }) {
  const working = actions.working.value;
  const id = useId();
  const shared = { more: ` of ${row.label}`, disabled: working };
  const saves = (name: string, kind: 'metrics-csv' | 'metrics-json' | 'evaluation-json') => () =>
    actions.file(row, { kind }, name);
  /** The stage of the heads leaves the policy as it is. */
  const weights = row.stageEnds.filter(({ stage }) => stageOf(stage) !== 'heads');
  return (
    <section class="rows" aria-labelledby={id}>
      <h3 id={id}>Save as a file</h3>
      <div class="buttons">
        <Button label="Bundle (.zip)" {...shared} onClick={() => actions.bundle(row)} />
        <Button label="Metrics (CSV)" {...shared} onClick={saves('metrics.csv', 'metrics-csv')} />
        <Button label="Metrics (JSON)" {...shared} onClick={saves('metrics.json', 'metrics-json')} />
        <Button
          label="Evaluation (JSON)"
          {...shared}
          disabled={working || row.evaluations.length === 0}
          onClick={saves('evaluation.json', 'evaluation-json')}
        />
        <Button label="Report (Markdown)" {...shared} onClick={() => actions.report(row)} />
        {weights.map(({ stage, checkpointId, bytes }) => (
          <Button
            key={checkpointId}
            label={`Weights after ${stageTitle(stage)} (safetensors)`}
            {...shared}
            title={`Out of a checkpoint of ${formatBytes(bytes)}`}
            onClick={() => actions.file(row, { kind: 'weights', checkpointId }, `${stage}.safetensors`)}
          />
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
