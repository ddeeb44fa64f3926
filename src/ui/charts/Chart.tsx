// One streaming chart: uPlot for the eyes, a sentence per curve and a table for everyone else.

import { useSignal } from '@preact/signals';
import { chartRows } from '../state/charts/chartRows.ts';
import { type StageChoice, wantedStages } from '../state/charts/charts.ts';
import type { ChartSpec } from '../state/charts/chartTypes.ts';
import type { MetricTable } from '../state/charts/metricTable.ts';
import { type ReferenceSources, referencesOf } from '../state/charts/references.ts';
import { ChartWords } from './ChartWords.tsx';
import { chartFigure } from './chartFigure.ts';
import { SaveFigure } from './SaveFigure.tsx';
import { usePlot } from './usePlot.ts';
import './charts.css';

export type ChartProps = {
  spec: ChartSpec;
  table: MetricTable;
  /** Changes when the table has grown. */
  revision: number;
  smoothing: number;
  stageChoice: StageChoice;
  logScale: boolean;
  /** Changes when colours must be read anew (light or dark). */
  theme: string;
  /** What reference lines are drawn from; none are drawn without it. */
  references?: Omit<ReferenceSources, 'table'>;
};

export function Chart(props: ChartProps) {
  const { spec, table, revision, smoothing, stageChoice, logScale, theme, references } = props;
  const rows = () =>
    chartRows(
      table,
      spec,
      wantedStages(stageChoice, table.stages, spec),
      references ? referencesOf(spec, { table, ...references }) : [],
    );
  const changes = [
    revision,
    stageChoice,
    references?.world,
    references?.reports,
    spec.id,
    spec.lines.length,
    spec.gap,
  ];
  const { host, note } = usePlot({ spec, table, changes, smoothing, logScale, theme, rows });
  const open = useSignal(false);
  return (
    <figure class="chart" aria-label={spec.title}>
      <div class="chart-head row apart">
        <h3>{spec.title}</h3>
      </div>
      <div ref={host} class="chart-plot" aria-hidden="true" />
      <figcaption>
        {spec.hint && <p class="hint">{spec.hint}</p>}
        {note.value !== '' && <p class="hint axis-note">{note}</p>}
        <details
          onToggle={(event) => {
            open.value = event.currentTarget.open;
          }}
        >
          <summary>In words and numbers</summary>
          {open.value && <ChartWords spec={spec} rows={rows()} />}
        </details>
        <SaveFigure name={spec.title} figure={(at) => chartFigure({ ...props, rows: rows() }, at)} />
      </figcaption>
    </figure>
  );
}
