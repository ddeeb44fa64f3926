// Streaming charts of the run on view.

import { chartRows } from '../state/charts/chartRows.ts';
import { type ChartSpec, type StageChoice, wantedStages } from '../state/charts/charts.ts';
import type { MetricTable } from '../state/charts/metricTable.ts';
import { type ReferenceSources, referencesOf } from '../state/charts/references.ts';
import { CurveFigure } from './CurveFigure.tsx';

type ChartProps = {
  spec: ChartSpec;
  table: MetricTable;
  /** Changes when the table has grown. */
  revision: number;
  /** What reference lines are drawn from; none are drawn without it. */
  references?: Omit<ReferenceSources, 'table'>;
  smoothing?: number;
  stageChoice?: StageChoice;
  logScale?: boolean;
  /** The metric whose chart is pointed out. */
  marked?: string | undefined;
};

export type ChartsProps = Omit<ChartProps, 'spec'> & { specs: readonly ChartSpec[] };

export function Charts({ specs, ...shared }: ChartsProps) {
  return (
    <div class="charts">
      {specs.map((spec) => (
        <Chart key={spec.id} spec={spec} {...shared} />
      ))}
    </div>
  );
}

export function Chart(props: ChartProps) {
  const {
    spec,
    table,
    revision,
    references,
    smoothing = 0,
    stageChoice = 'auto',
    logScale = false,
    marked,
  } = props;
  const rows = () =>
    chartRows(
      table,
      spec,
      wantedStages(stageChoice, table.stages, spec),
      references ? referencesOf(spec, { table, ...references }) : [],
    );
  const lines = spec.lines.map(({ name }) => name).join();
  const changes = [table, revision, stageChoice, references?.world, references?.reports, lines];
  const points = spec.lines.some(({ name }) => name === marked);
  return <CurveFigure {...{ spec, rows, changes, smoothing, logScale }} marked={points} xLabel="iteration" />;
}
