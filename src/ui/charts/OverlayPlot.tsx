// Several lines on one axis, drawn by uPlot; its words stand beside it.

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatNumber } from '../../base/format.ts';
import { theme } from '../browser/theme.ts';
import { joinPoints, type OverlayPoints } from '../state/charts/overlay.ts';
import { lineStyle } from './chartOptions.ts';
import './charts.css';

const HEIGHT_PX = 300;

type OverlayPlotProps = { lines: readonly OverlayPoints[]; names: readonly string[]; xLabel: string };

export function OverlayPlot({ lines, names, xLabel }: OverlayPlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const colors = theme.value;
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const { x, columns } = joinPoints(lines);
    const chart = new uPlot(options(element, names, xLabel), [x, ...columns], element);
    const resizes = new ResizeObserver(() => {
      chart.setSize({ width: Math.max(200, element.clientWidth), height: HEIGHT_PX });
    });
    resizes.observe(element);
    return () => {
      resizes.disconnect();
      chart.destroy();
    };
  }, [lines, names.join('|'), xLabel, colors]);
  return <div ref={host} class="chart-plot" aria-hidden="true" />;
}

function options(element: HTMLElement, names: readonly string[], xLabel: string): uPlot.Options {
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
    scales: { x: { time: false } },
    axes: [
      {
        ...axis,
        size: 28,
        values: (_chart, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')),
      },
      {
        ...axis,
        size: 52,
        values: (_chart, ticks) => ticks.map((tick) => (tick === null ? '' : formatNumber(tick))),
      },
    ],
    series: [
      { label: xLabel },
      ...names.map((label, index) => {
        const { color: number, dash } = lineStyle(index);
        return {
          label,
          stroke: color(`--curve-${number}`),
          width: 1.75,
          dash: [...dash],
          spanGaps: true,
          points: { show: false },
          value: (_chart: uPlot, value: number | null) => (value === null ? '–' : formatNumber(value)),
        };
      }),
    ],
  };
}
