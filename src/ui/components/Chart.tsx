// One streaming chart: uPlot for the eyes, a sentence per curve and a table for everyone else.

import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatNumber } from '../format.ts';
import { type ChartSpec, type StageChoice, wantedStages } from '../state/charts.ts';
import { describeCurve, type MetricTable, type StageSpan, smooth } from '../state/metricTable.ts';
import { CHART_HEIGHT_PX, plotOptions } from './chartOptions.ts';

const TABLE_ROWS = 12;

type ChartProps = {
  spec: ChartSpec;
  table: MetricTable;
  /** Changes when the table has grown. */
  revision: number;
  smoothing: number;
  stageChoice: StageChoice;
  logScale: boolean;
  /** Changes when colours must be read anew (light or dark). */
  theme: string;
  onRemove?: () => void;
};

export function Chart({
  spec,
  table,
  revision,
  smoothing,
  stageChoice,
  logScale,
  theme,
  onRemove,
}: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const spans = useRef<StageSpan[]>([]);
  const metricNames = spec.lines.map((line) => line.metric);
  const shape = `${spec.id}|${metricNames.join()}|${logScale}|${theme}`;

  const data = useMemo(() => {
    const { steps, columns } = table.select(metricNames, wantedStages(stageChoice, table.stages, spec));
    return { steps, columns, smoothed: columns.map((column) => smooth(column, smoothing)) };
  }, [table, revision, smoothing, stageChoice, shape]);
  spans.current = table.spans();

  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const chart = new uPlot(
      plotOptions(spec, element, logScale, spans),
      [[], ...spec.lines.map(() => [])],
      element,
    );
    plot.current = chart;
    const observer = new ResizeObserver(() => {
      chart.setSize({ width: element.clientWidth, height: CHART_HEIGHT_PX });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => {
    const shown = data.smoothed.map((column) => (logScale ? column.map(positive) : column));
    const frame = requestAnimationFrame(() => {
      const chart = plot.current;
      chart?.setData([data.steps, ...shown]);
      // Without a pointer over it, the legend gives the newest values.
      if (chart && typeof chart.cursor.idx !== 'number') chart.setLegend({ idx: data.steps.length - 1 });
    });
    return () => cancelAnimationFrame(frame);
  }, [data, shape]);

  return (
    <figure class="chart" aria-label={spec.title}>
      <div class="chart-head">
        <h3>{spec.title}</h3>
        {onRemove && (
          <button
            type="button"
            class="quiet"
            onClick={onRemove}
            aria-label={`Remove the chart of ${spec.title}`}
          >
            Remove
          </button>
        )}
      </div>
      <div ref={host} class="chart-plot" aria-hidden="true" />
      <figcaption>
        {spec.hint && <p class="hint">{spec.hint}</p>}
        <details>
          <summary>In words and numbers</summary>
          <ul>
            {spec.lines.map((line, index) => (
              <li key={line.metric}>
                {describeCurve(line.label, data.steps, data.columns[index] ?? [], formatNumber)}
              </li>
            ))}
          </ul>
          <DataTable spec={spec} steps={data.steps} columns={data.columns} />
        </details>
      </figcaption>
    </figure>
  );
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}

type DataTableProps = { spec: ChartSpec; steps: readonly number[]; columns: readonly (number | null)[][] };

/** The newest rows of a chart as numbers. */
function DataTable({ spec, steps, columns }: DataTableProps) {
  const from = Math.max(0, steps.length - TABLE_ROWS);
  return (
    <div class="scroll-x">
      <table>
        <caption>Last {steps.length - from} rows</caption>
        <thead>
          <tr>
            <th scope="col">step</th>
            {spec.lines.map((line) => (
              <th scope="col" key={line.metric}>
                {line.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.slice(from).map((step, row) => (
            <tr key={step}>
              <th scope="row">{step}</th>
              {spec.lines.map((line, index) => {
                const value = columns[index]?.[from + row] ?? null;
                return <td key={line.metric}>{value === null ? '–' : formatNumber(value)}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
