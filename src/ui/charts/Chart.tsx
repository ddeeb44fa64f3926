// One streaming chart: uPlot for the eyes, a sentence per curve and a table for everyone else.

import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { drawNoMore, drawSoon } from '../frameQueue.ts';
import { type ChartSpec, type StageChoice, wantedStages } from '../state/charts.ts';
import { type MetricTable, type StageSpan, smooth } from '../state/metricTable.ts';
import { ChartWords } from './ChartWords.tsx';
import { CHART_HEIGHT_PX, plotOptions } from './chartOptions.ts';

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

export function Chart(props: ChartProps) {
  const { spec, table, onRemove } = props;
  const host = usePlot(props);
  const open = useSignal(false);
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
        <details
          onToggle={(event) => {
            open.value = event.currentTarget.open;
          }}
        >
          <summary>In words and numbers</summary>
          {open.value && <ChartWords spec={spec} rows={selectRows(table, props)} />}
        </details>
      </figcaption>
    </figure>
  );
}

function selectRows(table: MetricTable, { spec, stageChoice }: ChartProps) {
  const names = spec.lines.map((line) => line.metric);
  return table.select(names, wantedStages(stageChoice, table.stages, spec));
}

/** Keeps a plot in the element of the ref: built anew when its shape changes, drawn while it is in sight. */
function usePlot(props: ChartProps) {
  const { spec, table, revision, smoothing, stageChoice, logScale, theme } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const spans = useRef<StageSpan[]>([]);
  const inSight = useRef(false);
  const draw = useRef<() => void>(() => {});

  draw.current = () => {
    const chart = plot.current;
    if (!chart) return;
    const { steps, columns } = selectRows(table, props);
    const shown = columns.map((column) => smooth(column, smoothing));
    spans.current = table.spans();
    chart.setData([steps, ...(logScale ? shown.map((column) => column.map(positive)) : shown)]);
    // Without a pointer over it, the legend gives the newest values.
    if (typeof chart.cursor.idx !== 'number') chart.setLegend({ idx: steps.length - 1 });
  };

  const shape = `${spec.id}|${spec.lines.map((line) => line.metric).join()}|${logScale}|${theme}`;
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const chart = new uPlot(
      plotOptions(spec, element, logScale, spans),
      [[], ...spec.lines.map(() => [])],
      element,
    );
    plot.current = chart;
    const resizes = new ResizeObserver(() => {
      chart.setSize({ width: element.clientWidth, height: CHART_HEIGHT_PX });
    });
    const sights = new IntersectionObserver((entries) => {
      inSight.current = entries.some((entry) => entry.isIntersecting);
      if (inSight.current) drawSoon(draw, () => draw.current());
    });
    resizes.observe(element);
    sights.observe(element);
    return () => {
      resizes.disconnect();
      sights.disconnect();
      drawNoMore(draw);
      chart.destroy();
      plot.current = null;
    };
  }, [shape]);

  useEffect(() => {
    if (inSight.current) drawSoon(draw, () => draw.current());
  }, [table, revision, smoothing, stageChoice, shape]);

  return host;
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}
