// One streaming chart: uPlot for the eyes, a sentence per curve and a table for everyone else.

import { useEffect, useMemo, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatNumber } from '../format.ts';
import { type ChartSpec, type StageChoice, wantedStages } from '../state/charts.ts';
import { describeCurve, type MetricTable, type StageSpan, smooth } from '../state/metricTable.ts';
import { stageTitle } from '../state/stages.ts';

/** Dashes and the CSS variable of the colour, per line: told apart without colour too. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3], [14, 4]];
const HEIGHT_PX = 170;
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

export function Chart({ spec, table, revision, smoothing, stageChoice, logScale, theme, onRemove }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const spans = useRef<StageSpan[]>([]);
  const metricNames = spec.lines.map((line) => line.metric);
  const shape = `${spec.id}|${metricNames.join()}|${logScale}|${theme}`;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the table grows in place; its revision stands for it
  const data = useMemo(() => {
    const { steps, columns } = table.select(metricNames, wantedStages(stageChoice, table.stages, spec));
    return { steps, columns, smoothed: columns.map((column) => smooth(column, smoothing)) };
  }, [table, revision, smoothing, stageChoice, shape]);
  spans.current = table.spans();

  // biome-ignore lint/correctness/useExhaustiveDependencies: rebuilt when its shape changes; data is set below
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const chart = new uPlot(plotOptions(spec, element, logScale, spans), [[], ...spec.lines.map(() => [])], element);
    plot.current = chart;
    const observer = new ResizeObserver(() => {
      chart.setSize({ width: element.clientWidth, height: HEIGHT_PX });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
      plot.current = null;
    };
  }, [shape]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new plot (shape) needs the data too
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
          <button type="button" class="quiet" onClick={onRemove} aria-label={`Remove the chart of ${spec.title}`}>
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

function plotOptions(
  spec: ChartSpec,
  element: HTMLElement,
  logScale: boolean,
  spans: { readonly current: StageSpan[] },
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--ink-soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { stroke: color('--line'), width: 1 },
    font: '11px system-ui, sans-serif',
  };
  return {
    width: Math.max(200, element.clientWidth),
    height: HEIGHT_PX,
    cursor: { points: { size: 6 } },
    scales: {
      x: { time: false },
      y: { distr: logScale ? 3 : 1, ...(spec.range && !logScale ? { range: [...spec.range] as [number, number] } : {}) },
    },
    axes: [
      { ...axis, size: 28, values: (_chart, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')) },
      { ...axis, size: 52, values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : formatNumber(tick))) },
    ],
    series: [
      { label: 'step' },
      ...spec.lines.map((line, index) => ({
        label: line.label,
        stroke: color(`--curve-${(index % 5) + 1}`),
        width: 1.75,
        dash: [...(DASHES[index % DASHES.length] as readonly number[])],
        spanGaps: true,
        points: { show: false },
        value: (_chart: uPlot, value: number | null) => (value === null ? '–' : formatNumber(value)),
      })),
    ],
    hooks: { draw: [(chart) => drawStages(chart, spans.current, color('--ink-soft'))] },
  };
}

/** Vertical lines where a stage begins, with its name. */
function drawStages(chart: uPlot, spans: readonly StageSpan[], color: string): void {
  const { ctx, bbox } = chart;
  const { min, max } = chart.scales.x ?? {};
  if (min === undefined || max === undefined || min === null || max === null) return;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.fillStyle = color;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  ctx.font = `${10 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const span of spans) {
    if (span.lastStep < min || span.firstStep > max) continue;
    const x = Math.round(chart.valToPos(Math.max(span.firstStep, min), 'x', true));
    if (span.firstStep > min) {
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.fillText(stageTitle(span.stage), x + 4 * devicePixelRatio, bbox.top + 11 * devicePixelRatio);
  }
  ctx.restore();
}
